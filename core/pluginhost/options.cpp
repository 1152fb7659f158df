// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/options.hpp"

#include "holdfast/sdk/abi.h"
#include "model/nearest.hpp"
#include "model/text.hpp"
#include "model/time.hpp"
#include "pluginhost/identity.hpp"

#include <boost/json.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

namespace holdfast::pluginhost {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxOptions = 64;
constexpr std::size_t kMaxShown = 80;
constexpr std::size_t kMaxValue = 4096;
constexpr std::size_t kMaxDepth = 8;
const std::string kHidden = "***";

struct TypeWord {
  std::string_view word;
  OptionType type;
  std::string_view expectation;
};

constexpr std::array<TypeWord, 6> kTypes{{
    {"string", OptionType::String, "text of one line, at most 4096 bytes"},
    {"integer", OptionType::Integer, "a whole number, such as 12"},
    {"boolean", OptionType::Boolean, "true or false"},
    {"duration", OptionType::Duration, "a duration such as 500ms, 30s, 5m, 1h or 2d"},
    {"path", OptionType::Path, "an absolute path"},
    {"secret-file", OptionType::SecretFile, "the absolute path of a file that others cannot read"},
}};

const TypeWord& wordOf(OptionType type) {
  return *std::find_if(kTypes.begin(), kTypes.end(),
                       [type](const TypeWord& entry) { return entry.type == type; });
}

std::string inQuotes(std::string_view text) {
  std::string out = "\"";
  return out.append(model::oneLine(text, kMaxShown)).append("\"");
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) {
    out += (out.empty() ? "" : ", ") + word;
  }
  return out;
}

bool isOptionName(std::string_view name) {
  const auto isLower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= 64 && isLower(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return isLower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

bool isPlainText(std::string_view text) {
  return text.size() <= kMaxValue && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 && c != '\t';
         });
}

// Why the file behind a secret-file option is not fit; nothing when it is, or is not there (yet).
std::optional<std::string> secretProblem(const std::string& path, const std::string& shownPath) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return std::nullopt;
  }
  if (!S_ISREG(info.st_mode)) {
    return "is no regular file";
  }
  if ((info.st_mode & S_IRWXO) != 0) {
    return "may be used by everybody; run: chmod o= " + shownPath;
  }
  return std::nullopt;
}

std::optional<std::string> asInteger(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return std::to_string(number);
}

// The value as the plugin gets it; nothing when `text` is not of the type.
std::optional<std::string> normalised(OptionType type, const std::string& text) {
  if (!isPlainText(text)) {
    return std::nullopt;
  }
  switch (type) {
    case OptionType::String:
      return text;
    case OptionType::Integer:
      return asInteger(text);
    case OptionType::Boolean:
      return text == "true" || text == "false" ? std::optional(text) : std::nullopt;
    case OptionType::Duration:
      if (const auto duration = model::parseDuration(text)) {
        return std::to_string(duration->count());
      }
      return std::nullopt;
    case OptionType::Path:
    case OptionType::SecretFile:
      return text.starts_with('/') ? std::optional(text) : std::nullopt;
  }
  return std::nullopt;
}

std::string expectation(const OptionSpec& spec) {
  return spec.allowed.empty() ? std::string(wordOf(spec.type).expectation)
                              : "one of " + joined(spec.allowed);
}

class SchemaReader {
 public:
  SchemaResult read(std::string_view text) {
    const auto document = parse(text);
    if (!document) {
      return std::move(result_);
    }
    const json::object* top = document->if_object();
    const json::value* properties = top == nullptr ? nullptr : top->if_contains("properties");
    const json::object* members = properties == nullptr ? nullptr : properties->if_object();
    if (members == nullptr || top->size() != 1) {
      problem("the schema is an object with the one member \"properties\", an object");
      return std::move(result_);
    }
    if (members->size() > kMaxOptions) {
      problem("the schema has " + std::to_string(members->size()) + " options, at most " +
              std::to_string(kMaxOptions) + " are allowed");
      return std::move(result_);
    }
    for (const auto& member : *members) {
      option(member.key(), member.value());
    }
    std::sort(result_.options.begin(), result_.options.end(),
              [](const OptionSpec& a, const OptionSpec& b) { return a.name < b.name; });
    return std::move(result_);
  }

 private:
  void problem(std::string text) { result_.problems.push_back(std::move(text)); }

  std::optional<json::value> parse(std::string_view text) {
    if (text.size() > kMaxOptionsSchema) {
      problem("the schema is longer than " + std::to_string(kMaxOptionsSchema) + " bytes");
      return std::nullopt;
    }
    if (text.empty()) {
      return std::nullopt;
    }
    json::parse_options limits;
    limits.max_depth = kMaxDepth;
    json::error_code error;
    json::value document = json::parse({text.data(), text.size()}, error, {}, limits);
    if (error) {
      problem("the schema is no JSON: " + error.message());
      return std::nullopt;
    }
    return document;
  }

  void option(std::string_view name, const json::value& value) {
    OptionSpec spec;
    spec.name = name;
    const auto at = [&](const std::string& what) {
      problem("option " + inQuotes(name) + " of the schema: " + what);
    };
    const json::object* members = value.if_object();
    if (!isOptionName(name) || members == nullptr) {
      at("expected a name like \"fooBar\" with an object");
      return;
    }
    bool typed = false;
    for (const auto& member : *members) {
      const std::string_view key(member.key().data(), member.key().size());
      if (key == "type") {
        typed = readType(member.value(), spec);
      } else if (!readMember(key, member.value(), spec)) {
        at(inQuotes(key) + " is unknown or of the wrong type");
      }
    }
    if (!typed) {
      at("its \"type\" is one of string, integer, boolean, duration, path, secret-file");
      return;
    }
    if (spec.fallback && !isAllowed(spec)) {
      at("its default " + inQuotes(*spec.fallback) + " is not " + expectation(spec));
    }
    result_.options.push_back(std::move(spec));
  }

  static bool readType(const json::value& value, OptionSpec& spec) {
    const json::string* word = value.if_string();
    const auto found = word == nullptr
                           ? kTypes.end()
                           : std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeWord& entry) {
                               return entry.word == std::string_view(word->data(), word->size());
                             });
    if (found == kTypes.end()) {
      return false;
    }
    spec.type = found->type;
    return true;
  }

  static bool readMember(std::string_view key, const json::value& value, OptionSpec& spec) {
    if (key == "description" && value.is_string()) {
      spec.description = value.get_string().c_str();
      return true;
    }
    if (key == "required" && value.is_bool()) {
      spec.required = value.get_bool();
      return true;
    }
    if (key == "default") {
      return readDefault(value, spec);
    }
    return key == "enum" && value.is_array() && readEnum(value.get_array(), spec);
  }

  static bool readDefault(const json::value& value, OptionSpec& spec) {
    if (value.is_string()) {
      spec.fallback = value.get_string().c_str();
      return true;
    }
    if (value.is_int64() || value.is_bool()) {
      spec.fallback = json::serialize(value);
      return true;
    }
    return false;
  }

  static bool readEnum(const json::array& values, OptionSpec& spec) {
    for (const auto& value : values) {
      if (!value.is_string()) {
        return false;
      }
      spec.allowed.emplace_back(value.get_string().c_str());
    }
    return !values.empty();
  }

  static bool isAllowed(const OptionSpec& spec) {
    const bool listed = spec.allowed.empty() || std::find(spec.allowed.begin(), spec.allowed.end(),
                                                          *spec.fallback) != spec.allowed.end();
    return listed && normalised(spec.type, *spec.fallback).has_value();
  }

  SchemaResult result_;
};

// One option that is configured or has a default.
void checkValue(const OptionSpec& spec, const std::string& text, Shown shown,
                OptionsResult& result) {
  const bool listed = spec.allowed.empty() || std::find(spec.allowed.begin(), spec.allowed.end(),
                                                        text) != spec.allowed.end();
  auto value = listed ? normalised(spec.type, text) : std::nullopt;
  if (!value) {
    result.problems.push_back("option " + spec.name + " is " +
                              (shown == Shown::Values ? inQuotes(text) : kHidden) + ", expected " +
                              expectation(spec));
    return;
  }
  if (spec.type == OptionType::SecretFile) {
    const std::string path = shown == Shown::Values ? model::oneLine(text, kMaxValue) : kHidden;
    if (const auto problem = secretProblem(text, path)) {
      result.problems.push_back("option " + spec.name + ": " + path + " " + *problem);
      return;
    }
  }
  result.values.emplace(spec.name, std::move(*value));
}

void checkUnknown(const std::vector<OptionSpec>& options,
                  const std::map<std::string, std::string>& configured, OptionsResult& result) {
  std::vector<std::string> names;
  names.reserve(options.size());
  for (const auto& spec : options) {
    names.push_back(spec.name);
  }
  for (const auto& [name, text] : configured) {
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      continue;
    }
    const std::string near = model::nearest(name, names);
    std::string hint = "; it has no options";
    if (!near.empty()) {
      hint = "; did you mean " + near + "?";
    } else if (!names.empty()) {
      hint = "; there are " + joined(names);
    }
    result.problems.push_back("option " + inQuotes(name) + " is unknown" + hint);
  }
}

}  // namespace

SchemaResult parseOptionsSchema(std::string_view text) {
  return SchemaReader().read(text);
}

Shown shownOf(std::uint32_t kind) {
  return kind == HOLDFAST_KIND_RUNTIME ? Shown::Values : Shown::Names;
}

OptionsResult checkOptions(std::string_view schema,
                           const std::map<std::string, std::string>& configured, Shown shown) {
  OptionsResult result;
  SchemaResult parsed = parseOptionsSchema(schema);
  if (!parsed.problems.empty()) {
    result.problems = std::move(parsed.problems);
    return result;
  }
  checkUnknown(parsed.options, configured, result);
  for (const auto& spec : parsed.options) {
    const auto found = configured.find(spec.name);
    if (found != configured.end()) {
      checkValue(spec, found->second, shown, result);
    } else if (spec.fallback) {
      checkValue(spec, *spec.fallback, Shown::Values, result);
    } else if (spec.required) {
      result.problems.push_back("option " + spec.name + " is missing, expected " +
                                expectation(spec));
    }
  }
  return result;
}

}  // namespace holdfast::pluginhost
