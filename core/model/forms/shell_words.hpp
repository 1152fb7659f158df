// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/forms/form.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::model {

// Splits as a POSIX shell splits words (quotes and backslashes, POSIX.1-2017 section 2.2), without
// anything else that a shell does: `$`, `*`, `|` and `#` stand for themselves.
[[nodiscard]] Form<std::vector<std::string>> splitShellWords(std::string_view text);

}  // namespace holdfast::model
