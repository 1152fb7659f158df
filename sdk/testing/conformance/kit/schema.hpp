// SPDX-License-Identifier: Apache-2.0
// The options schema of a plugin, and options held against it, as the agent does both before it
// makes an instance (docs/plugin-guide.md "Options"). Written a second time on purpose: what the
// two readers disagree about is a hole in the guide.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::conformance {

struct SchemaOption {
  std::string type;
  std::optional<std::string> fallback;
  std::vector<std::string> allowed;  // empty: anything of the type
  bool required = false;
};

struct Schema {
  std::map<std::string, SchemaOption, std::less<>> options;
  std::vector<std::string> problems;  // of the schema itself
};

using OptionValues = std::map<std::string, std::string, std::less<>>;

// Never throws. Empty text is a schema without options.
[[nodiscard]] Schema readSchema(std::string_view text);

// The values as an instance gets them: defaults filled in, durations in milliseconds. What is wrong
// with `given` is added to `problems`, and left out.
[[nodiscard]] OptionValues valuesFor(const Schema& schema, const OptionValues& given,
                                     std::vector<std::string>& problems);

}  // namespace holdfast::conformance
