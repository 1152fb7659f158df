// SPDX-License-Identifier: Apache-2.0
#include "daemon/command_line.hpp"

namespace holdfast::daemon {

const std::vector<CommandOption>& commandOptions() {
  static const std::vector<CommandOption> kOptions{
      {"config", "c", "FILE", "read this file instead of /etc/holdfast/holdfast.properties", true},
      {"define", "D", "key=value", "set a configuration key; wins over all files", true},
      {"pidfile", "", "FILE", "write the process id to this file"},
      {"daemon", "", "", "go to the background once everything is up"},
      {"check-config", "", "", "print everything that is wrong with the configuration and exit"},
      {"version", "", "", "print versions and exit"},
      {"help", "", "", "print this and exit"},
  };
  return kOptions;
}

const std::vector<std::pair<int, std::string_view>>& exitCodes() {
  static const std::vector<std::pair<int, std::string_view>> kCodes{
      {0, "ended as asked"},
      {kExitConfiguration, "the configuration cannot be used"},
      {kExitFailure, "everything else"},
  };
  return kCodes;
}

}  // namespace holdfast::daemon
