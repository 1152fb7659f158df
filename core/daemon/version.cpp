// SPDX-License-Identifier: Apache-2.0
#include "daemon/version.hpp"

#include "holdfast/sdk/abi.h"
#include "holdfast/sdk/toolchain.hpp"

namespace holdfast::daemon {

const char* const kVersion = HOLDFAST_VERSION;

std::string abiVersions() {
  const auto dotted = [](unsigned major, unsigned minor) {
    return std::to_string(major) + "." + std::to_string(minor);
  };
  return "runtime " + dotted(HOLDFAST_ABI_RUNTIME_MAJOR, HOLDFAST_ABI_RUNTIME_MINOR) +
         ", notifier " + dotted(HOLDFAST_ABI_NOTIFIER_MAJOR, HOLDFAST_ABI_NOTIFIER_MINOR) +
         ", uplink " + dotted(HOLDFAST_ABI_UPLINK_MAJOR, HOLDFAST_ABI_UPLINK_MINOR);
}

std::string versionText() {
  return std::string("holdfastd ") + kVersion + "\nSDK ABI: " + abiVersions() +
         "\ntoolchain: " + HOLDFAST_TOOLCHAIN_TAG + "\n";
}

}  // namespace holdfast::daemon
