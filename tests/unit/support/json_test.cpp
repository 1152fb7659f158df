// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/json.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace holdfast::support {
namespace {

TEST(Json, RefusesMalformedAndDeepText) {
  EXPECT_FALSE(parseJson("").has_value());
  EXPECT_FALSE(parseJson("{\"a\":").has_value());
  EXPECT_FALSE(parseJson("{} {}").has_value());
  EXPECT_FALSE(parseJson("404 page not found").has_value());
  EXPECT_TRUE(parseJson(std::string(kMaxJsonDepth, '[') + std::string(kMaxJsonDepth, ']')));
  EXPECT_FALSE(
      parseJson(std::string(kMaxJsonDepth + 1, '[') + std::string(kMaxJsonDepth + 1, ']')));
  EXPECT_FALSE(parseJson(std::string(1'000'000, '[')).has_value());
}

TEST(Json, ReadsWhatIsThereAndForgivesTheRest) {
  const auto value =
      parseJson(R"({"a":{"text":"x","number":7,"real":2.5,"flag":true,"list":[1],"none":null}})");
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(jsonText(*value, {"a", "text"}), "x");
  EXPECT_EQ(jsonText(*value, {"a", "number"}), "");
  EXPECT_EQ(jsonText(*value, {"b", "text"}), "");
  EXPECT_EQ(jsonText(*value, {"a", "text", "deeper"}), "");
  EXPECT_EQ(jsonInteger(*value, {"a", "number"}), 7);
  EXPECT_EQ(jsonInteger(*value, {"a", "real"}, -1), -1);
  EXPECT_EQ(jsonInteger(*value, {"a", "none"}, -1), -1);
  EXPECT_TRUE(jsonBool(*value, {"a", "flag"}));
  EXPECT_TRUE(jsonBool(*value, {"a", "text"}, true));
  ASSERT_NE(jsonArray(*value, {"a", "list"}), nullptr);
  EXPECT_EQ(jsonArray(*value, {"a", "list"})->size(), 1u);
  EXPECT_EQ(jsonArray(*value, {"a"}), nullptr);
  EXPECT_NE(jsonObject(*value, {"a"}), nullptr);
  EXPECT_EQ(jsonObject(*value, {"a", "none"}), nullptr);
}

struct Collected {
  std::vector<std::string> objects;
  bool accepted = true;
};

Collected split(const std::vector<std::string>& chunks, std::size_t limit = 1024) {
  Collected result;
  JsonSplitter splitter(limit);
  for (const std::string& chunk : chunks) {
    result.accepted = result.accepted && splitter.push(chunk, [&](const boost::json::value& value) {
      result.objects.push_back(boost::json::serialize(value));
      return true;
    });
  }
  result.accepted = result.accepted && splitter.atBoundary();
  return result;
}

TEST(JsonSplitter, DeliversAnObjectWithItsLastBrace) {
  JsonSplitter splitter;
  int delivered = 0;
  EXPECT_TRUE(splitter.push(R"({"a":1})", [&](const boost::json::value&) {
    ++delivered;
    return true;
  }));
  EXPECT_EQ(delivered, 1);
}

TEST(JsonSplitter, TakesSeveralObjectsOfOneChunkApart) {
  EXPECT_EQ(split({"{\"a\":1}\r\n{\"b\":2}{\"c\":3}\n"}).objects,
            (std::vector<std::string>{R"({"a":1})", R"({"b":2})", R"({"c":3})"}));
}

TEST(JsonSplitter, IsNotFooledByBracesAndQuotesInStrings) {
  const std::string tricky = R"({"a":"}{\"}\\"})";
  EXPECT_EQ(split({tricky, tricky}).objects, (std::vector<std::string>{tricky, tricky}));
}

TEST(JsonSplitter, SplitsTheSameWhereverTheChunksEnd) {
  const std::string stream =
      "{\"status\":\"Pulling from demo\",\"id\":\"1.0\"}\r\n"
      "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":1,\"total\":2},"
      "\"progress\":\"[=\\u003e  ] {}\\\"\"}\r\n{\"errorDetail\":{\"message\":\"x\"}}";
  const std::vector<std::string> whole = split({stream}).objects;
  ASSERT_EQ(whole.size(), 3u);
  std::mt19937 random(20240301);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> chunks;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t length = 1 + random() % 17;
      chunks.push_back(stream.substr(at, length));
      at += length;
    }
    ASSERT_EQ(split(chunks).objects, whole) << "round " << round;
  }
}

TEST(JsonSplitter, RefusesWhatIsNoSequenceOfObjects) {
  EXPECT_FALSE(split({"404 page not found\n"}).accepted);
  EXPECT_FALSE(split({"{\"a\":}"}).accepted);
  EXPECT_FALSE(split({"{} x"}).accepted);
  EXPECT_FALSE(split({"{\"a\":1"}).accepted) << "ends in the middle";
}

TEST(JsonSplitter, BoundsOneObjectAndNotTheStream) {
  const std::string small = R"({"a":"0123456789"})";
  EXPECT_TRUE(split(std::vector<std::string>(100, small), small.size()).accepted);
  EXPECT_FALSE(split({small}, small.size() - 1).accepted);
}

TEST(JsonSplitter, StopsWhenToldTo) {
  JsonSplitter splitter;
  int delivered = 0;
  EXPECT_FALSE(splitter.push("{}{}{}", [&](const boost::json::value&) {
    ++delivered;
    return false;
  }));
  EXPECT_EQ(delivered, 1);
}

}  // namespace
}  // namespace holdfast::support
