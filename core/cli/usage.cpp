// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.hpp"

#include "cli/text.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::cli {
namespace {

// Two columns, indented by two.
std::string aligned(const std::vector<std::pair<std::string, std::string_view>>& rows) {
  std::size_t width = 0;
  for (const auto& row : rows) {
    width = std::max(width, row.first.size());
  }
  std::string out;
  for (const auto& [left, right] : rows) {
    out += "  " + left + std::string(width - left.size() + 3, ' ') + std::string(right) + "\n";
  }
  return out;
}

// For terminals of the usual width.
std::string wrapped(std::string_view text) {
  constexpr std::size_t kColumns = 78;
  std::string out;
  for (const std::string& line : wrappedLines(text, kColumns)) {
    out += line + "\n";
  }
  return out;
}

std::string optionList(const std::vector<OptionSpec>& options) {
  std::vector<std::pair<std::string, std::string_view>> rows;
  rows.reserve(options.size());
  for (const OptionSpec& option : options) {
    rows.emplace_back((option.letter == 0 ? "    " : "") + optionUsage(option), option.help);
  }
  return aligned(rows);
}

}  // namespace

std::string optionUsage(const OptionSpec& option) {
  std::string usage = option.letter == 0 ? "" : std::string("-") + option.letter + ", ";
  usage += "--" + std::string(option.name);
  if (option.value == OptionSpec::Value::Required) {
    usage += " " + std::string(option.placeholder);
  } else if (option.value == OptionSpec::Value::Optional) {
    usage += "[=" + std::string(option.placeholder) + "]";
  }
  return usage;
}

const std::vector<std::pair<int, std::string_view>>& exitCodes() {
  static const std::vector<std::pair<int, std::string_view>> kCodes{
      {kDone, "done"},
      {kFailed, "failed"},
      {kUsage, "wrong usage (or changes, with plan --exit-code)"},
      {kSettledFailing, "apply --wait settled with failing services"},
      {kUnreachable, "agent not reachable"},
  };
  return kCodes;
}

std::string generalUsage() {
  std::string out =
      "usage: holdfast <verb> [arguments] [options]\n"
      "\n"
      "Talks to the agent on this machine, holdfastd.\n"
      "\n";
  std::vector<std::pair<std::string, std::string_view>> rows;
  for (const VerbSpec& verb : verbs()) {
    rows.emplace_back(std::string(verb.name), verb.summary);
  }
  out += aligned(rows);
  out += "\nWith every verb:\n" + optionList(globalOptions());
  out += "\n'holdfast <verb> --help' explains a verb with an example.\n";
  std::string codes = "Exit:";
  for (const auto& [code, meaning] : exitCodes()) {
    codes += " " + std::to_string(code) + " " + std::string(meaning) +
             (code == kUnreachable ? "." : ";");
  }
  return out + wrapped(codes);
}

std::string verbUsage(const VerbSpec& verb) {
  std::string out = "usage: holdfast " + std::string(verb.name);
  if (!verb.arguments.usage.empty()) {
    out += " " + std::string(verb.arguments.usage);
  }
  out += " [options]\n\n" + std::string(verb.summary) + "\n";
  if (!verb.details.empty()) {
    out += "\n" + wrapped(verb.details);
  }
  out += "\nOptions:\n" + optionList(optionsOf(verb));
  out += "\nExample:\n";
  std::string_view examples = verb.examples;
  while (!examples.empty()) {
    const std::size_t end = std::min(examples.find('\n'), examples.size());
    out += "  " + std::string(examples.substr(0, end)) + "\n";
    examples.remove_prefix(std::min(end + 1, examples.size()));
  }
  return out;
}

}  // namespace holdfast::cli
