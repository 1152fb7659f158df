// SPDX-License-Identifier: Apache-2.0
// The shape of a verb: what it takes, what it says about itself, what it does. Usage texts, the
// parser and the shell completion are all made from it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace holdfast::cli {

struct Context;

// Exit codes: docs/interfaces.md "Command line".
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;           // wrong usage
inline constexpr int kChanges = 2;         // plan --exit-code: there is something to do
inline constexpr int kSettledFailing = 3;  // apply --wait
inline constexpr int kUnreachable = 4;

struct OptionSpec {
  enum class Value { None, Required, Optional };

  std::string_view name;
  char letter = 0;  // 0: none
  Value value = Value::None;
  std::string_view placeholder;  // of the value
  std::string_view help;
  std::string_view words;  // the values to choose from, space separated; empty: free
};

// What shell completion offers for the words after the verb.
enum class Completes { Nothing, App, Service, AppOrService, File, Words };

struct ArgumentSpec {
  std::string_view usage;  // "APP/SERVICE"; empty: the verb takes none
  std::size_t least = 0;
  std::size_t most = 0;
  Completes completes = Completes::Nothing;
  std::string_view words;      // of Completes::Words
  std::string_view fileAfter;  // the one of the words that a file follows
};

struct VerbSpec {
  std::string_view name;
  std::string_view summary;  // half a line
  ArgumentSpec arguments;
  std::vector<OptionSpec> options;  // besides the global ones
  std::string_view details;         // a paragraph for --help; may be empty
  std::string_view examples;        // lines, each a command
  int (*run)(Context& context);     // returns the exit code; throws Failed (cli/context.hpp)
};

// Every verb, in the order in which --help lists them.
[[nodiscard]] const std::vector<VerbSpec>& verbs();

// --socket, --output, --help: understood before and after every verb.
[[nodiscard]] const std::vector<OptionSpec>& globalOptions();

// nullptr when there is none of that name.
[[nodiscard]] const VerbSpec* findVerb(std::string_view name);

// The options that a verb understands: its own, then the global ones that it does not replace
// (status has its own --output, with more words).
[[nodiscard]] std::vector<OptionSpec> optionsOf(const VerbSpec& verb);

}  // namespace holdfast::cli
