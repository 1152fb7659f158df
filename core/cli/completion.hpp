// SPDX-License-Identifier: Apache-2.0
// Shell completion, made from the table of verbs. Pure.
//
// etc/completion/ has both scripts for installation; a test holds them against these functions.
// Names of apps and services are asked of the agent (`holdfast status -o name`).
#pragma once

#include <string>

namespace holdfast::cli {

[[nodiscard]] std::string bashCompletion();
[[nodiscard]] std::string zshCompletion();

}  // namespace holdfast::cli
