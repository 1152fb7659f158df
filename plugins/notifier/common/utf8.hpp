// SPDX-License-Identifier: Apache-2.0
// Text for receivers with limits: cut between characters, never inside one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::notifier {

// `text` with each byte that is not part of well-formed UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string wellFormed(std::string_view text);

// At most `limit` code points, the last one an ellipsis where something was cut. Text is
// well-formed UTF-8.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t limit);

// The same for bytes.
[[nodiscard]] std::string clippedToBytes(std::string_view text, std::size_t limit);

// The longest part from the front that has at most `limit` bytes and ends between characters.
[[nodiscard]] std::string_view frontBytes(std::string_view text, std::size_t limit);

}  // namespace holdfast::notifier
