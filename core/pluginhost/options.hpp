// SPDX-License-Identifier: Apache-2.0
// The options of a plugin: its schema, and what is configured held against it.
//
// A schema is a small, flat subset of JSON Schema (docs/plugin-guide.md "Options"):
//
//   {"properties": {
//     "url":     {"type": "string", "default": "unix:///run/x.sock", "description": "where it is"},
//     "timeout": {"type": "duration", "default": "10s"},
//     "mode":    {"type": "string", "enum": ["fast", "safe"], "required": true}}}
//
//   type         configured as               handed to the plugin as
//   string       any text of one line        it stands
//   integer      -12                         the same, in its shortest form
//   boolean      true, false                 it stands
//   duration     500ms, 30s, 5m, 1h, 2d      milliseconds, a decimal number
//   path         an absolute path            it stands; need not exist
//   secret-file  an absolute path            it stands; where the file exists it must be a regular
//                                            file that others have no access to
//
// `default` is text in the configured form (or a JSON number or boolean), `enum` lists the only
// texts allowed for a string, `required` means that there is no running without it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::pluginhost {

enum class OptionType { String, Integer, Boolean, Duration, Path, SecretFile };

struct OptionSpec {
  std::string name;
  OptionType type = OptionType::String;
  std::string description;
  std::optional<std::string> fallback;  // "default", as it would be configured
  std::vector<std::string> allowed;     // "enum"; empty when anything goes
  bool required = false;
};

struct SchemaResult {
  std::vector<OptionSpec> options;    // by name
  std::vector<std::string> problems;  // of the schema itself: all of them
};

using OptionValues = std::map<std::string, std::string, std::less<>>;

struct OptionsResult {
  OptionValues values;                // as the plugin gets them; defaults filled in
  std::vector<std::string> problems;  // all of them; the values are of no use if there are any
};

// Bounded in size and depth; never throws. Empty text is a schema without options.
[[nodiscard]] SchemaResult parseOptionsSchema(std::string_view text);

// Whether problems may quote what is configured. The address of a receiver may be a secret, as that
// of a webhook is, and the proxy of an uplink may have a password in it, so that the values of both
// are hidden: "***".
enum class Shown { Values, Names };
[[nodiscard]] Shown shownOf(std::uint32_t kind);  // HOLDFAST_KIND_*

// Holds `configured` (option name -> text) against a schema. Looks at the files that secret-file
// options name, else pure.
[[nodiscard]] OptionsResult checkOptions(std::string_view schema,
                                         const std::map<std::string, std::string>& configured,
                                         Shown shown = Shown::Values);

}  // namespace holdfast::pluginhost
