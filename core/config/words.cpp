// SPDX-License-Identifier: Apache-2.0
#include "config/words.hpp"

#include <algorithm>
#include <array>

namespace holdfast::config {
namespace {

constexpr std::size_t kMaxPluginName = 32;

bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}

}  // namespace

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool isPluginName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPluginName && isLower(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return isLower(c) || (c >= '0' && c <= '9') || c == '-'; });
}

bool isAddress(std::string_view text) {
  constexpr std::array<std::string_view, 4> kSchemes{"unix:///", "tcp://", "http://", "https://"};
  return std::any_of(kSchemes.begin(), kSchemes.end(), [text](std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size() &&
           text.find_first_of(" \t\r\n") == std::string_view::npos;
  });
}

}  // namespace holdfast::config
