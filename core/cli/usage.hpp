// SPDX-License-Identifier: Apache-2.0
// The texts of --help. Pure.
#pragma once

#include "cli/verb.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::cli {

// "-o, --output json": an option as usage texts name it.
[[nodiscard]] std::string optionUsage(const OptionSpec& option);

// What each exit code means, half a sentence.
[[nodiscard]] const std::vector<std::pair<int, std::string_view>>& exitCodes();

[[nodiscard]] std::string generalUsage();
[[nodiscard]] std::string verbUsage(const VerbSpec& verb);

}  // namespace holdfast::cli
