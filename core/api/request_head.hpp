// SPDX-License-Identifier: Apache-2.0
// The head of a request as it came, judged before anything else reads it: what passes here means
// the same to every reader, so that nobody takes a part of one request for another one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast::api {

inline constexpr std::size_t kMaxRequestLine = 8u * 1024;
inline constexpr std::size_t kMaxHead = 32u * 1024;  // request line and headers
inline constexpr int kMaxHeaders = 64;

struct HeadVerdict {
  int status = 0;              // 0: it may pass
  std::string detail;          // otherwise why not
  std::size_t bodyLength = 0;  // Content-Length
};

// `head` ends with the empty line. Stricter than RFC 9112 where that leaves room: lines end with
// CRLF, there are no folded headers, and no header that decides something comes twice.
[[nodiscard]] HeadVerdict judgeHead(std::string_view head);

// The verdict on a head that is this long and has not ended yet; status 0 while it may go on.
[[nodiscard]] HeadVerdict judgeUnfinished(std::string_view head);

}  // namespace holdfast::api
