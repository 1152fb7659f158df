// SPDX-License-Identifier: Apache-2.0
#include "api/request_head.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

struct HeadCase {
  const char* name;
  std::string head;  // without the empty line at its end
  int status;
};

class Heads : public testing::TestWithParam<HeadCase> {};

TEST_P(Heads, AreJudged) {
  const auto verdict = judgeHead(GetParam().head + "\r\n\r\n");
  EXPECT_EQ(verdict.status, GetParam().status) << verdict.detail;
  EXPECT_EQ(verdict.detail.empty(), GetParam().status == 0);
}

std::string headers(int count) {
  std::string text = "GET / HTTP/1.1";
  for (int i = 0; i < count; ++i) {
    text += "\r\nX" + std::to_string(i) + ": y";
  }
  return text;
}

std::string with(const std::string& lines) {
  return "PUT /v1/target HTTP/1.1\r\n" + lines;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Heads,
    testing::Values(
        HeadCase{"plain", "GET /v1/services?x=1 HTTP/1.1\r\nHost: a\r\nCookie: a; b", 0},
        HeadCase{"old", "GET / HTTP/1.0", 0}, HeadCase{"bare", "GET / HTTP/1.1", 0},
        HeadCase{"emptyValue", "GET / HTTP/1.1\r\nX:", 0},
        HeadCase{"foreignLetters", "GET / HTTP/1.1\r\nX: \xC3\xA4", 0},
        HeadCase{"length", with("Content-Length: 12"), 0}, HeadCase{"ancient", "GET /", 400},
        HeadCase{"newer", "GET / HTTP/2.0", 505}, HeadCase{"noVersion", "GET / HTTPS", 400},
        HeadCase{"empty", "", 400}, HeadCase{"leadingSpace", " GET / HTTP/1.1", 400},
        HeadCase{"twoSpaces", "GET  / HTTP/1.1", 400},
        HeadCase{"spaceInPath", "GET /a b HTTP/1.1", 400},
        HeadCase{"method", "G(T / HTTP/1.1", 400},
        HeadCase{"longMethod", std::string(17, 'A') + " / HTTP/1.1", 400},
        HeadCase{"absolute", "GET http://x/v1/info HTTP/1.1", 400},
        HeadCase{"star", "OPTIONS * HTTP/1.1", 400},
        HeadCase{"connect", "CONNECT a:443 HTTP/1.1", 400},
        HeadCase{"backslash", "GET /v1\\target HTTP/1.1", 400},
        HeadCase{"fragment", "GET /#x HTTP/1.1", 400},
        HeadCase{"zeroInPath", std::string("GET /\0 HTTP/1.1", 15), 400},
        HeadCase{"eightBitsInPath", "GET /\xE4 HTTP/1.1", 400},
        HeadCase{"longLine", "GET /" + std::string(kMaxRequestLine, 'a') + " HTTP/1.1", 414},
        HeadCase{"longHead", "GET / HTTP/1.1\r\nX: " + std::string(kMaxHead, 'a'), 431},
        HeadCase{"mostHeaders", headers(kMaxHeaders), 0},
        HeadCase{"manyHeaders", headers(kMaxHeaders + 1), 431},
        HeadCase{"noColon", "GET / HTTP/1.1\r\nX", 400},
        HeadCase{"noName", "GET / HTTP/1.1\r\n: x", 400},
        HeadCase{"spaceBeforeColon", "GET / HTTP/1.1\r\nContent-Length : 5", 400},
        HeadCase{"folded", "GET / HTTP/1.1\r\nX: a\r\n b", 400},
        HeadCase{"bareLineFeed", "GET / HTTP/1.1\r\nX: a\nY: b", 400},
        HeadCase{"bareReturn", "GET / HTTP/1.1\r\nX: a\rY: b", 400},
        HeadCase{"zeroInValue", std::string("GET / HTTP/1.1\r\nX: \0", 20), 400},
        HeadCase{"twoHosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: b", 400},
        HeadCase{"twoLengths", with("Content-Length: 1\r\nContent-length: 1"), 400},
        HeadCase{"twoTokens", with("Authorization: a\r\nAuthorization: b"), 400},
        HeadCase{"listOfLengths", with("Content-Length: 1, 1"), 400},
        HeadCase{"signedLength", with("Content-Length: +1"), 400},
        HeadCase{"negativeLength", with("Content-Length: -1"), 400},
        HeadCase{"hexLength", with("Content-Length: 0x1"), 400},
        HeadCase{"noLength", with("Content-Length:"), 400},
        HeadCase{"hugeLength", with("Content-Length: 99999999999999999999999"), 413},
        HeadCase{"largeLength", with("Content-Length: 8388609"), 413},
        HeadCase{"chunked", with("Transfer-Encoding: chunked"), 411},
        HeadCase{"both", with("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400},
        HeadCase{"bothTurned", with("Transfer-Encoding: identity\r\nContent-Length: 5"), 400}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Head, SaysHowLongTheBodyIs) {
  EXPECT_EQ(judgeHead("PUT / HTTP/1.1\r\nContent-Length: \t17 \r\n\r\n").bodyLength, 17U);
  EXPECT_EQ(judgeHead("GET / HTTP/1.1\r\n\r\n").bodyLength, 0U);
}

TEST(Head, IsRefusedBeforeItHasEnded) {
  EXPECT_EQ(judgeUnfinished("GET /").status, 0);
  EXPECT_EQ(judgeUnfinished("GET /" + std::string(kMaxRequestLine, 'a')).status, 414);
  EXPECT_EQ(judgeUnfinished("GET / HTTP/1.1\r\n" + std::string(kMaxHead, 'a')).status, 431);
}

}  // namespace
}  // namespace holdfast::api
