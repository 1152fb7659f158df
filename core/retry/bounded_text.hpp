// SPDX-License-Identifier: Apache-2.0
// Texts that come from engines and registries are cut before they are kept.
#pragma once

#include <cstddef>
#include <string>

namespace holdfast::retry {

// Leaves at most `limit` bytes, never ending inside a UTF-8 sequence.
inline void cutText(std::string& text, std::size_t limit) {
  if (text.size() <= limit) {
    return;
  }
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  text.resize(end);
  text.shrink_to_fit();
}

}  // namespace holdfast::retry
