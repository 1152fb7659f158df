// SPDX-License-Identifier: Apache-2.0
// One value of the document, where it stands, and the questions that readers ask of it. Each answer
// that is not what was asked for leaves a fault behind, with what was found and what was expected.
#pragma once

#include "model/forms/form.hpp"
#include "model/parser/findings.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::model::parser {

// What a text may contain. NUL is refused everywhere: engines cut texts there.
enum class TextKind {
  Line,  // no control characters
  Free,  // values of environment variables, arguments of commands: line feeds and tabs are normal
};

class Node {
 public:
  Node(const boost::json::value& value, std::string pointer, Findings& findings)
      : value_(&value), pointer_(std::move(pointer)), findings_(&findings) {}

  [[nodiscard]] const boost::json::value& value() const { return *value_; }
  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  [[nodiscard]] Findings& findings() const { return *findings_; }

  void fault(std::string message) const { findings_->fault(pointer_, std::move(message)); }

  // "expected <expected>, found <type and, where it helps, value>".
  void mismatch(const std::string& expected) const;

  // A value below this one.
  [[nodiscard]] Node child(std::string_view name, const boost::json::value& value) const;
  [[nodiscard]] Node child(std::size_t index, const boost::json::value& value) const;

  // The same value, with another place for what is found.
  [[nodiscard]] Node reportingTo(Findings& findings) const { return {*value_, pointer_, findings}; }

  [[nodiscard]] const boost::json::object* object() const;
  [[nodiscard]] const boost::json::array* array() const;
  [[nodiscard]] std::optional<bool> boolean() const;
  // A number without fraction ("1.0" is 1).
  [[nodiscard]] std::optional<std::int64_t> integer(std::int64_t least, std::int64_t most) const;
  // A text of 1 to maxBytes bytes.
  [[nodiscard]] std::optional<std::string> text(TextKind kind = TextKind::Line,
                                                std::size_t maxBytes = 64u * 1024) const;
  // The same, and an empty one.
  [[nodiscard]] std::optional<std::string> anyText(TextKind kind = TextKind::Line) const;
  // A string, number or boolean, as text. The value never appears in a message.
  [[nodiscard]] std::optional<std::string> scalar(TextKind kind) const;

  // Can this be the name of this node in an object whose names are free?
  [[nodiscard]] bool nameIsText(std::string_view name) const;

  // Takes the value of a form, or leaves its error as a fault.
  template <class T>
  [[nodiscard]] std::optional<T> accept(Form<T> form) const {
    if (form)
      return *std::move(form);
    fault(form.error().message);
    return std::nullopt;
  }

 private:
  const boost::json::value* value_;
  std::string pointer_;
  Findings* findings_;
};

// Calls `read(element)` for each element of an array.
template <class Read>
void eachElement(const Node& node, Read read) {
  const auto* array = node.array();
  if (array == nullptr)
    return;
  for (std::size_t i = 0; i < array->size(); ++i)
    read(node.child(i, (*array)[i]));
}

// Calls `read(name, member)` for each member of an object whose names are free. A name that is
// empty or has control characters is a fault.
template <class Read>
void eachMember(const Node& node, Read read) {
  const auto* object = node.object();
  if (object == nullptr)
    return;
  for (const auto& member : *object) {
    const Node below = node.child(member.key(), member.value());
    if (below.nameIsText(member.key()))
      read(std::string(member.key()), below);
  }
}

// The shortest text of a JSON number: "1", "0.5", "1e+30".
[[nodiscard]] std::string numberText(const boost::json::value& number);

}  // namespace holdfast::model::parser
