// SPDX-License-Identifier: Apache-2.0
#include "cli/json_locator.hpp"

#include "cli/problem_view.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>

namespace holdfast::cli {
namespace {

constexpr std::string_view kDocument = R"({
  "apps": {
    "1001": {"services": [
      {"serviceName": "a", "image": "x", "a/b": 1, "t~e": [[], {"\u00e4\"": 3}]},
      {"serviceName": "gr\u00fcn", "note": "]}{[,:\"",
       "imag": "y"}
    ]}
  }
})";

TEST(CliJsonLocator, FindsMembersAndElements) {
  EXPECT_EQ(locate(kDocument, ""), (Position{1, 1}));
  EXPECT_EQ(locate(kDocument, "/apps"), (Position{2, 3}));
  EXPECT_EQ(locate(kDocument, "/apps/1001/services/0"), (Position{4, 7}));
  EXPECT_EQ(locate(kDocument, "/apps/1001/services/0/image"), (Position{4, 28}));
  EXPECT_EQ(locate(kDocument, "/apps/1001/services/1/imag"), (Position{6, 8}));
}

TEST(CliJsonLocator, UnderstandsEscapesOfBothKinds) {
  EXPECT_EQ(locate(kDocument, "/apps/1001/services/0/a~1b"), (Position{4, 42}));
  EXPECT_EQ(locate(kDocument, "/apps/1001/services/0/t~0e/1/\u00e4\""), (Position{4, 65}));
}

TEST(CliJsonLocator, StaysAtTheNearestThingThatIsThere) {
  EXPECT_EQ(locate(kDocument, "/apps/1001/services/1/image"), (Position{5, 7}));
  EXPECT_EQ(locate(kDocument, "/apps/1001/services/7"), (Position{3, 14}));
  EXPECT_EQ(locate(kDocument, "/apps/1001/services/0/image/x"), (Position{4, 28}));
  EXPECT_EQ(locate("[]", "/0"), (Position{1, 1}));
}

TEST(CliJsonLocator, CountsCharactersNotBytes) {
  EXPECT_EQ(locate(R"({"ü": 1, "b": 2})", "/b"), (Position{1, 10}));
  EXPECT_EQ(positionOf("a\nb", 99), (Position{2, 2}));
}

TEST(CliJsonLocator, GivesUpOnWhatIsNoJson) {
  for (const char* text : {"{\"a\"", "{\"a\" 1}", "{\"x\": \"", "{\"x\": [1, {], \"a\": 2}",
                           "{\"x\": ,", "{\"x\": ]", "{\"x\": [[[", "{\"x\" : : \"a\": 1}"}) {
    EXPECT_EQ(locate(text, "/a"), std::nullopt) << text;
  }
}

TEST(CliJsonLocator, WalksDeepDocumentsWithoutRecursion) {
  const std::string deep =
      R"({"x": )" + std::string(2'000'000, '[') + std::string(2'000'000, ']') + R"(, "a": 1})";
  EXPECT_EQ(locate(deep, "/a"), (Position{1, 4'000'009}));
}

TEST(CliProblemView, PrintsOneLineAProblemAsCompilersDo) {
  const auto problems = boost::json::parse(R"([
      {"pointer": "/apps/1001/services/1/imag", "message": "unknown member; did you mean image?"},
      {"pointer": "", "message": "bad\u001b[2J"},
      {"message": "no pointer"}])");
  EXPECT_EQ(problemLines(problems.as_array(), "t.json", kDocument),
            "t.json:6:8: /apps/1001/services/1/imag: unknown member; did you mean image?\n"
            "t.json: bad^[[2J\n"
            "t.json: no pointer\n");
  EXPECT_EQ(problemLines(problems.as_array(), "-", R"({"apps")"),
            "standard input: /apps/1001/services/1/imag: unknown member; did you mean image?\n"
            "standard input: bad^[[2J\n"
            "standard input: no pointer\n");
}

}  // namespace
}  // namespace holdfast::cli
