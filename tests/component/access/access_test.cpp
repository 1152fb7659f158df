// SPDX-License-Identifier: Apache-2.0
// Tokens, roles and sessions over TCP.
#include "component/access/access_daemon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>

namespace holdfast::test {
namespace {

using fixtures::TcpClient;
using testing::HasSubstr;
using testing::Not;

TEST_F(AccessTest, EachRoleMayDoWhatItIsFor) {
  start();
  ASSERT_EQ(daemon_.request("PUT", "/v1/target", kEmptyTarget).status, 200);
  const auto asReader = bearer(kReadToken);
  EXPECT_EQ(status(text("GET", "/v1/services", asReader)), 200);
  EXPECT_EQ(status(text("HEAD", "/v1/services", asReader)), 200);
  EXPECT_EQ(status(text("GET", "/v1/target", asReader)), 403);  // it has secrets in it
  EXPECT_EQ(status(text("PUT", "/v1/target", asReader, kEmptyTarget)), 403);
  EXPECT_EQ(status(text("POST", "/v1/retry", asReader)), 403);
  const auto asOperator = bearer(kOperateToken);
  EXPECT_EQ(status(text("GET", "/v1/target", asOperator)), 200);
  EXPECT_EQ(status(text("PUT", "/v1/target", asOperator, kEmptyTarget)), 200);
  EXPECT_TRUE(daemon_.says("PUT /v1/target by desk from 127.0.0.1: 200"));
}

TEST_F(AccessTest, KnowsItselfByItsNames) {
  start();
  for (const auto* name : {"localhost", "127.0.0.1", "edge-7", "EDGE-7.:80"}) {
    auto headers = bearer(kReadToken);
    headers["Host"] = name;
    EXPECT_EQ(status(text("GET", "/v1/info", headers)), 200) << name;
  }
}

TEST_F(AccessTest, LearnsItsNewNamesOnReload) {
  daemon_.configure("device.name = edge-7\n");
  daemon_.startReady({"-Dapi.listen=127.0.0.1:" + std::to_string(port_),
                      "-Dapi.tokenFile=" + daemon_.path("tokens")});
  const auto statusAs = [this](const std::string& name) {
    auto headers = bearer(kReadToken);
    headers["Host"] = name;
    return status(text("GET", "/v1/info", headers));
  };
  EXPECT_EQ(statusAs("edge-8"), 421);
  daemon_.configure("device.name = edge-8\napi.hosts = proxy.example\n");
  daemon_.signal(SIGHUP);
  ASSERT_TRUE(daemon_.says("the configuration was read again"));
  EXPECT_EQ(statusAs("edge-8"), 200);
  EXPECT_EQ(statusAs("proxy.example"), 200);
  EXPECT_EQ(statusAs("edge-7"), 421);
}

TEST_F(AccessTest, ABrowserSignsInAndOut) {
  start();
  const auto origin = "http://localhost:" + std::to_string(port_);
  const auto in = exchange(
      text("POST", "/v1/session", {{"Origin", origin}}, R"({"token": ")" + kOperateToken + "\"}"));
  ASSERT_EQ(fixtures::statusOf(in), 201) << in;
  EXPECT_THAT(in, Not(HasSubstr(kOperateToken)));
  const std::string name = "Set-Cookie: holdfast_session=";
  const auto at = in.find(name);
  ASSERT_NE(at, std::string::npos);
  const Headers cookie{{"Cookie", "holdfast_session=" + in.substr(at + name.size(), 64)}};
  EXPECT_THAT(exchange(text("GET", "/v1/session", cookie)), HasSubstr("\"name\":\"desk\""));
  auto change = cookie;
  EXPECT_EQ(status(text("POST", "/v1/retry", change)), 403);
  change["Origin"] = origin;
  EXPECT_EQ(status(text("POST", "/v1/retry", change)), 202);
  EXPECT_EQ(status(text("DELETE", "/v1/session", change)), 204);
  EXPECT_EQ(status(text("GET", "/v1/session", cookie)), 401);
}

TEST_F(AccessTest, EveryAnswerProtectsTheBrowser) {
  start();
  for (const auto& request :
       {text("GET", "/v1/services", bearer(kReadToken)), text("GET", "/v1/services"),
        text("GET", "/nothing"), std::string("GARBAGE\r\n\r\n")}) {
    const auto answer = exchange(request);
    EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'; "));
    EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(answer, HasSubstr("X-Frame-Options: DENY\r\n"));
    EXPECT_THAT(answer, HasSubstr("Referrer-Policy: no-referrer\r\n"));
    EXPECT_THAT(answer, HasSubstr("Cache-Control: no-store\r\n"));
    EXPECT_THAT(answer, Not(HasSubstr("Access-Control")));
  }
}

TEST_F(AccessTest, ChangedTokensTakeEffectAtOnceAndEndWhatTheOldOnesBegan) {
  start();
  TcpClient follower(port_);
  follower.send(text("GET", "/v1/events/stream", bearer(kReadToken)));
  ASSERT_THAT(follower.receive(": events"), HasSubstr("200 OK"));
  const std::string fresh = "fresh-0123456789abcdef";
  writeTokens("read:grafana:" + fresh + "\n");
  ASSERT_TRUE(daemon_.says("tokens in force: 1"));
  EXPECT_EQ(status(text("GET", "/v1/info", bearer(fresh))), 200);
  EXPECT_EQ(status(text("GET", "/v1/info", bearer(kReadToken))), 401);
  EXPECT_TRUE(follower.receive().ends_with("0\r\n\r\n"));
}

TEST_F(AccessTest, TokensThatStayAsTheyAreAreReadWithoutAWord) {
  start();
  daemon_.signal(SIGHUP);
  ASSERT_TRUE(daemon_.says("the configuration was read again"));
  writeTokens("read:grafana:" + kReadToken + "\n");
  ASSERT_TRUE(daemon_.says("tokens in force: 1"));
  const auto output = daemon_.output();
  const std::string first = "tokens in force: 2";
  EXPECT_EQ(output.find(first), output.rfind(first)) << output;
}

TEST_F(AccessTest, TokensThatCannotBeUsedLeaveTheOldOnesInForce) {
  start();
  writeTokens("read:grafana:short\n");
  EXPECT_TRUE(daemon_.says("tokens:1: the token has 5 characters"));
  EXPECT_EQ(status(text("GET", "/v1/info", bearer(kReadToken))), 200);
  writeTokens("read:grafana:" + kReadToken + "\n", 0644);
  EXPECT_TRUE(daemon_.says("may be used by others than its owner"));
  daemon_.signal(SIGHUP);
  EXPECT_TRUE(daemon_.eventually([this] {
    const auto events = daemon_.request("GET", "/v1/events").body.at("events").as_array();
    return std::any_of(events.begin(), events.end(), [](const auto& event) {
      return event.at("reason") == "ConfigurationRejected";
    });
  }));
  // A token that only the file before had.
  EXPECT_EQ(status(text("POST", "/v1/retry", bearer(kOperateToken))), 202);
}

TEST_F(AccessTest, TokensAreInNoLog) {
  start();
  EXPECT_EQ(status(text("POST", "/v1/retry", bearer(kOperateToken))), 202);
  EXPECT_EQ(status(text("GET", "/v1/info", bearer("wrong-0123456789abc"))), 401);
  ASSERT_TRUE(daemon_.says("POST /v1/retry by desk"));
  EXPECT_THAT(daemon_.output(), Not(HasSubstr(kOperateToken)));
  EXPECT_THAT(daemon_.output(), Not(HasSubstr("wrong-0123456789abc")));
}

}  // namespace
}  // namespace holdfast::test
