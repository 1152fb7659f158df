// SPDX-License-Identifier: Apache-2.0
#include "model/json_text.hpp"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

namespace holdfast::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonText, ReadsAValue) {
  const auto read = readJson(" {\"a\": [1, -2, 18446744073709551615, 0.5, \"x\", true, null]}\n");
  ASSERT_TRUE(read.value) << read.problem;
  EXPECT_EQ(boost::json::serialize(*read.value),
            R"({"a":[1,-2,18446744073709551615,5E-1,"x",true,null]})");
  EXPECT_THAT(read.duplicates, IsEmpty());
}

TEST(JsonText, SaysWhereItIsNotJson) {
  const auto problem = readJson("{\n  \"a\": 1,\n  \"b\": }\n").problem;
  EXPECT_THAT(problem, HasSubstr("not valid JSON"));
  EXPECT_THAT(problem, HasSubstr("line 3, column 8"));
}

TEST(JsonText, RefusesWhatIsNotJson) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[1,]",
                           "{\"a\":1,}",
                           "// x\n1",
                           "nul",
                           "1 2",
                           "{} {}",
                           "01",
                           "'a'",
                           "{a:1}",
                           "\"\x01\"",
                           "\"\xFF\"",
                           "\"\xC0\xAF\"",
                           "\"\xED\xA0\x80\"",
                           "\"\\ud800\"",
                           "NaN",
                           "Infinity",
                           "\xEF\xBB\xBF{}",
                           "[1",
                           "\"abc",
                           "1e"}) {
    const auto read = readJson(text);
    EXPECT_FALSE(read.value) << text;
    EXPECT_NE(read.problem, "") << text;
  }
}

TEST(JsonText, TooLittleAndTooMuch) {
  EXPECT_THAT(readJson("[1").problem, HasSubstr("ends too early"));
  EXPECT_THAT(readJson("{} {}").problem, HasSubstr("after its end"));
}

TEST(JsonText, LimitsBytes) {
  EXPECT_TRUE(readJson("[1,2]", {.bytes = 5}).value);
  EXPECT_THAT(readJson("[1,2] ", {.bytes = 5}).problem, HasSubstr("6 bytes; at most 5"));
}

TEST(JsonText, LimitsDepth) {
  EXPECT_TRUE(readJson(nested(32)).value);
  EXPECT_THAT(readJson(nested(33)).problem, HasSubstr("deeper than 32 levels"));
  EXPECT_FALSE(readJson(std::string(1 << 20, '[')).value);
}

TEST(JsonText, LimitsStringsAndNames) {
  const JsonLimits limits{.stringBytes = 4, .nameBytes = 3};
  EXPECT_TRUE(readJson(R"({"abc":"abcd"})", limits).value);
  EXPECT_THAT(readJson(R"({"abc":"abcde"})", limits).problem,
              HasSubstr("a string is longer than 4 bytes"));
  EXPECT_THAT(readJson(R"({"abcd":1})", limits).problem,
              HasSubstr("a member's name is longer than 3 bytes"));
  EXPECT_FALSE(readJson("\"" + std::string(64 * 1024 + 1, 'x') + "\"").value);
  EXPECT_TRUE(readJson("\"" + std::string(64 * 1024, 'x') + "\"").value);
}

TEST(JsonText, LimitsElementsAndValues) {
  EXPECT_TRUE(readJson("[1,2,3]", {.elements = 3}).value);
  EXPECT_THAT(readJson("[1,2,3,4]", {.elements = 3}).problem, HasSubstr("more than 3 elements"));
  EXPECT_THAT(readJson(R"({"a":1,"b":2,"c":{},"d":[]})", {.elements = 3}).problem,
              HasSubstr("more than 3 elements"));
  EXPECT_TRUE(readJson("[[1],[2]]", {.values = 5}).value);
  EXPECT_THAT(readJson("[[1],[2,3]]", {.values = 5}).problem, HasSubstr("more than 5 values"));
}

TEST(JsonText, TellsRepeatedMembersWithTheirPlace) {
  const auto read =
      readJson(R"({"a": [0, {"x/y": 1, "b": {}, "x/y": 2}], "a~": {"c": 1, "c": 2, "c": 3}})");
  ASSERT_TRUE(read.value);
  EXPECT_THAT(read.duplicates, ElementsAre("/a/1/x~1y", "/a~0/c", "/a~0/c"));
  EXPECT_EQ(read.value->at("a~").at("c"), 3);
}

TEST(JsonText, ManyRepeatedMembersAreNotAllKept) {
  std::string text = "{\"a\":0";
  for (int i = 0; i < 1000; ++i)
    text += ",\"a\":0";
  EXPECT_EQ(readJson(text + "}").duplicates.size(), 64u);
}

TEST(JsonPointer, EscapesWhatRfc6901Escapes) {
  EXPECT_EQ(pointerStep("a"), "/a");
  EXPECT_EQ(pointerStep("a/b~c"), "/a~1b~0c");
  EXPECT_EQ(pointerStep(""), "/");
}

}  // namespace
}  // namespace holdfast::model
