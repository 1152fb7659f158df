// SPDX-License-Identifier: Apache-2.0
#include "daemon/version.hpp"

#include "holdfast/sdk/abi.h"
#include "holdfast/sdk/toolchain.hpp"

namespace holdfast::daemon {

const char* const kVersion = HOLDFAST_VERSION;

std::string versionText() {
  return std::string("holdfastd ") + kVersion + "\nSDK ABI: runtime " +
         std::to_string(HOLDFAST_ABI_RUNTIME_MAJOR) + "." +
         std::to_string(HOLDFAST_ABI_RUNTIME_MINOR) + "\ntoolchain: " + HOLDFAST_TOOLCHAIN_TAG +
         "\n";
}

}  // namespace holdfast::daemon
