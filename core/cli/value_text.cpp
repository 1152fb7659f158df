// SPDX-License-Identifier: Apache-2.0
#include "cli/value_text.hpp"

#include "cli/json_view.hpp"
#include "cli/service_words.hpp"
#include "cli/text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace holdfast::cli {
namespace json = boost::json;
namespace {

bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}

bool isEmpty(const json::value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty()) ||
         (value.is_array() && value.get_array().empty()) ||
         (value.is_object() && value.get_object().empty());
}

std::string scalar(const json::value& value) {
  if (const json::string* const string = value.if_string()) {
    return oneLine({string->data(), string->size()});
  }
  return oneLine(json::serialize(value));
}

std::string joined(const json::array& items) {
  std::string all;
  for (const json::value& item : items) {
    all += (all.empty() ? "" : ", ") + scalar(item);
  }
  return all;
}

// "name=front aliases=a, b" of an object inside a list, which has a line to itself.
std::string onOneLine(const json::value& value) {
  const json::object* const object = value.if_object();
  if (object == nullptr) {
    return scalar(value);
  }
  std::string all;
  for (const auto& [key, inner] : *object) {
    if (isEmpty(inner)) {
      continue;
    }
    const json::array* const words = inner.if_array();
    all += (all.empty() ? "" : " ") + oneLine({key.data(), key.size()}) + "=" +
           (words == nullptr ? scalar(inner) : joined(*words));
  }
  return all;
}

void writeList(SectionWriter& out, std::string_view name, const json::array& items) {
  const bool structured = std::any_of(items.begin(), items.end(),
                                      [](const json::value& item) { return item.is_structured(); });
  if (!structured) {
    out.field(name, joined(items));
    return;
  }
  out.open(name);
  for (const json::value& item : items) {
    out.line(onOneLine(item));
  }
  out.close();
}

void writeOne(SectionWriter& out, std::string_view name, const json::value& value) {
  if (isEmpty(value)) {
    return;
  }
  if (const json::object* const object = value.if_object()) {
    out.open(name);
    // Below the first level stand names that people chose: variables, labels.
    for (const auto& [key, inner] : *object) {
      writeOne(out, oneLine({key.data(), key.size()}), inner);
    }
    out.close();
  } else if (const json::array* const array = value.if_array()) {
    writeList(out, name, *array);
  } else {
    out.field(name, scalar(value));
  }
}

}  // namespace

std::string heading(std::string_view memberName) {
  std::string words;
  for (std::size_t i = 0; i < memberName.size(); ++i) {
    const char c = memberName[i];
    if (i == 0 && isLower(c)) {
      words += static_cast<char>(c - 'a' + 'A');
      continue;
    }
    if (isUpper(c) && i > 0 && !isUpper(memberName[i - 1])) {
      words += ' ';
    }
    words += c;
  }
  return words;
}

std::string pastMoment(const json::value& object, std::string_view name, model::WallTime now) {
  const auto at = instant(object, name);
  return at ? model::toRfc3339(*at) + " (" + age(*at, now) + " ago)" : std::string();
}

std::string futureMoment(const json::value& object, std::string_view name, model::WallTime now) {
  const auto at = instant(object, name);
  // What is to come seen from there is how long ago now was.
  return at ? model::toRfc3339(*at) + " (in " + age(now, *at) + ")" : std::string();
}

void writeMembers(SectionWriter& out, const json::object& object) {
  for (const auto& [key, value] : object) {
    writeOne(out, heading(oneLine({key.data(), key.size()})), value);
  }
}

}  // namespace holdfast::cli
