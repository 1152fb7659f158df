// SPDX-License-Identifier: Apache-2.0
#include "model/parser/members.hpp"

#include <algorithm>

namespace holdfast::model::parser {

std::optional<Node> member(const Node& node, std::string_view name) {
  const auto* object = node.value().if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(name);
  if (value == nullptr)
    return std::nullopt;
  Node found = node.child(name, *value);
  if (value->is_null()) {
    found.findings().note(found.pointer(), "found null; leave the member out to have its default");
    return std::nullopt;
  }
  return found;
}

bool has(const Node& node, std::string_view name) {
  const auto* object = node.value().if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(name);
  return value != nullptr && !value->is_null();
}

void noteUnknown(const Node& node, const std::vector<std::string_view>& known) {
  const auto* object = node.value().if_object();
  if (object == nullptr)
    return;
  for (const auto& [name, value] : *object) {
    if (node.findings().notesAreFull())
      return;
    if (std::find(known.begin(), known.end(), name) != known.end())
      continue;
    const std::string near = nearest(name, known);
    node.findings().note(
        node.child(name, value).pointer(),
        "unknown member " + inQuotes(name) + (near.empty() ? "" : "; did you mean " + near + "?"));
  }
}

}  // namespace holdfast::model::parser
