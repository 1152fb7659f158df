// SPDX-License-Identifier: Apache-2.0
#include "model/canonical_json.hpp"

#include <boost/json/serialize.hpp>

#include <map>
#include <string_view>

namespace holdfast::model {

namespace {

namespace json = boost::json;

void append(std::string& text, const json::value& value);

void append(std::string& text, const json::object& object) {
  std::map<std::string_view, const json::value*> sorted;
  for (const auto& [name, member] : object)
    sorted.emplace(name, &member);
  text += '{';
  for (const auto& [name, member] : sorted) {
    if (text.back() != '{')
      text += ',';
    text += json::serialize(json::string_view(name.data(), name.size()));
    text += ':';
    append(text, *member);
  }
  text += '}';
}

void append(std::string& text, const json::array& array) {
  text += '[';
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i != 0)
      text += ',';
    append(text, array[i]);
  }
  text += ']';
}

void append(std::string& text, const json::value& value) {
  if (const auto* object = value.if_object()) {
    append(text, *object);
  } else if (const auto* array = value.if_array()) {
    append(text, *array);
  } else {
    text += json::serialize(value);
  }
}

}  // namespace

std::string canonicalJson(const json::value& value) {
  std::string text;
  append(text, value);
  return text;
}

}  // namespace holdfast::model
