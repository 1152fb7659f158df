// SPDX-License-Identifier: Apache-2.0
// A Host for the unit tests of a plugin: options from the test, log lines kept.
#pragma once

#include "holdfast/sdk/types.hpp"

#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::testing {

// Thread-safe. Options are handed over as they are: what the host would have made of a schema
// (defaults filled in, durations in milliseconds) is up to the test.
class FakeHost final : public sdk::Host {
 public:
  using Options = std::map<std::string, std::string, std::less<>>;

  struct LogLine {
    sdk::LogLevel level = sdk::LogLevel::Information;
    std::string message;
    std::map<std::string, std::string> fields;
  };

  explicit FakeHost(Options options = {}, std::string stateDirectory = "/nonexistent")
      : options_(std::move(options)), stateDirectory_(std::move(stateDirectory)) {}

  void log(sdk::LogLevel level, std::string_view message,
           std::span<const sdk::KeyValue> fields) noexcept override {
    LogLine line{level, std::string(message), {}};
    for (const auto& field : fields) {
      line.fields.emplace(field.key, field.value);
    }
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }

  [[nodiscard]] std::string_view option(std::string_view name) const noexcept override {
    const auto found = options_.find(name);
    return found == options_.end() ? std::string_view() : std::string_view(found->second);
  }

  [[nodiscard]] std::string_view stateDirectory() const noexcept override {
    return stateDirectory_;
  }

  [[nodiscard]] std::vector<LogLine> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  const Options options_;
  const std::string stateDirectory_;
  mutable std::mutex mutex_;
  std::vector<LogLine> lines_;
};

}  // namespace holdfast::testing
