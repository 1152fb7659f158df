// SPDX-License-Identifier: Apache-2.0
#include "conformance/kit/schema.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace holdfast::conformance {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxSchemaBytes = 64u * 1024;
constexpr std::size_t kMaxOptions = 64;
constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxValueBytes = 4096;

constexpr std::array<std::string_view, 6> kTypes{"string",   "integer", "boolean",
                                                 "duration", "path",    "secret-file"};

std::string_view view(const json::string& text) {
  return {text.data(), text.size()};
}

bool isOptionName(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= 64 && lower(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<std::string> milliseconds(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = number<std::int64_t>(text.substr(0, digits));
  const std::string_view unit = text.substr(digits);
  const std::map<std::string_view, std::int64_t> units{
      {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  const auto factor = units.find(unit);
  if (!count || factor == units.end() || *count > INT64_MAX / factor->second) {
    return std::nullopt;
  }
  return std::to_string(*count * factor->second);
}

// The value as a plugin gets it; nothing when the text is not of the option's type.
std::optional<std::string> normalised(const SchemaOption& option, const std::string& text) {
  const bool oneLine =
      text.size() <= kMaxValueBytes && std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t';
      });
  const bool listed =
      option.allowed.empty() ||
      std::find(option.allowed.begin(), option.allowed.end(), text) != option.allowed.end();
  if (!oneLine || !listed) {
    return std::nullopt;
  }
  if (option.type == "integer") {
    const auto value = number<std::int64_t>(text);
    return value ? std::optional(std::to_string(*value)) : std::nullopt;
  }
  if (option.type == "duration") {
    return milliseconds(text);
  }
  const bool fits = option.type == "boolean"  ? text == "true" || text == "false"
                    : option.type == "string" ? true
                                              : text.starts_with('/');
  return fits ? std::optional(text) : std::nullopt;
}

bool readMember(std::string_view key, const json::value& value, SchemaOption& option) {
  if (key == "type" && value.is_string()) {
    option.type = view(value.get_string());
    return std::find(kTypes.begin(), kTypes.end(), option.type) != kTypes.end();
  }
  if (key == "description") {
    return value.is_string();
  }
  if (key == "required" && value.is_bool()) {
    option.required = value.get_bool();
    return true;
  }
  if (key == "default" && (value.is_string() || value.is_int64() || value.is_bool())) {
    option.fallback =
        value.is_string() ? std::string(view(value.get_string())) : json::serialize(value);
    return true;
  }
  if (key != "enum" || !value.is_array() || value.get_array().empty()) {
    return false;
  }
  for (const json::value& word : value.get_array()) {
    if (!word.is_string()) {
      return false;
    }
    option.allowed.emplace_back(view(word.get_string()));
  }
  return true;
}

void readOption(std::string_view name, const json::value& value, Schema& schema) {
  const std::string where = "option \"" + std::string(name) + "\" ";
  const json::object* const members = value.if_object();
  if (!isOptionName(name) || members == nullptr) {
    schema.problems.push_back(where + "is not a name like \"fooBar\" with an object");
    return;
  }
  SchemaOption option;
  for (const auto& member : *members) {
    const std::string_view key(member.key().data(), member.key().size());
    if (!readMember(key, member.value(), option)) {
      schema.problems.push_back(where + "has an unknown or wrong \"" + std::string(key) + "\"");
    }
  }
  if (option.type.empty()) {
    schema.problems.push_back(where + "has no \"type\"");
  } else if (option.fallback && !normalised(option, *option.fallback)) {
    schema.problems.push_back(where + "has a default that it would refuse itself");
  }
  schema.options.emplace(name, std::move(option));
}

}  // namespace

Schema readSchema(std::string_view text) {
  Schema schema;
  if (text.empty()) {
    return schema;
  }
  json::parse_options limits;
  limits.max_depth = kMaxDepth;
  json::error_code error;
  const json::value document = json::parse({text.data(), text.size()}, error, {}, limits);
  const json::object* const top = document.if_object();
  const json::value* const properties = top == nullptr ? nullptr : top->if_contains("properties");
  if (error || text.size() > kMaxSchemaBytes || properties == nullptr || !properties->is_object() ||
      top->size() != 1 || properties->get_object().size() > kMaxOptions) {
    schema.problems.emplace_back(
        "the schema is not an object with the one member \"properties\", an object of at most 64 "
        "options, in at most 64 KiB of JSON");
    return schema;
  }
  for (const auto& member : properties->get_object()) {
    readOption({member.key().data(), member.key().size()}, member.value(), schema);
  }
  return schema;
}

OptionValues valuesFor(const Schema& schema, const OptionValues& given,
                       std::vector<std::string>& problems) {
  OptionValues values;
  for (const auto& [name, text] : given) {
    if (!schema.options.contains(name)) {
      problems.push_back("option " + name + " is not in the plugin's schema");
    }
  }
  for (const auto& [name, option] : schema.options) {
    const auto found = given.find(name);
    if (found == given.end() && !option.fallback) {
      if (option.required) {
        problems.push_back("option " + name + " is required and not given");
      }
      continue;
    }
    const std::string& text = found == given.end() ? *option.fallback : found->second;
    if (auto value = normalised(option, text)) {
      values.emplace(name, std::move(*value));
    } else {
      problems.push_back("option " + name + " is \"" + text + "\", which is no " + option.type +
                         (option.allowed.empty() ? "" : " of those that it may be"));
    }
  }
  return values;
}

}  // namespace holdfast::conformance
