// SPDX-License-Identifier: Apache-2.0
// The Host of the kit: keeps what the plugin logs, and which options it asks for.
#pragma once

#include "conformance/kit/schema.hpp"
#include "holdfast/sdk/types.hpp"

#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace holdfast::conformance {

// Thread-safe.
class RecordingHost final : public sdk::Host {
 public:
  RecordingHost(OptionValues options, std::string stateDirectory)
      : options_(std::move(options)), stateDirectory_(std::move(stateDirectory)) {}

  void log(sdk::LogLevel level, std::string_view message,
           std::span<const sdk::KeyValue> fields) noexcept override {
    const std::lock_guard lock(mutex_);
    logged_.append(std::to_string(static_cast<int>(level))).append(" ").append(message);
    for (const sdk::KeyValue& field : fields) {
      logged_.append(" ").append(field.key).append("=").append(field.value);
    }
    logged_ += '\n';
  }

  [[nodiscard]] std::string_view option(std::string_view name) const noexcept override {
    const std::lock_guard lock(mutex_);
    asked_.emplace(name);
    const auto found = options_.find(name);
    return found == options_.end() ? std::string_view() : std::string_view(found->second);
  }

  [[nodiscard]] std::string_view stateDirectory() const noexcept override {
    return stateDirectory_;
  }

  // Everything that was logged, one line each.
  [[nodiscard]] std::string logged() const {
    const std::lock_guard lock(mutex_);
    return logged_;
  }
  [[nodiscard]] std::set<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  const OptionValues options_;
  const std::string stateDirectory_;
  mutable std::mutex mutex_;
  mutable std::set<std::string> asked_;
  std::string logged_;
};

}  // namespace holdfast::conformance
