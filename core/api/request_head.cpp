// SPDX-License-Identifier: Apache-2.0
#include "api/request_head.hpp"

#include "api/header_text.hpp"
#include "config/words.hpp"
#include "model/target_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>

namespace holdfast::api {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// A second one of these could be the one that somebody else goes by.
constexpr std::array<std::string_view, 9> kOnce{
    "host",   "content-length", "transfer-encoding", "authorization", "x-api-key",
    "origin", "sec-fetch-site", "sec-fetch-mode",    "connection"};

HeadVerdict bad(std::string detail) {
  return {400, std::move(detail), 0};
}

bool isToken(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

// No control characters, but tabs.
bool isValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  });
}

bool isVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

HeadVerdict judgeRequestLine(std::string_view line) {
  constexpr std::size_t kMaxMethod = 16;
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return bad("expected a request line: METHOD /path HTTP/1.1");
  }
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!isToken(method) || method.size() > kMaxMethod) {
    return bad("expected a method such as GET");
  }
  if (!target.starts_with('/') || !isVisible(target) ||
      target.find_first_of("\\#") != std::string_view::npos) {
    return bad("expected a path that begins with '/' and has no spaces, '\\' or '#'");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return version.starts_with("HTTP/") ? HeadVerdict{505, "expected HTTP/1.1 or HTTP/1.0", 0}
                                        : bad("expected HTTP/1.1 behind the path");
  }
  return {};
}

// What decides where the body ends.
struct Framing {
  std::optional<std::string> length;
  bool encoded = false;
};

HeadVerdict judgeHeader(std::string_view line, std::set<std::string>& seen, Framing& framing) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !isToken(line.substr(0, colon)) ||
      !isValue(line.substr(colon + 1))) {
    return bad("expected headers of the form 'Name: value', each on one line");
  }
  const auto name = lower(line.substr(0, colon));
  const bool once = std::find(kOnce.begin(), kOnce.end(), name) != kOnce.end();
  if (!seen.insert(name).second && once) {
    return bad("the header " + name + " comes twice");
  }
  if (name == "content-length") {
    framing.length = config::trim(line.substr(colon + 1));
  }
  framing.encoded = framing.encoded || name == "transfer-encoding";
  return {};
}

HeadVerdict judgeFraming(const Framing& framing) {
  if (framing.encoded) {
    return framing.length
               ? bad("expected either a Content-Length or a Transfer-Encoding")
               : HeadVerdict{411, "expected a Content-Length; a chunked body is not taken", 0};
  }
  if (!framing.length) {
    return {};
  }
  const auto& text = *framing.length;
  std::size_t length = 0;
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) {
    return bad("expected a Content-Length of 0 or more");
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error != std::errc{} || length > model::kMaxTargetBytes
             ? HeadVerdict{413, "expected a body of at most 8 MiB", 0}
             : HeadVerdict{0, "", length};
}

}  // namespace

HeadVerdict judgeHead(std::string_view head) {
  if (auto verdict = judgeUnfinished(head); verdict.status != 0) {
    return verdict;
  }
  Framing framing;
  std::set<std::string> seen;
  int headers = -1;  // the request line is none
  for (std::string_view rest = head; !rest.empty();) {
    const auto end = rest.find(kLineEnd);
    if (end == std::string_view::npos) {
      return bad("expected lines that end with CR LF");
    }
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + kLineEnd.size());
    if (line.empty() && rest.empty() && headers >= 0) {
      return judgeFraming(framing);
    }
    if (++headers > kMaxHeaders) {
      return {431, "expected at most 64 headers", 0};
    }
    if (auto verdict = headers == 0 ? judgeRequestLine(line) : judgeHeader(line, seen, framing);
        verdict.status != 0) {
      return verdict;
    }
  }
  return bad("expected an empty line behind the headers");
}

HeadVerdict judgeUnfinished(std::string_view head) {
  if (std::min(head.find(kLineEnd), head.size()) > kMaxRequestLine) {
    return {414, "expected a request line of at most 8 KiB", 0};
  }
  return head.size() > kMaxHead
             ? HeadVerdict{431, "expected a request line and headers of at most 32 KiB", 0}
             : HeadVerdict{};
}

}  // namespace holdfast::api
