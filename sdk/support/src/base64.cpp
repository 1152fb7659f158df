// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/base64.hpp"

#include <cstdint>

namespace holdfast::support {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::optional<std::uint32_t> digitValue(char digit) {
  if (digit == '+') {
    return 62;
  }
  if (digit == '/') {
    return 63;
  }
  const std::size_t at = kUrlAlphabet.find(digit);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(at);
}

std::string encode(std::string_view bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t group = 0;
  int bits = 0;
  for (const char byte : bytes) {
    group = (group << 8) | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 6; bits -= 6) {
      text += alphabet[(group >> (bits - 6)) & 63u];
    }
  }
  if (bits > 0) {
    text += alphabet[(group << (6 - bits)) & 63u];
  }
  while (text.size() % 4 != 0) {
    text += '=';
  }
  return text;
}

}  // namespace

std::string base64Encode(std::string_view bytes) {
  return encode(bytes, kAlphabet);
}

std::string base64UrlEncode(std::string_view bytes) {
  return encode(bytes, kUrlAlphabet);
}

std::optional<std::string> base64Decode(std::string_view text) {
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) {
    text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) {
    return std::nullopt;
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  int bits = 0;
  for (const char digit : text) {
    const std::optional<std::uint32_t> value = digitValue(digit);
    if (!value) {
      return std::nullopt;
    }
    group = (group << 6) | *value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((group >> bits) & 0xffu);
    }
  }
  return bytes;
}

}  // namespace holdfast::support
