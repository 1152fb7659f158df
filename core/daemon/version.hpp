// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace holdfast::daemon {

// Of the agent and its SDK: they are released together. From the project's CMakeLists.txt.
extern const char* const kVersion;

// What --version prints.
[[nodiscard]] std::string versionText();

}  // namespace holdfast::daemon
