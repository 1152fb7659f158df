// SPDX-License-Identifier: Apache-2.0
// The shapes that several members share.
#pragma once

#include "model/parser/node.hpp"

#include <map>
#include <string>
#include <vector>

namespace holdfast::model::parser {

// Arguments: an array, or a string that is split as a shell splits words.
[[nodiscard]] std::vector<std::string> readArguments(const Node& node);

// Name to text; numbers and booleans become text.
[[nodiscard]] std::map<std::string, std::string> readTextMap(const Node& node, TextKind kind);

// Environment variables: an object, or an array of "K=V". No value ever appears in a message.
[[nodiscard]] std::map<std::string, std::string> readEnvironment(const Node& node);

// A list of texts of one form.
template <class Value, class Parse>
[[nodiscard]] std::vector<Value> readForms(const Node& node, Parse parse) {
  std::vector<Value> values;
  eachElement(node, [&](const Node& element) {
    const auto text = element.text();
    if (!text)
      return;
    if (auto value = element.accept<Value>(parse(*text)))
      values.push_back(*std::move(value));
  });
  return values;
}

}  // namespace holdfast::model::parser
