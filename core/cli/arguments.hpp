// SPDX-License-Identifier: Apache-2.0
// The words of a command line, understood against the table of verbs.
#pragma once

#include "cli/verb.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::cli {

struct Arguments {
  const VerbSpec* verb = nullptr;                           // nullptr: only --help was asked for
  std::map<std::string, std::string, std::less<>> options;  // by long name; flags have ""
  std::vector<std::string> positionals;

  [[nodiscard]] bool has(std::string_view option) const { return options.contains(option); }
  // The option's value; `otherwise` when it was not given.
  [[nodiscard]] std::string value(std::string_view option, std::string_view otherwise = {}) const;
};

// Either the arguments or what is wrong with them, ready to be printed after "holdfast: ".
struct ParsedLine {
  std::optional<Arguments> arguments;
  std::string problem;
};

// `words` is argv without the program's name. GNU conventions (getopt_long): options may stand
// anywhere after the verb, long ones may be abbreviated, "--" ends them.
// Not thread-safe: getopt keeps its place in global variables.
[[nodiscard]] ParsedLine parseArguments(const std::vector<std::string>& words);

}  // namespace holdfast::cli
