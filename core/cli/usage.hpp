// SPDX-License-Identifier: Apache-2.0
// The texts of --help. Pure.
#pragma once

#include "cli/verb.hpp"

#include <string>

namespace holdfast::cli {

[[nodiscard]] std::string generalUsage();
[[nodiscard]] std::string verbUsage(const VerbSpec& verb);

}  // namespace holdfast::cli
