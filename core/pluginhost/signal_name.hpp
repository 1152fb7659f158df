// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string.h>

#include <string>

namespace holdfast::pluginhost {

// "SIGSEGV"; "signal 99" where there is no such name.
[[nodiscard]] inline std::string signalName(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? "signal " + std::to_string(signal) : std::string("SIG") + name;
}

}  // namespace holdfast::pluginhost
