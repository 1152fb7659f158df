// SPDX-License-Identifier: Apache-2.0
// What the agent stores of its own, as JSON and back. Each type has one list of its members, which
// writes and reads: a member cannot be in one direction only.
//
// Whoever stores has a Form in a namespace of its own, and beside it the lists, for types of other
// namespaces too: the Form is part of the visitor's type, so they are found there.
//
//   struct Form { static constexpr std::size_t kMaxBytes = 1024u * 1024; };
//   void members(auto& visit, model::Problem& problem) { visit("message", problem.message); }
//   constexpr model::StoredRange rangeOf(Form, Reason) { return {Reason::New, Reason::Test}; }
//
// Enumerations are stored as their numbers: new values are appended, never put in between.
#pragma once

#include "model/alert_matcher.hpp"
#include "model/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace holdfast::model {

// The first and the last value of an enumeration.
struct StoredRange {
  template <class Enum>
  constexpr StoredRange(Enum from, Enum to)
      : first(static_cast<int>(from)), last(static_cast<int>(to)) {}
  int first;
  int last;
};

template <class Form>
class StoredWriter {
 public:
  template <class Value>
  void operator()(std::string_view name, Value& value) {
    object_[name] = write(value);
  }

  template <class Struct>
  static boost::json::value write(Struct& value) {
    StoredWriter writer;
    members(writer, value);
    return std::move(writer.object_);
  }
  static boost::json::value write(std::string& value) { return boost::json::string(value); }
  static boost::json::value write(bool& value) { return value; }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  static boost::json::value write(Number& value) { return std::int64_t{value}; }
  template <class Enum>
  requires std::is_enum_v<Enum>
  static boost::json::value write(Enum& value) { return static_cast<int>(value); }
  template <class Count, class Period>
  static boost::json::value write(std::chrono::duration<Count, Period>& value) {
    return std::int64_t{value.count()};
  }
  template <class Clock, class Duration>
  static boost::json::value write(std::chrono::time_point<Clock, Duration>& value) {
    return std::int64_t{value.time_since_epoch().count()};
  }
  static boost::json::value write(AlertMatcher& value) { return boost::json::string(value.text()); }
  template <class Value>
  static boost::json::value write(std::optional<Value>& value) {
    return value ? write(*value) : boost::json::value(nullptr);
  }
  template <class Value>
  static boost::json::value write(std::vector<Value>& values) {
    boost::json::array array;
    for (auto& value : values)
      array.push_back(write(value));
    return array;
  }
  template <class Value>
  static boost::json::value write(std::map<std::string, Value>& values) {
    boost::json::object object;
    for (auto& [name, value] : values)
      object[name] = write(value);
    return object;
  }

 private:
  boost::json::object object_;
};

// A member that is absent keeps its default: an older agent wrote the text. One of another type
// makes the whole unusable.
template <class Form>
class StoredReader {
 public:
  explicit StoredReader(const boost::json::object& object) : object_(object) {}

  template <class Value>
  void operator()(std::string_view name, Value& value) {
    const auto* found = object_.if_contains(name);
    good_ = good_ && (found == nullptr || read(*found, value));
  }

  template <class Struct>
  static bool read(const boost::json::value& from, Struct& value) {
    if (!from.is_object())
      return false;
    StoredReader reader(from.get_object());
    members(reader, value);
    return reader.good_;
  }
  static bool read(const boost::json::value& from, std::string& value) {
    if (const auto* text = from.if_string())
      value = std::string(*text);
    return from.is_string();
  }
  static bool read(const boost::json::value& from, bool& value) {
    if (const auto* flag = from.if_bool())
      value = *flag;
    return from.is_bool();
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  static bool read(const boost::json::value& from, Number& value) {
    const auto* number = from.if_int64();
    if (number == nullptr || *number < std::int64_t{std::numeric_limits<Number>::min()} ||
        *number > std::int64_t{std::numeric_limits<Number>::max()})
      return false;
    value = static_cast<Number>(*number);
    return true;
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  static bool read(const boost::json::value& from, Enum& value) {
    constexpr StoredRange range = rangeOf(Form{}, Enum{});
    const auto* number = from.if_int64();
    if (number == nullptr || *number < range.first || *number > range.last)
      return false;
    value = static_cast<Enum>(*number);
    return true;
  }
  template <class Count, class Period>
  static bool read(const boost::json::value& from, std::chrono::duration<Count, Period>& value) {
    const auto* number = from.if_int64();
    if (number != nullptr)
      value = std::chrono::duration<Count, Period>{*number};
    return number != nullptr;
  }
  template <class Clock, class Duration>
  static bool read(const boost::json::value& from,
                   std::chrono::time_point<Clock, Duration>& value) {
    Duration since{};
    const bool good = read(from, since);
    value = std::chrono::time_point<Clock, Duration>{since};
    return good;
  }
  static bool read(const boost::json::value& from, AlertMatcher& value) {
    std::string text;
    if (!read(from, text))
      return false;
    auto parsed = AlertMatcher::parse(text);
    value = std::move(parsed.matcher);
    return parsed.problem.empty();
  }
  template <class Value>
  static bool read(const boost::json::value& from, std::optional<Value>& value) {
    value.reset();
    return from.is_null() || read(from, value.emplace());
  }
  template <class Value>
  static bool read(const boost::json::value& from, std::vector<Value>& values) {
    if (!from.is_array())
      return false;
    values.clear();
    for (const auto& element : from.get_array()) {
      if (!read(element, values.emplace_back()))
        return false;
    }
    return true;
  }
  template <class Value>
  static bool read(const boost::json::value& from, std::map<std::string, Value>& values) {
    if (!from.is_object())
      return false;
    values.clear();
    for (const auto& [name, element] : from.get_object()) {
      if (!read(element, values[std::string(name)]))
        return false;
    }
    return true;
  }

 private:
  const boost::json::object& object_;
  bool good_ = true;
};

template <class Form, class Kept>
std::string storedText(Kept kept) {  // by value: the one list of members serves reading, too
  return boost::json::serialize(StoredWriter<Form>::write(kept));
}

// Nothing when the text is damaged.
template <class Form, class Kept>
std::optional<Kept> readStored(const std::string& text) {
  const auto json = readJson(text, {.bytes = Form::kMaxBytes,
                                    .stringBytes = Form::kMaxBytes,
                                    .nameBytes = Form::kMaxBytes,
                                    .elements = Form::kMaxBytes,
                                    .values = Form::kMaxBytes});
  Kept kept;
  if (!json.value || !StoredReader<Form>::read(*json.value, kept))
    return std::nullopt;
  return kept;
}

}  // namespace holdfast::model
