// SPDX-License-Identifier: Apache-2.0
#include "cli/json_view.hpp"

#include "cli/text.hpp"

#include <boost/json/serialize.hpp>

namespace holdfast::cli {
namespace json = boost::json;

const json::value* member(const json::value& object, std::string_view name) {
  const json::object* const members = object.if_object();
  if (members == nullptr) {
    return nullptr;
  }
  const json::value* const found = members->if_contains({name.data(), name.size()});
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string text(const json::value& object, std::string_view name) {
  const json::value* const found = member(object, name);
  if (found == nullptr || found->is_structured()) {
    return {};
  }
  if (found->is_bool()) {
    return found->get_bool() ? "yes" : "no";
  }
  if (const json::string* const string = found->if_string()) {
    return oneLine({string->data(), string->size()});
  }
  return json::serialize(*found);
}

std::string rawText(const json::value& object, std::string_view name) {
  const json::value* const found = member(object, name);
  const json::string* const string = found == nullptr ? nullptr : found->if_string();
  return string == nullptr ? std::string() : std::string(string->data(), string->size());
}

std::int64_t number(const json::value& object, std::string_view name, std::int64_t otherwise) {
  const json::value* const found = member(object, name);
  if (found == nullptr || !found->is_number()) {
    return otherwise;
  }
  boost::system::error_code inexact;
  const auto value = found->to_number<std::int64_t>(inexact);
  return inexact ? otherwise : value;
}

bool flag(const json::value& object, std::string_view name) {
  const json::value* const found = member(object, name);
  return found != nullptr && found->is_bool() && found->get_bool();
}

std::optional<model::WallTime> instant(const json::value& object, std::string_view name) {
  return model::fromRfc3339(rawText(object, name));
}

const json::array& list(const json::value& object, std::string_view name) {
  static const json::array kNone;
  const json::value* const found = member(object, name);
  return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

namespace {

void print(std::string& out, const json::value& value, std::size_t depth);

// The lines between the brackets of an object or array; `item` prints one of them.
template <typename Container, typename PrintItem>
void printItems(std::string& out, const Container& items, std::size_t depth, char open, char close,
                PrintItem item) {
  out += open;
  bool first = true;
  for (const auto& element : items) {
    out += first ? "\n" : ",\n";
    out.append(2 * (depth + 1), ' ');
    item(element);
    first = false;
  }
  if (!first) {
    out += '\n';
    out.append(2 * depth, ' ');
  }
  out += close;
}

void print(std::string& out, const json::value& value, std::size_t depth) {
  if (const json::object* const object = value.if_object()) {
    printItems(out, *object, depth, '{', '}', [&](const json::key_value_pair& pair) {
      out += json::serialize(pair.key());
      out += ": ";
      print(out, pair.value(), depth + 1);
    });
  } else if (const json::array* const array = value.if_array()) {
    printItems(out, *array, depth, '[', ']',
               [&](const json::value& element) { print(out, element, depth + 1); });
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string prettyJson(const json::value& value) {
  std::string out;
  print(out, value, 0);
  out += '\n';
  return out;
}

}  // namespace holdfast::cli
