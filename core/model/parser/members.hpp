// SPDX-License-Identifier: Apache-2.0
// Objects with known members.
#pragma once

#include "model/nearest.hpp"
#include "model/parser/node.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::model::parser {

// The member of an object, absent when it is not there. null counts as absent, with a note: the
// cloud's programs write it for "nothing", a person probably meant something else.
[[nodiscard]] std::optional<Node> member(const Node& node, std::string_view name);

// Is the member there, and not null?
[[nodiscard]] bool has(const Node& node, std::string_view name);

// Notes each member that is not among `known`, with the nearest one that is.
void noteUnknown(const Node& node, const std::vector<std::string_view>& known);

// The value that a word stands for; a fault names all words and the nearest one.
template <class Value, std::size_t kCount>
[[nodiscard]] std::optional<Value> readWord(
    const Node& node, const std::array<std::pair<std::string_view, Value>, kCount>& words) {
  const auto text = node.text();
  if (!text)
    return std::nullopt;
  std::vector<std::string_view> known;
  for (const auto& [word, value] : words) {
    if (word == *text)
      return value;
    known.push_back(word);
  }
  const std::string near = nearest(*text, known);
  node.fault("unknown word " + inQuotes(*text) + "; expected " + alternatives(known) +
             (near.empty() ? "" : "; did you mean " + near + "?"));
  return std::nullopt;
}

}  // namespace holdfast::model::parser
