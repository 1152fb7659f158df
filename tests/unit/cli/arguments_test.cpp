// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include "cli/usage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace holdfast::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Arguments good(const std::vector<std::string>& words) {
  ParsedLine line = parseArguments(words);
  EXPECT_TRUE(line.arguments.has_value()) << line.problem;
  return line.arguments.value_or(Arguments{});
}

std::string problem(const std::vector<std::string>& words) {
  const ParsedLine line = parseArguments(words);
  EXPECT_FALSE(line.arguments.has_value());
  return line.problem;
}

TEST(CliArguments, TakesOptionsAnywhereAfterTheVerb) {
  const Arguments arguments = good({"logs", "-f", "monitoring/nodered", "--tail", "50"});
  EXPECT_EQ(arguments.verb->name, "logs");
  EXPECT_TRUE(arguments.has("follow"));
  EXPECT_EQ(arguments.value("tail"), "50");
  EXPECT_THAT(arguments.positionals, ElementsAre("monitoring/nodered"));
}

TEST(CliArguments, TakesGlobalOptionsBeforeAndAfterTheVerb) {
  EXPECT_EQ(good({"--socket", "/a", "status"}).value("socket"), "/a");
  EXPECT_EQ(good({"status", "--socket=/b"}).value("socket"), "/b");
  EXPECT_EQ(good({"-ojson", "plan"}).value("output"), "json");
}

TEST(CliArguments, KnowsFlagsFromOptionalValues) {
  EXPECT_EQ(good({"apply", "-f", "-", "--wait"}).value("wait", "none"), "");
  EXPECT_EQ(good({"apply", "-f", "-", "--wait=5"}).value("wait"), "5");
  EXPECT_EQ(good({"apply", "-f", "-"}).value("wait", "none"), "none");
}

TEST(CliArguments, EndsOptionsAtTwoDashes) {
  EXPECT_THAT(good({"status", "--", "--help"}).positionals, ElementsAre("--help"));
}

TEST(CliArguments, TurnsHelpOfAVerbIntoItsOption) {
  const Arguments arguments = good({"help", "apply"});
  EXPECT_EQ(arguments.verb->name, "apply");
  EXPECT_TRUE(arguments.has("help"));
  EXPECT_EQ(good({"help"}).verb, nullptr);
  EXPECT_EQ(good({"--help"}).verb, nullptr);
  EXPECT_EQ(good({"help", "--help"}).verb, nullptr);
  EXPECT_EQ(good({"help", "-h"}).verb, nullptr);
  EXPECT_EQ(good({"help", "-h", "apply"}).verb->name, "apply");
  EXPECT_EQ(problem({"help", "--hepl"}), "unknown option --hepl");
}

TEST(CliArguments, NeedsNoArgumentsForHelp) {
  EXPECT_TRUE(good({"describe", "--help"}).has("help"));
}

TEST(CliArguments, SuggestsTheNearestVerb) {
  EXPECT_EQ(problem({"staus"}),
            "unknown verb 'staus'; did you mean 'status'? ('holdfast --help' lists them)");
  EXPECT_EQ(problem({"frobnicate"}), "unknown verb 'frobnicate' ('holdfast --help' lists them)");
}

TEST(CliArguments, SuggestsTheNearestOption) {
  EXPECT_EQ(problem({"logs", "a/b", "--folow"}),
            "logs: unknown option --folow; did you mean --follow?");
  EXPECT_EQ(problem({"logs", "a/b", "-x"}), "logs: unknown option -x");
}

TEST(CliArguments, RefusesWhatDoesNotFit) {
  EXPECT_EQ(problem({}), "a verb is missing ('holdfast --help' lists them)");
  EXPECT_EQ(problem({"describe"}), "describe needs APP/SERVICE");
  EXPECT_EQ(problem({"describe", "a/b", "c"}), "describe: unexpected 'c' (expected APP/SERVICE)");
  EXPECT_EQ(problem({"version", "x"}), "version: unexpected 'x' (it takes no argument)");
  EXPECT_EQ(problem({"logs", "a/b", "--tail"}), "logs: option --tail needs a value (LINES)");
  EXPECT_EQ(problem({"status", "--watch=1"}), "status: option --watch takes no value");
  EXPECT_EQ(problem({"events", "-o", "wide"}), "events: --output 'wide': expected one of json");
  EXPECT_EQ(problem({"status", "-o", "yaml"}),
            "status: --output 'yaml': expected one of wide json name");
  EXPECT_EQ(problem({"status", "-o", ""}), "status: --output '': expected one of wide json name");
}

TEST(CliArguments, ReadsOneLineAfterAnother) {
  // getopt keeps its place in global variables.
  EXPECT_EQ(problem({"status", "-wq"}), "status: unknown option -q");
  EXPECT_THAT(good({"status", "a", "-w"}).positionals, ElementsAre("a"));
}

TEST(CliVerbs, SayWhatTheyDoWithAnExample) {
  std::set<std::string_view> names;
  for (const VerbSpec& verb : verbs()) {
    EXPECT_TRUE(names.insert(verb.name).second) << verb.name;
    EXPECT_FALSE(verb.summary.empty()) << verb.name;
    EXPECT_THAT(std::string(verb.examples), HasSubstr("holdfast " + std::string(verb.name)));
    EXPECT_NE(verb.run, nullptr) << verb.name;
    EXPECT_LE(verb.arguments.least, verb.arguments.most) << verb.name;
    EXPECT_THAT(generalUsage(), HasSubstr("\n  " + std::string(verb.name) + " "));
  }
}

TEST(CliVerbs, HaveOptionsWithoutClashes) {
  for (const VerbSpec& verb : verbs()) {
    std::set<std::string_view> names;
    std::set<char> letters;
    for (const OptionSpec& option : optionsOf(verb)) {
      EXPECT_TRUE(names.insert(option.name).second) << verb.name << " --" << option.name;
      EXPECT_TRUE(option.letter == 0 || letters.insert(option.letter).second)
          << verb.name << " -" << option.letter;
      EXPECT_EQ(option.value == OptionSpec::Value::None, option.placeholder.empty())
          << verb.name << " --" << option.name;
    }
    EXPECT_TRUE(names.contains("output") && names.contains("socket") && names.contains("help"));
  }
}

TEST(CliUsage, FitsATerminal) {
  std::string all = generalUsage();
  for (const VerbSpec& verb : verbs()) {
    all += verbUsage(verb);
  }
  for (std::size_t start = 0; start < all.size();) {
    const std::size_t end = all.find('\n', start);
    EXPECT_LE(end - start, 80u) << all.substr(start, end - start);
    start = end + 1;
  }
}

TEST(CliUsage, ShowsAVerb) {
  EXPECT_EQ(verbUsage(*findVerb("purge")),
            R"(usage: holdfast purge APP [options]

remove an app's containers and volumes and start over; asks first

What the app stored in its volumes is lost. Without a terminal to ask on it
does nothing unless told --yes.

Options:
  -y, --yes           do not ask
  -o, --output json   print what the agent answered, for scripts
      --socket PATH   the agent's socket; also HOLDFAST_SOCKET
  -h, --help          explain this

Example:
  holdfast purge monitoring
)");
}

}  // namespace
}  // namespace holdfast::cli
