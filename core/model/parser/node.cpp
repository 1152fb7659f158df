// SPDX-License-Identifier: Apache-2.0
#include "model/parser/node.hpp"

#include "model/json_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace holdfast::model::parser {

namespace {

namespace json = boost::json;

// The largest integer below which a double holds every integer.
constexpr double kExactDoubles = 9007199254740992.0;

std::string describe(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return value.get_bool() ? "true" : "false";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "the number " + numberText(value);
    case json::kind::string:
      return value.get_string().empty() ? "an empty string" : "a string";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      break;
  }
  return "an object";
}

std::optional<std::int64_t> wholeNumber(const json::value& value) {
  if (value.is_int64())
    return value.get_int64();
  if (value.is_double() && std::abs(value.get_double()) <= kExactDoubles &&
      std::trunc(value.get_double()) == value.get_double())
    return static_cast<std::int64_t>(value.get_double());
  return std::nullopt;
}

bool isRefused(char c, TextKind kind) {
  const auto code = static_cast<unsigned char>(c);
  return kind == TextKind::Free ? code == 0 : code < 0x20 || code == 0x7F;
}

}  // namespace

void Node::mismatch(const std::string& expected) const {
  fault("expected " + expected + ", found " + describe(*value_));
}

Node Node::child(std::string_view name, const json::value& value) const {
  return {value, pointer_ + pointerStep(name), *findings_};
}

Node Node::child(std::size_t index, const json::value& value) const {
  return {value, pointer_ + "/" + std::to_string(index), *findings_};
}

const json::object* Node::object() const {
  if (!value_->is_object())
    mismatch("an object");
  return value_->if_object();
}

const json::array* Node::array() const {
  if (!value_->is_array())
    mismatch("an array");
  return value_->if_array();
}

std::optional<bool> Node::boolean() const {
  if (!value_->is_bool()) {
    mismatch("true or false");
    return std::nullopt;
  }
  return value_->get_bool();
}

std::optional<std::int64_t> Node::integer(std::int64_t least, std::int64_t most) const {
  const auto number = wholeNumber(*value_);
  if (!number || *number < least || *number > most) {
    mismatch("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return number;
}

std::optional<std::string> Node::anyText(TextKind kind) const {
  const auto* text = value_->if_string();
  if (text == nullptr) {
    mismatch("a string");
    return std::nullopt;
  }
  if (std::any_of(text->begin(), text->end(), [&](char c) { return isRefused(c, kind); })) {
    fault(kind == TextKind::Free ? "the string contains a NUL character"
                                 : "the string contains a control character");
    return std::nullopt;
  }
  return std::string(*text);
}

std::optional<std::string> Node::text(TextKind kind, std::size_t maxBytes) const {
  auto text = anyText(kind);
  if (text && text->empty()) {
    mismatch("a string that is not empty");
    return std::nullopt;
  }
  if (text && text->size() > maxBytes) {
    fault("the string has " + std::to_string(text->size()) + " bytes; expected at most " +
          std::to_string(maxBytes));
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> Node::scalar(TextKind kind) const {
  if (value_->is_string())
    return anyText(kind);
  if (value_->is_bool())
    return value_->get_bool() ? "true" : "false";
  if (value_->is_number() && std::isfinite(value_->to_number<double>()))
    return numberText(*value_);
  mismatch("a string, a number, true or false");
  return std::nullopt;
}

bool Node::nameIsText(std::string_view name) const {
  const bool good = !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
    return isRefused(c, TextKind::Line);
  });
  if (!good)
    fault("a name must not be empty or have control characters");
  return good;
}

std::string numberText(const json::value& number) {
  std::array<char, 32> text{};
  std::to_chars_result end{};
  if (number.is_int64()) {
    end = std::to_chars(text.begin(), text.end(), number.get_int64());
  } else if (number.is_uint64()) {
    end = std::to_chars(text.begin(), text.end(), number.get_uint64());
  } else {
    end = std::to_chars(text.begin(), text.end(), number.get_double());
  }
  return {text.data(), end.ptr};
}

}  // namespace holdfast::model::parser
