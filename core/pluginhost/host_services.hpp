// SPDX-License-Identifier: Apache-2.0
// What the agent offers one instance: its log, its options, a directory of its own.
#pragma once

#include "holdfast/sdk/types.hpp"
#include "pluginhost/options.hpp"

#include <Poco/Logger.h>

#include <filesystem>
#include <string>

namespace holdfast::pluginhost {

class HostServices final : public sdk::Host {
 public:
  // Makes <stateRoot>/plugins/<name> (0700) where it is not there yet. Throws
  // std::filesystem::filesystem_error when it cannot.
  HostServices(const std::string& name, OptionValues options,
               const std::filesystem::path& stateRoot);
  virtual ~HostServices() = default;

  // To the logger "holdfast.plugin.<name>", as one line: message, then key=value for each field.
  void log(sdk::LogLevel level, std::string_view message,
           std::span<const sdk::KeyValue> fields) noexcept override;

  [[nodiscard]] std::string_view option(std::string_view name) const noexcept override;
  [[nodiscard]] std::string_view stateDirectory() const noexcept override;

 private:
  Poco::Logger& logger_;
  OptionValues options_;
  std::string stateDirectory_;
};

}  // namespace holdfast::pluginhost
