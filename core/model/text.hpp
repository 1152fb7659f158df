// SPDX-License-Identifier: Apache-2.0
// Text from outside, made fit for logs, JSON and terminals: valid UTF-8, no control characters that
// a terminal would obey, bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::model {

// One line: runs of white space are one space, other control characters are dropped, bytes that are
// no UTF-8 become U+FFFD. What exceeds `cap` bytes is cut and marked with "...".
[[nodiscard]] std::string oneLine(std::string_view text, std::size_t cap);

// The same with newlines and tabs kept.
[[nodiscard]] std::string printable(std::string_view text, std::size_t cap);

}  // namespace holdfast::model
