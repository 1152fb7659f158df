// SPDX-License-Identifier: Apache-2.0
#include "model/text.hpp"

#include <algorithm>

namespace holdfast::model {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kCut = "...";

bool isContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
}

// Length of the valid UTF-8 sequence at the start of `text`, 0 when there is none (RFC 3629: no
// surrogates, no overlong forms, nothing above U+10FFFF).
std::size_t sequenceLength(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!isContinuation(text[i])) {
      return 0;
    }
  }
  const unsigned second = byte(1);
  const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                     (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return wrong ? 0 : length;
}

bool isSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// C0 and DEL; C1 (U+0080 to U+009F, which some terminals obey) is a two-byte sequence.
bool isControl(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  return first < 0x20 || first == 0x7F ||
         (first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0);
}

std::string clean(std::string_view text, std::size_t cap, bool fold) {
  std::string out;
  out.reserve(std::min(text.size(), cap));
  std::size_t fits = 0;  // where to cut if the mark must go in
  bool spacePending = false;
  while (!text.empty()) {
    const std::size_t length = sequenceLength(text);
    std::string_view piece = length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
    if (fold && isSpace(piece[0])) {
      spacePending = !out.empty();
      continue;
    }
    const bool kept = !fold && (piece == "\n" || piece == "\t");
    if (isControl(piece) && !kept) {
      continue;
    }
    const std::size_t needed = piece.size() + (spacePending ? 1 : 0);
    if (out.size() + needed > cap) {
      out.resize(fits);
      return out.append(kCut.substr(0, cap - fits));
    }
    if (spacePending) {
      out.push_back(' ');
      spacePending = false;
    }
    out.append(piece);
    if (out.size() + kCut.size() <= cap) {
      fits = out.size();
    }
  }
  return out;
}

}  // namespace

std::string oneLine(std::string_view text, std::size_t cap) {
  return clean(text, cap, true);
}

std::string printable(std::string_view text, std::size_t cap) {
  return clean(text, cap, false);
}

}  // namespace holdfast::model
