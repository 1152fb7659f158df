// SPDX-License-Identifier: Apache-2.0
#include "model/parser/lists.hpp"

#include "model/forms/shell_words.hpp"

namespace holdfast::model::parser {

namespace {

// What the agent shows in place of a value: a document with it was read from the agent's output.
constexpr std::string_view kMask = "***";

void addVariable(const Node& node, const std::string& name, std::string value,
                 std::map<std::string, std::string>& variables) {
  if (name.find('=') != std::string::npos) {
    node.fault("the name of a variable must not contain '='");
  } else if (value == kMask) {
    node.fault("*** stands for a hidden value; expected the value of " + inQuotes(name) +
               " itself");
  } else if (!variables.emplace(name, std::move(value)).second) {
    node.fault("the variable " + inQuotes(name) + " is given twice");
  }
}

}  // namespace

std::vector<std::string> readArguments(const Node& node) {
  std::vector<std::string> arguments;
  if (node.value().is_string()) {
    if (const auto text = node.anyText(TextKind::Free))
      arguments = node.accept(splitShellWords(*text)).value_or(arguments);
  } else if (node.value().is_array()) {
    eachElement(node, [&](const Node& element) {
      if (auto text = element.anyText(TextKind::Free))
        arguments.push_back(*std::move(text));
    });
  } else {
    node.mismatch("an array of strings, or a string that is split into words");
  }
  return arguments;
}

std::map<std::string, std::string> readTextMap(const Node& node, TextKind kind) {
  std::map<std::string, std::string> map;
  eachMember(node, [&](const std::string& name, const Node& value) {
    if (auto text = value.scalar(kind))
      map[name] = *std::move(text);
  });
  return map;
}

std::map<std::string, std::string> readEnvironment(const Node& node) {
  std::map<std::string, std::string> variables;
  if (node.value().is_object()) {
    eachMember(node, [&](const std::string& name, const Node& value) {
      if (auto text = value.scalar(TextKind::Free))
        addVariable(value, name, *std::move(text), variables);
    });
  } else if (node.value().is_array()) {
    eachElement(node, [&](const Node& element) {
      const auto text = element.text(TextKind::Free);
      if (!text)
        return;
      const auto equals = text->find('=');
      if (equals == std::string::npos) {
        element.fault("found no '='; expected NAME=value");
      } else if (element.nameIsText(text->substr(0, equals))) {
        addVariable(element, text->substr(0, equals), text->substr(equals + 1), variables);
      }
    });
  } else {
    node.mismatch("an object, or an array of NAME=value");
  }
  return variables;
}

}  // namespace holdfast::model::parser
