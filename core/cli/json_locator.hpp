// SPDX-License-Identifier: Apache-2.0
// Where in a file the value stands that a JSON pointer names. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace holdfast::cli {

struct Position {
  std::size_t line = 1;    // from 1
  std::size_t column = 1;  // from 1, in characters
  friend bool operator==(const Position&, const Position&) = default;
};

// The member's name (where the last step of the pointer is one) or the element. When the document
// lacks the last steps, the nearest object or array that it has. Nothing when `text` is malformed
// before that place. Linear in the size of the text, whatever it is nested like.
[[nodiscard]] std::optional<Position> locate(std::string_view text, std::string_view pointer);

// Line and column of a byte.
[[nodiscard]] Position positionOf(std::string_view text, std::size_t offset);

}  // namespace holdfast::cli
