// SPDX-License-Identifier: Apache-2.0
#include "model/forms/form.hpp"

#include <array>
#include <cstdio>

namespace holdfast::model {

namespace {

constexpr std::size_t kMaxQuoted = 64;

bool isControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool isContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

FormError formError(std::string message) {
  FormError error;
  error.message = std::move(message);
  return error;
}

std::string inQuotes(std::string_view text) {
  std::size_t end = text.size();
  if (end > kMaxQuoted) {
    end = kMaxQuoted;
    while (end > 0 && isContinuation(text[end]))
      --end;
  }
  std::string result = "\"";
  for (const char c : text.substr(0, end)) {
    if (isControl(c)) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\x%02x", static_cast<unsigned>(c) & 0xFFu);
      result += escaped.data();
    } else {
      result += c;
    }
  }
  result += end < text.size() ? "...\"" : "\"";
  return result;
}

}  // namespace holdfast::model
