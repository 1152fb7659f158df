// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/utf8.hpp"

namespace holdfast::support {
namespace {

constexpr std::size_t kMaxExcerpt = 256;
constexpr std::string_view kEllipsis = "\u2026";
constexpr std::string_view kReplacement = "\uFFFD";

unsigned byteAt(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

bool isContinuation(std::string_view text, std::size_t at) {
  return (byteAt(text, at) & 0xc0u) == 0x80u;
}

// Length of the well-formed sequence at the front (Unicode 15, table 3-7), 0 when there is none.
std::size_t sequenceLength(std::string_view text) {
  const unsigned lead = byteAt(text, 0);
  if (lead < 0x80) {
    return 1;
  }
  const std::size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || text.size() < length) {
    return 0;
  }
  for (std::size_t at = 1; at < length; ++at) {
    if (!isContinuation(text, at)) {
      return 0;
    }
  }
  const unsigned second = byteAt(text, 1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate = lead == 0xed && second >= 0xa0;
  const bool beyond = lead == 0xf4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

std::string wellFormed(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequenceLength(text);
    result += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

std::string clipped(std::string_view text, std::size_t limit) {
  std::size_t points = 0;
  std::size_t keep = 0;  // bytes of the first `limit` - 1 code points
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (isContinuation(text, at)) {
      continue;
    }
    if (points + 1 == limit) {
      keep = at;
    }
    if (++points > limit) {
      return limit == 0 ? std::string() : std::string(text.substr(0, keep)).append(kEllipsis);
    }
  }
  return std::string(text);
}

std::string clippedToBytes(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) {
    return std::string(text);
  }
  if (limit < kEllipsis.size()) {
    return {};
  }
  return std::string(frontBytes(text, limit - kEllipsis.size())).append(kEllipsis);
}

std::string_view frontBytes(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) {
    return text;
  }
  while (limit > 0 && isContinuation(text, limit)) {
    --limit;
  }
  return text.substr(0, limit);
}

std::string excerpt(std::string_view answer) {
  std::string line;
  for (const char c : wellFormed(answer.substr(0, 4 * kMaxExcerpt))) {
    const bool space = static_cast<unsigned char>(c) <= 0x20 || c == '\x7f';
    if (!space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (line.ends_with(' ')) {
    line.pop_back();
  }
  return clippedToBytes(line, kMaxExcerpt);
}

}  // namespace holdfast::support
