// SPDX-License-Identifier: Apache-2.0
// "Did you mean ...?": the known word that an unknown one was probably meant to be.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::model {

// Levenshtein's distance, letter case apart.
[[nodiscard]] inline std::size_t editDistance(std::string_view from, std::string_view to) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(from[i]) == lower(to[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

// The candidate with the least edits, empty when none is near enough to be worth a hint: more than
// a third of the word would have to change. Words longer than 128 bytes are compared by their
// start.
template <class Candidates>
[[nodiscard]] std::string nearest(std::string_view word, const Candidates& candidates) {
  constexpr std::size_t kMaxCompared = 128;
  const std::string_view compared = word.substr(0, kMaxCompared);
  std::size_t least = compared.size() / 3 + 1;
  std::string best;
  for (const auto& candidate : candidates) {
    const std::size_t edits = editDistance(compared, candidate);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

}  // namespace holdfast::model
