// SPDX-License-Identifier: Apache-2.0
#include "api/http.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

TEST(Decode, UnderstandsEscapes) {
  std::string out;
  EXPECT_TRUE(decode("a%2Fb%20c+d", false, out));
  EXPECT_EQ(out, "a/b c+d");
  EXPECT_TRUE(decode("a+b%2B", true, out));
  EXPECT_EQ(out, "a b+");
  EXPECT_TRUE(decode("%41", false, out));
  EXPECT_EQ(out, "A");
}

TEST(Decode, RefusesWhatIsIncompleteOrHidesAZero) {
  std::string out;
  for (const auto* text : {"%", "%4", "a%", "%zz", "%4g", "%00"}) {
    EXPECT_FALSE(decode(text, false, out)) << text;
  }
}

TEST(Query, IsReadPartByPart) {
  std::map<std::string, std::string> query;
  EXPECT_TRUE(parseQuery("a=1&b=x%26y&flag&=nothing&&a=2", query));
  EXPECT_EQ(query, (std::map<std::string, std::string>{{"a", "2"}, {"b", "x&y"}, {"flag", ""}}));
  EXPECT_FALSE(parseQuery("a=%", query));
}

TEST(Problem, IsRfc9457) {
  const auto response = problem(404, "no such thing");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.contentType, "application/problem+json");
  EXPECT_EQ(boost::json::parse(response.body),
            boost::json::parse(R"({"type":"about:blank","title":"Not Found","status":404,)"
                               R"("detail":"no such thing"})"));
}

TEST(Problem, HasATitleForEveryStatusInUse) {
  for (const int status : {400, 403, 404, 405, 408, 409, 411, 413, 422, 500, 502, 503}) {
    EXPECT_NE(titleOf(status), "") << status;
  }
}

}  // namespace
}  // namespace holdfast::api
