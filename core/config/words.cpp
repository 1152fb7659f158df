// SPDX-License-Identifier: Apache-2.0
#include "config/words.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace holdfast::config {
namespace {

constexpr std::size_t kMaxPluginName = 32;
constexpr std::size_t kMaxCompared = 128;  // bounds the quadratic comparison below

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}

// Levenshtein's distance, case apart.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replace = diagonal + (lower(from[i]) == lower(to[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replace});
    }
  }
  return row.back();
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

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string_view compared = word.substr(0, kMaxCompared);
  std::string best;
  std::size_t least = compared.size() * 2 / 5 + 1;
  for (const auto& candidate : candidates) {
    const std::size_t edits = distance(compared, candidate);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

}  // namespace holdfast::config
