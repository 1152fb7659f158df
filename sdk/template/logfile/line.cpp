// SPDX-License-Identifier: Apache-2.0
#include "line.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <string_view>

namespace logfile {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

std::size_t lengthByLead(unsigned lead) {
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xc2 && lead <= 0xdf) {
    return 2;
  }
  if (lead >= 0xe0 && lead <= 0xef) {
    return 3;
  }
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

// Bytes of the character that the text begins with, 0 when it is none (RFC 3629 section 4).
std::size_t characterLength(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  const std::size_t length = lengthByLead(lead);
  if (length == 0 || text.size() < length) {
    return 0;
  }
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0U) != 0x80) {
      return 0;
    }
  }
  const bool forbidden = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
                         (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f);
  return forbidden ? 0 : length;
}

void appendCharacter(std::string& out, std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (first == '"' || first == '\\') {
    out += '\\';
    out += character;
  } else if (first < 0x20) {
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\u%04x", unsigned{first});
    out += escaped.data();
  } else {
    out += character;
  }
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = characterLength(text);
    if (length == 0) {
      out += kReplacement;
      text.remove_prefix(1);
    } else {
      appendCharacter(out, text.substr(0, length));
      text.remove_prefix(length);
    }
  }
  return out += '"';
}

}  // namespace

std::string lineOf(const holdfast::sdk::Notification& notification) {
  std::string line = R"({"id":)" + quoted(notification.id);
  line += R"(,"title":)" + quoted(notification.title);
  line += R"(,"text":)" + quoted(notification.text);
  if (!notification.contentJson.empty()) {
    line.append(R"(,"content":)").append(notification.contentJson);
  }
  // Line ends in JSON text are white space between its parts: within strings they are escaped.
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line += "}\n";
}

}  // namespace logfile
