// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include "model/nearest.hpp"

#include <getopt.h>

#include <utility>

namespace holdfast::cli {
namespace {

// Long options have no letter of their own: getopt returns their place in the table.
constexpr int kFirstLong = 256;

class OptionReader {
 public:
  // With `upToVerb` reading stops at the first word that is no option.
  OptionReader(std::vector<OptionSpec> table, bool upToVerb) : table_(std::move(table)) {
    // ':' makes getopt tell a missing value from an unknown option, and keeps it quiet.
    letters_ = upToVerb ? "+:" : ":";
    names_.reserve(table_.size());
    for (const OptionSpec& option : table_) {
      names_.emplace_back(option.name);
    }
    for (std::size_t i = 0; i < table_.size(); ++i) {
      const OptionSpec& option = table_[i];
      const int takes = option.value == OptionSpec::Value::None       ? no_argument
                        : option.value == OptionSpec::Value::Required ? required_argument
                                                                      : optional_argument;
      long_.push_back({names_[i].c_str(), takes, nullptr, kFirstLong + static_cast<int>(i)});
      if (option.letter != 0) {
        letters_ += option.letter;
        letters_.append(static_cast<std::size_t>(takes), ':');
      }
    }
    long_.push_back({});
  }

  // Reads `words`; options go into `arguments`, the rest into `rest`. Returns what is wrong.
  std::string read(const std::vector<std::string>& words, Arguments& arguments,
                   std::vector<std::string>& rest) {
    std::vector<std::string> copy{"holdfast"};
    copy.insert(copy.end(), words.begin(), words.end());
    std::vector<char*> argv;
    argv.reserve(copy.size() + 1);
    for (std::string& word : copy) {
      argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    const int count = static_cast<int>(copy.size());
    optind = 0;  // glibc: start afresh, forgetting an earlier line
    int found = 0;
    while ((found = getopt_long(count, argv.data(), letters_.c_str(), long_.data(), nullptr)) !=
           -1) {
      if (found == '?' || found == ':') {
        return complaint(found, argv[static_cast<std::size_t>(optind - 1)]);
      }
      if (std::string problem = accept(specOf(found), arguments); !problem.empty()) {
        return problem;
      }
    }
    for (auto i = static_cast<std::size_t>(optind); i < copy.size(); ++i) {
      rest.emplace_back(argv[i]);
    }
    return {};
  }

 private:
  const OptionSpec& specOf(int found) const {
    if (found >= kFirstLong) {
      return table_[static_cast<std::size_t>(found - kFirstLong)];
    }
    for (const OptionSpec& option : table_) {
      if (option.letter == found) {
        return option;
      }
    }
    return table_.front();  // not reached: getopt returns letters of the table only
  }

  static std::string accept(const OptionSpec& option, Arguments& arguments) {
    const std::string value = optarg == nullptr ? "" : optarg;
    if (!option.words.empty() && !contains(option.words, value)) {
      return "--" + std::string(option.name) + " '" + value + "': expected one of " +
             std::string(option.words);
    }
    arguments.options[std::string(option.name)] = value;
    return {};
  }

  static bool contains(std::string_view words, std::string_view wanted) {
    while (!words.empty()) {
      const std::size_t end = std::min(words.find(' '), words.size());
      if (words.substr(0, end) == wanted) {
        return true;
      }
      words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
  }

  std::string complaint(int found, std::string_view word) const {
    if (found == ':') {
      const OptionSpec& option = specOf(optopt);
      return "option --" + std::string(option.name) + " needs a value (" +
             std::string(option.placeholder) + ")";
    }
    if (optopt >= kFirstLong) {
      return "option --" + std::string(specOf(optopt).name) + " takes no value";
    }
    if (optopt != 0) {
      return std::string("unknown option -") + static_cast<char>(optopt);
    }
    word = word.substr(0, word.find('='));
    std::string problem = "unknown option " + std::string(word);
    if (word.size() > 2) {
      if (const std::string near = model::nearest(word.substr(2), names_); !near.empty()) {
        problem += "; did you mean --" + near + "?";
      }
    }
    return problem;
  }

  std::vector<OptionSpec> table_;
  std::vector<std::string> names_;
  std::vector<option> long_;
  std::string letters_;
};

std::string unknownVerb(std::string_view word) {
  std::vector<std::string_view> known;
  for (const VerbSpec& verb : verbs()) {
    known.push_back(verb.name);
  }
  std::string problem = "unknown verb '" + std::string(word) + "'";
  if (const std::string near = model::nearest(word, known); !near.empty()) {
    problem += "; did you mean '" + near + "'?";
  }
  return problem + " ('holdfast --help' lists them)";
}

// How many words follow the verb, against how many it takes.
std::string wrongCount(const Arguments& arguments) {
  const ArgumentSpec& takes = arguments.verb->arguments;
  const std::size_t given = arguments.positionals.size();
  if (given < takes.least) {
    return std::string(arguments.verb->name) + " needs " + std::string(takes.usage);
  }
  if (given > takes.most) {
    return std::string(arguments.verb->name) + ": unexpected '" +
           arguments.positionals[takes.most] + "'" +
           (takes.most == 0 ? " (it takes no argument)"
                            : " (expected " + std::string(takes.usage) + ")");
  }
  return {};
}

}  // namespace

std::string Arguments::value(std::string_view option, std::string_view otherwise) const {
  const auto found = options.find(option);
  return found == options.end() ? std::string(otherwise) : found->second;
}

ParsedLine parseArguments(const std::vector<std::string>& words) {
  Arguments arguments;
  std::vector<std::string> rest;
  if (words.size() == 1 && words.front() == "--version") {  // what everybody tries first
    arguments.verb = findVerb("version");
    return {std::move(arguments), {}};
  }
  // Before the verb only --help can say what is meant, so an unknown option is judged there.
  if (std::string problem = OptionReader(globalOptions(), true).read(words, arguments, rest);
      !problem.empty()) {
    return {{}, std::move(problem)};
  }
  if (rest.empty()) {
    if (arguments.has("help")) {
      return {std::move(arguments), {}};
    }
    return {{}, "a verb is missing ('holdfast --help' lists them)"};
  }
  std::string verb = rest.front();
  rest.erase(rest.begin());
  if (verb == "help") {  // "help VERB" is "VERB --help", and "help --help" is "help"
    arguments.options["help"];
    const std::vector<std::string> behind = std::exchange(rest, {});
    if (std::string problem = OptionReader(globalOptions(), true).read(behind, arguments, rest);
        !problem.empty()) {
      return {{}, std::move(problem)};
    }
    if (rest.empty()) {
      return {std::move(arguments), {}};
    }
    verb = rest.front();
    rest.erase(rest.begin());
  }
  arguments.verb = findVerb(verb);
  if (arguments.verb == nullptr) {
    return {{}, unknownVerb(verb)};
  }
  if (std::string problem = OptionReader(optionsOf(*arguments.verb), false)
                                .read(rest, arguments, arguments.positionals);
      !problem.empty()) {
    return {{}, std::string(verb) + ": " + problem};
  }
  if (!arguments.has("help")) {
    if (std::string problem = wrongCount(arguments); !problem.empty()) {
      return {{}, std::move(problem)};
    }
  }
  return {std::move(arguments), {}};
}

}  // namespace holdfast::cli
