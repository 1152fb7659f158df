// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/options.hpp"

#include "fixtures/plugins/temporary_directory.hpp"
#include "holdfast/sdk/abi.h"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <fstream>

namespace holdfast::pluginhost {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr std::string_view kSchema = R"({"properties": {
  "url":     {"type": "string", "default": "unix:///run/x.sock", "description": "where it is"},
  "timeout": {"type": "duration", "default": "10s"},
  "pulls":   {"type": "integer", "default": 3},
  "verify":  {"type": "boolean", "default": true},
  "root":    {"type": "path"},
  "token":   {"type": "secret-file"},
  "mode":    {"type": "string", "enum": ["fast", "safe"], "default": "safe"}}})";

TEST(CheckOptions, FillsInDefaultsInTheFormThatPluginsGet) {
  const auto result = checkOptions(kSchema, {});
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_THAT(result.values,
              ElementsAre(Pair("mode", "safe"), Pair("pulls", "3"), Pair("timeout", "10000"),
                          Pair("url", "unix:///run/x.sock"), Pair("verify", "true")));
}

TEST(CheckOptions, TakesEveryType) {
  const auto result = checkOptions(kSchema, {{"url", ""},
                                             {"timeout", "2m"},
                                             {"pulls", "-007"},
                                             {"verify", "false"},
                                             {"root", "/var/lib/x"},
                                             {"mode", "fast"}});
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_THAT(result.values,
              ElementsAre(Pair("mode", "fast"), Pair("pulls", "-7"), Pair("root", "/var/lib/x"),
                          Pair("timeout", "120000"), Pair("url", ""), Pair("verify", "false")));
}

TEST(CheckOptions, ReportsAllProblemsAtOnce) {
  const auto result = checkOptions(kSchema, {{"timeuot", "1s"},
                                             {"timeout", "10"},
                                             {"pulls", "three"},
                                             {"verify", "yes"},
                                             {"root", "var/lib"},
                                             {"url", "a\nb"},
                                             {"mode", "slow"}});
  EXPECT_THAT(
      result.problems,
      ElementsAre(AllOf(HasSubstr("\"timeuot\" is unknown"), HasSubstr("did you mean timeout?")),
                  HasSubstr("option mode is \"slow\", expected one of fast, safe"),
                  HasSubstr("option pulls is \"three\", expected a whole number"),
                  HasSubstr("option root is \"var/lib\", expected an absolute path"),
                  HasSubstr("option timeout is \"10\", expected a duration such as 500ms"),
                  HasSubstr("option url is \"a b\", expected text of one line"),
                  HasSubstr("option verify is \"yes\", expected true or false")));
}

TEST(CheckOptions, ListsTheKnownOptionsWhenNoneIsNear) {
  EXPECT_THAT(
      checkOptions(R"({"properties": {"url": {"type": "string"}}})", {{"qqqqqq", ""}}).problems,
      ElementsAre(HasSubstr("there are url")));
  EXPECT_THAT(checkOptions("", {{"url", ""}}).problems, ElementsAre(HasSubstr("has no options")));
}

TEST(CheckOptions, AsksForWhatIsRequired) {
  constexpr std::string_view kRequired =
      R"({"properties": {"key": {"type": "string", "required": true}}})";
  EXPECT_THAT(checkOptions(kRequired, {}).problems,
              ElementsAre(HasSubstr("option key is missing, expected text of one line")));
  EXPECT_THAT(checkOptions(kRequired, {{"key", "x"}}).problems, IsEmpty());
}

TEST(CheckOptions, WantsSecretsKeptFromOthers) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.path() / "token";
  EXPECT_THAT(checkOptions(kSchema, {{"token", file}}).problems, IsEmpty()) << "may come later";

  std::ofstream(file) << "secret";
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  EXPECT_THAT(checkOptions(kSchema, {{"token", file}}).problems, IsEmpty());

  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  EXPECT_THAT(checkOptions(kSchema, {{"token", file}}).problems,
              ElementsAre(AllOf(HasSubstr(file), HasSubstr("chmod o= "))));
  EXPECT_THAT(checkOptions(kSchema, {{"token", directory.path()}}).problems,
              ElementsAre(HasSubstr("no regular file")));
}

TEST(CheckOptions, HidesTheValuesOfNotifiersAndUplinks) {
  EXPECT_EQ(shownOf(HOLDFAST_KIND_RUNTIME), Shown::Values);
  EXPECT_EQ(shownOf(HOLDFAST_KIND_NOTIFIER), Shown::Names);
  EXPECT_EQ(shownOf(HOLDFAST_KIND_UPLINK), Shown::Names);
  const test::TemporaryDirectory directory;
  const std::string file = directory.path() / "token";
  std::ofstream(file) << "secret";
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const auto result = checkOptions(
      kSchema, {{"url", "https://x/\n"}, {"mode", "slow"}, {"token", file}}, Shown::Names);
  EXPECT_THAT(result.problems,
              ElementsAre("option mode is ***, expected one of fast, safe",
                          AllOf(HasSubstr("option token: ***"), HasSubstr("chmod o= ***")),
                          HasSubstr("option url is ***, expected text of one line")));
}

TEST(OptionsSchema, DescribesTheOptions) {
  const auto schema = parseOptionsSchema(kSchema);
  ASSERT_THAT(schema.problems, IsEmpty());
  ASSERT_THAT(schema.options, SizeIs(7));
  EXPECT_EQ(schema.options.back().name, "verify");
  EXPECT_EQ(schema.options[5].description, "where it is");
  EXPECT_THAT(schema.options[0].allowed, ElementsAre("fast", "safe"));
}

TEST(OptionsSchema, RefusesWhatIsNone) {
  const auto problemsOf = [](std::string_view text) { return parseOptionsSchema(text).problems; };
  EXPECT_THAT(problemsOf("{"), ElementsAre(HasSubstr("no JSON")));
  EXPECT_THAT(problemsOf("[]"), ElementsAre(HasSubstr("\"properties\"")));
  EXPECT_THAT(problemsOf(R"({"properties": []})"), SizeIs(1));
  EXPECT_THAT(problemsOf(R"({"properties": {}, "type": "object"})"), SizeIs(1));
  EXPECT_THAT(problemsOf(R"({"properties": {"a": {"type": "uri"}}})"),
              ElementsAre(HasSubstr("one of string, integer")));
  EXPECT_THAT(problemsOf(R"({"properties": {"a": {}, "B": {"type": "string"}, "c": 1}})"),
              SizeIs(3));
  EXPECT_THAT(problemsOf(R"({"properties": {"a": {"type": "integer", "default": "x"}}})"),
              ElementsAre(HasSubstr("its default \"x\" is not a whole number")));
  EXPECT_THAT(problemsOf(R"({"properties": {"a": {"type": "string", "enum": []}}})"),
              ElementsAre(HasSubstr("\"enum\"")));
  EXPECT_THAT(problemsOf(R"({"properties": {"a": {"type": "string", "minimum": 1}}})"),
              ElementsAre(HasSubstr("\"minimum\" is unknown")));
}

TEST(OptionsSchema, IsBounded) {
  EXPECT_THAT(parseOptionsSchema(std::string(100'000, ' ')).problems, SizeIs(1));
  EXPECT_THAT(parseOptionsSchema(std::string(1'000, '[')).problems, SizeIs(1));
  std::string many = R"({"properties": {)";
  for (int i = 0; i < 100; ++i) {
    many += (i == 0 ? "\"a" : ",\"a") + std::to_string(i) + R"(": {"type": "string"})";
  }
  EXPECT_THAT(parseOptionsSchema(many + "}}").problems, ElementsAre(HasSubstr("at most 64")));
}

}  // namespace
}  // namespace holdfast::pluginhost
