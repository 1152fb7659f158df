// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace holdfast::daemon {

// Of the agent and its SDK: they are released together. From the project's CMakeLists.txt.
extern const char* const kVersion;

// The interface versions that plugins may be built for: "runtime 0.1, notifier 0.1, uplink 0.1".
[[nodiscard]] std::string abiVersions();

// What --version prints.
[[nodiscard]] std::string versionText();

}  // namespace holdfast::daemon
