// SPDX-License-Identifier: Apache-2.0
// Text for receivers with limits: cut between characters, never inside one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::support {

// `text` with each byte that is not part of well-formed UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string wellFormed(std::string_view text);

// At most `limit` code points, the last one an ellipsis where something was cut. Text is
// well-formed UTF-8.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t limit);

// The same for bytes.
[[nodiscard]] std::string clippedToBytes(std::string_view text, std::size_t limit);

// The longest part from the front that has at most `limit` bytes and ends between characters.
[[nodiscard]] std::string_view frontBytes(std::string_view text, std::size_t limit);

// The first 256 bytes of an answer as one line without control characters. Secrets have to be taken
// out before: of one that the end cuts off, nobody finds the beginning.
[[nodiscard]] std::string excerpt(std::string_view answer);

}  // namespace holdfast::support
