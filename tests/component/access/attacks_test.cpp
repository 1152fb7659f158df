// SPDX-License-Identifier: Apache-2.0
// What an enemy on the network, or a page in somebody's browser, may try.
#include "component/access/access_daemon.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using fixtures::allowDescriptors;
using fixtures::loopbackSender;
using fixtures::statusOf;
using fixtures::TcpClient;
using testing::HasSubstr;

class Attacks : public AccessTest {
 protected:
  // Far more than an answer takes, far less than waiting for one attacker.
  static constexpr auto kPrompt = 1'500ms;
};

TEST_F(Attacks, WithoutATokenThereIsNothingToSee) {
  start();
  for (const auto* path : {"/v1/services", "/v1/target", "/v1/events/stream", "/v1/info"}) {
    const auto answer = exchange(text("GET", path));
    EXPECT_EQ(statusOf(answer), 401) << path;
    EXPECT_THAT(answer, HasSubstr("WWW-Authenticate: Bearer")) << path;
  }
  EXPECT_EQ(status(text("PUT", "/v1/target", {}, kEmptyTarget)), 401);
  EXPECT_EQ(daemon_.request("GET", "/v1/target").status, 404);
}

TEST_F(Attacks, GuessingIsSlowedDownForTheGuesserAlone) {
  start();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(status(text("GET", "/v1/info", bearer("guess-0123456789" + std::to_string(i)))), 401);
  }
  const auto answer = exchange(text("GET", "/v1/info", bearer(kReadToken)));
  EXPECT_EQ(statusOf(answer), 429);
  EXPECT_THAT(answer, HasSubstr("Retry-After: "));
  EXPECT_EQ(status(text("POST", "/v1/session", {}, R"({"token": ")" + kReadToken + "\"}")), 429);
  EXPECT_EQ(status(text("GET", "/v1/info", bearer(kReadToken)), "127.0.0.2"), 200);
}

TEST_F(Attacks, ANameThatWasMadeToLeadHereIsNotAnswered) {
  start();
  auto headers = bearer(kOperateToken);
  headers["Host"] = "evil.example:" + std::to_string(port_);
  EXPECT_EQ(status(text("GET", "/v1/target", headers)), 421);
  EXPECT_EQ(status("GET /v1/info HTTP/1.1\r\nConnection: close\r\n\r\n"), 400);
}

TEST_F(Attacks, AForeignPageIsNotAnswered) {
  start();
  for (const auto& [name, value] :
       {std::pair("Origin", "http://evil.example"), std::pair("Origin", "null"),
        std::pair("Sec-Fetch-Site", "cross-site")}) {
    auto headers = bearer(kOperateToken);
    headers[name] = value;
    EXPECT_EQ(status(text("GET", "/v1/services", headers)), 403) << value;
    EXPECT_EQ(status(text("POST", "/v1/retry", headers)), 403) << value;
    EXPECT_EQ(
        status(text("POST", "/v1/session", {{name, value}}, R"({"token": ")" + kReadToken + "\"}")),
        403)
        << value;
  }
  EXPECT_EQ(
      status(text("OPTIONS", "/v1/target",
                  {{"Origin", "http://evil.example"}, {"Access-Control-Request-Method", "PUT"}})),
      403);
}

TEST_F(Attacks, TricksWithPathsLeadNowhere) {
  start();
  for (const auto* path : {"//v1/target",
                           "/v1//target",
                           "/v1/target/",
                           "/v1/../v1/target",
                           "/./v1/target",
                           "/%2e%2e/v1/target",
                           "/v1/%2e%2e/v1/target",
                           "/v1%2ftarget",
                           "/v1/services/%2e%2e/target",
                           "/v1/target%00",
                           "/v1/target%0d%0aX: y",
                           "/v1\\target",
                           "/v1/target;x",
                           "/V1/target",
                           "http://localhost/v1/target",
                           "v1/target",
                           "/v1/target#x",
                           "/etc/passwd",
                           "/..%2f..%2fetc/passwd",
                           "/v1/%zz"}) {
    for (const auto& headers : {Headers{}, bearer(kOperateToken)}) {
      const int answered = status(text("GET", path, headers));
      EXPECT_TRUE(answered == 400 || answered == 404 || answered == 401) << path << answered;
    }
  }
}

TEST_F(Attacks, WhatTwoWouldReadDifferentlyIsRefused) {
  start();
  const auto token = "Authorization: Bearer " + kOperateToken + "\r\nHost: localhost\r\n";
  for (const auto& [headers, expected] :
       {std::pair("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", 400),
        std::pair("Content-Length: 2\r\nContent-Length: 3\r\n", 400),
        std::pair("Transfer-Encoding: chunked\r\n", 411), std::pair("Content-Length : 2\r\n", 400),
        std::pair("Host: localhost\r\n", 400)}) {
    const auto answer = exchange("PUT /v1/target HTTP/1.1\r\n" + token + headers +
                                 "\r\n{}GET /v1/info HTTP/1.1\r\n" + token + "\r\n");
    EXPECT_EQ(statusOf(answer), expected) << headers;
    EXPECT_EQ(answer.find("\nHTTP/1.1 "), std::string::npos) << answer;
  }
}

TEST_F(Attacks, AHeaderOf10MegabytesIsRefusedAndCostsLittle) {
  start();
  TcpClient client(port_);
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: ");
  client.send(std::string(10u << 20, 'a'));
  EXPECT_EQ(statusOf(client.receive()), 431);
}

TEST_F(Attacks, AStrangersBodyIsNotTaken) {
  start();
  EXPECT_EQ(status(text("POST", "/v1/session", {}, std::string(1u << 20, 'a'))), 413);
}

TEST_F(Attacks, ClientsThatDripAreCutOffAsAWhole) {
  start();
  std::vector<std::unique_ptr<TcpClient>> slow;
  for (int i = 0; i < 24; ++i) {
    slow.push_back(std::make_unique<TcpClient>(port_, loopbackSender(i)));
    slow.back()->send(i % 2 == 0 ? "GET /v1/info HTTP/1.1\r\nX: "
                                 : text("POST", "/v1/session", {{"Content-Length", "4000"}}));
  }
  EXPECT_LT(slowestOnTheSocket(), kPrompt);
  const auto end = std::chrono::steady_clock::now() + 20s;
  const auto drips = [](const auto& client) { return !client->endedWithin(1ms); };
  while (std::any_of(slow.begin(), slow.end(), drips) && std::chrono::steady_clock::now() < end) {
    for (auto& client : slow) {
      client->send("x");
    }
  }
  EXPECT_TRUE(std::none_of(slow.begin(), slow.end(), drips)) << "each byte bought more time";
  for (auto& client : slow) {
    EXPECT_EQ(statusOf(client->receive()), 408);
  }
  EXPECT_EQ(status(text("GET", "/v1/info", bearer(kReadToken))), 200);
}

TEST_F(Attacks, AThousandConnectionsDoNotTakeThePlacesOfTheSocket) {
  ASSERT_TRUE(allowDescriptors(2'000));
  start();
  std::vector<std::unique_ptr<TcpClient>> crowd;
  for (int i = 0; i < 1'000; ++i) {
    crowd.push_back(std::make_unique<TcpClient>(port_, loopbackSender(i)));
    EXPECT_TRUE(crowd.back()->connected());
  }
  EXPECT_LT(slowestOnTheSocket(), kPrompt);
  int refused = 0;
  for (auto& client : crowd) {
    refused += statusOf(client->receive()) == 503 ? 1 : 0;
  }
  EXPECT_GE(refused, 900);  // the others had a place, and used up their time
  EXPECT_EQ(status(text("GET", "/v1/info", bearer(kReadToken))), 200);
}

TEST_F(Attacks, OneSenderHasHalfOfThePlaces) {
  start(8, 4);
  std::vector<std::unique_ptr<TcpClient>> held;
  for (int i = 0; i < 4; ++i) {
    held.push_back(std::make_unique<TcpClient>(port_));
    held.back()->send(text("GET", "/v1/events/stream", bearer(kReadToken)));
    ASSERT_EQ(statusOf(held.back()->receive(": events")), 200);
  }
  EXPECT_EQ(status(text("GET", "/v1/info", bearer(kReadToken))), 503);
  EXPECT_EQ(status(text("GET", "/v1/info", bearer(kReadToken)), "127.0.0.2"), 200);
  // All followers' places are taken, too, but those of the socket are others.
  EXPECT_EQ(status(text("GET", "/v1/events/stream", bearer(kReadToken)), "127.0.0.2"), 503);
  EXPECT_EQ(daemon_.request("GET", "/v1/events?wait=1").status, 200);
}

// A target whose status is long enough to fill buffers soon.
std::string largeTarget(int turn) {
  boost::json::array services;
  for (int i = 0; i < 40; ++i) {
    services.push_back(
        {{"serviceId", i + 1},
         {"serviceName", "service" + std::to_string(i)},
         {"imageName", "registry.example/some/long/name/of/an/image:" + std::to_string(turn)}});
  }
  return boost::json::serialize(boost::json::object{
      {"apps", {{"1001", {{"appId", 1001}, {"appName", "big"}, {"services", services}}}}}});
}

TEST_F(Attacks, FollowersThatNeverReadAreEndedAndTheOthersMissNothing) {
  constexpr int kEach = 32;
  constexpr int kTinyWindow = 4'096;
  start(128, 2 * kEach);
  std::vector<std::unique_ptr<TcpClient>> readers;
  std::vector<std::unique_ptr<TcpClient>> idlers;
  const auto request = text("GET", "/v1/events/stream?services=1", bearer(kReadToken));
  for (int i = 0; i < kEach; ++i) {
    readers.push_back(std::make_unique<TcpClient>(port_, "127.0.0.2"));
    idlers.push_back(std::make_unique<TcpClient>(port_, "127.0.0.3", kTinyWindow));
    readers.back()->send(request);
    idlers.back()->send(request);
    ASSERT_EQ(statusOf(readers.back()->receive(": events")), 200);
    ASSERT_EQ(statusOf(idlers.back()->receive(": events")), 200);  // and nothing more
  }
  const auto allEnded = [&] {
    return std::all_of(idlers.begin(), idlers.end(),
                       [](const auto& idler) { return idler->endedWithin(0ms); });
  };
  int turn = 0;
  EXPECT_TRUE(daemon_.eventually([&] {
    writeTarget(largeTarget(++turn));
    for (auto& reader : readers) {
      reader->skim();
    }
    return allEnded();
  }));
  // The newest state reaches everybody who reads.
  const auto last = "an/image:" + std::to_string(++turn) + "\"";
  writeTarget(largeTarget(turn));
  for (auto& reader : readers) {
    EXPECT_THAT(reader->receive(last), HasSubstr(last));
  }
}

}  // namespace
}  // namespace holdfast::test
