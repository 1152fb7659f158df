// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/json.hpp"

#include <boost/json/parse.hpp>

namespace holdfast::support {

namespace json = boost::json;

std::optional<json::value> parseJson(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  boost::system::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error) {
    return std::nullopt;
  }
  return value;
}

const json::value* jsonAt(const json::value& value, JsonPath path) {
  const json::value* at = &value;
  for (const std::string_view name : path) {
    const json::object* object = at->if_object();
    at = object == nullptr ? nullptr : object->if_contains({name.data(), name.size()});
    if (at == nullptr) {
      return nullptr;
    }
  }
  return at;
}

const json::object* jsonObject(const json::value& value, JsonPath path) {
  const json::value* at = jsonAt(value, path);
  return at == nullptr ? nullptr : at->if_object();
}

const json::array* jsonArray(const json::value& value, JsonPath path) {
  const json::value* at = jsonAt(value, path);
  return at == nullptr ? nullptr : at->if_array();
}

std::string_view jsonText(const json::value& value, JsonPath path) {
  const json::value* at = jsonAt(value, path);
  const json::string* text = at == nullptr ? nullptr : at->if_string();
  return text == nullptr ? std::string_view{} : std::string_view{text->data(), text->size()};
}

std::int64_t jsonInteger(const json::value& value, JsonPath path, std::int64_t otherwise) {
  const json::value* at = jsonAt(value, path);
  if (at == nullptr || !at->is_number()) {
    return otherwise;
  }
  boost::system::error_code error;
  const auto number = at->to_number<std::int64_t>(error);
  return error ? otherwise : number;
}

bool jsonBool(const json::value& value, JsonPath path, bool otherwise) {
  const json::value* at = jsonAt(value, path);
  const bool* flag = at == nullptr ? nullptr : at->if_bool();
  return flag == nullptr ? otherwise : *flag;
}

// True when the byte completes an object. Only braces and strings matter for finding the end; the
// parser judges the rest.
bool JsonSplitter::accept(char byte) {
  object_ += byte;
  if (inString_) {
    if (escaped_) {
      escaped_ = false;
    } else if (byte == '\\') {
      escaped_ = true;
    } else if (byte == '"') {
      inString_ = false;
    }
    return false;
  }
  if (byte == '"') {
    inString_ = true;
  } else if (byte == '{') {
    ++depth_;
  } else if (byte == '}') {
    return --depth_ == 0;
  }
  return false;
}

bool JsonSplitter::push(std::string_view chunk, const Consumer& consumer) {
  for (const char byte : chunk) {
    if (depth_ == 0 && byte != '{') {
      if (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n') {
        continue;
      }
      return false;
    }
    if (object_.size() >= maxObjectBytes_) {
      return false;
    }
    if (accept(byte)) {
      const std::optional<json::value> value = parseJson(object_);
      object_.clear();
      if (!value || !consumer(*value)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace holdfast::support
