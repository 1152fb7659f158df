// SPDX-License-Identifier: Apache-2.0
#include "api/idempotency.hpp"

#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace holdfast::api {
namespace {

using namespace std::chrono_literals;

class IdempotencyTest : public testing::Test {
 protected:
  Response send(const std::string& key, const std::string& path = "/v1/retry",
                const std::string& body = "") {
    return book_.once({.method = "POST", .path = path, .idempotencyKey = key, .body = body}, agent_,
                      handler_);
  }

  FakeAgent agent_;
  IdempotencyBook book_;
  int done_ = 0;
  int status_ = 202;
  std::function<Response(const Request&, Agent&)> handler_ = [this](const Request&, Agent&) {
    return json(status_, {{"done", ++done_}});
  };
};

TEST_F(IdempotencyTest, ActsOnceForAKey) {
  const auto first = send("k1");
  const auto again = send("k1");
  EXPECT_EQ(done_, 1);
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(again.body, first.body);
  EXPECT_FALSE(first.headers.contains("Idempotency-Replayed"));
  EXPECT_EQ(again.headers.at("Idempotency-Replayed"), "true");
  send("k2");
  EXPECT_EQ(done_, 2);
}

TEST_F(IdempotencyTest, ActsEachTimeWithoutAKey) {
  send("");
  send("");
  EXPECT_EQ(done_, 2);
}

TEST_F(IdempotencyTest, RefusesAKeyForSomethingElse) {
  send("k1", "/v1/purge", R"({"appId": 1})");
  EXPECT_EQ(send("k1", "/v1/purge", R"({"appId": 2})").status, 422);
  EXPECT_EQ(send("k1", "/v1/restart", R"({"appId": 1})").status, 422);
  EXPECT_EQ(done_, 1);
}

TEST_F(IdempotencyTest, RefusesWhatIsNoKey) {
  for (const auto& key : {std::string(256, 'k'), std::string("a b"), std::string("\xc3\xa4")}) {
    EXPECT_EQ(send(key).status, 400) << key;
  }
  EXPECT_EQ(send(std::string(255, 'k')).status, 202);
  EXPECT_EQ(done_, 1);
}

TEST_F(IdempotencyTest, DoesAgainWhatFailed) {
  status_ = 409;
  EXPECT_EQ(send("k1").status, 409);
  status_ = 202;
  EXPECT_EQ(send("k1").status, 202);
  EXPECT_EQ(done_, 2);
}

TEST_F(IdempotencyTest, DoesAgainWhatThrew) {
  const auto works = handler_;
  handler_ = [](const Request&, Agent&) -> Response { throw std::runtime_error("no"); };
  EXPECT_THROW(send("k1"), std::runtime_error);
  handler_ = works;
  EXPECT_EQ(send("k1").status, 202);
  EXPECT_EQ(done_, 1);
}

TEST_F(IdempotencyTest, SaysThatTheFirstIsNotAnsweredYet) {
  Response second;
  const auto works = handler_;
  handler_ = [&](const Request& request, Agent& agent) {
    if (done_ == 0) {
      done_ = 1;
      second = send("k1");
    }
    return works(request, agent);
  };
  EXPECT_EQ(send("k1").status, 202);
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(done_, 2);
}

TEST_F(IdempotencyTest, ForgetsAfterADay) {
  send("k1");
  agent_.time.boot += IdempotencyBook::kKept;
  send("k1");
  EXPECT_EQ(done_, 1);
  agent_.time.boot += 1ms;
  send("k1");
  EXPECT_EQ(done_, 2);
}

TEST_F(IdempotencyTest, KeepsTheLatestOnly) {
  for (std::size_t i = 0; i <= IdempotencyBook::kMost; ++i) {
    send("k" + std::to_string(i));
  }
  const int before = done_;
  send("k1");
  EXPECT_EQ(done_, before);
  send("k0");
  EXPECT_EQ(done_, before + 1);
}

TEST_F(IdempotencyTest, CoversTheCommandsOfTheTable) {
  agent_.addService();
  const Router router(routes());
  const auto send = [&](const std::string& uri, const std::string& body = "") {
    Request request{.method = "POST", .idempotencyKey = uri, .body = body};
    const auto match = router.match(uri, request);
    return Router::answer(*match.route, request, agent_).status;
  };
  for (const auto* uri : {"/v1/services/1001/nodered/restart", "/v1/retry", "/v1/reboot",
                          "/v1/apps/1001/purge", "/v1/apps/1001/stop"}) {
    agent_.commands.clear();
    const auto first = send(uri);
    EXPECT_EQ(send(uri), first);
    EXPECT_EQ(agent_.commands.size(), 1U) << uri;
  }
}

}  // namespace
}  // namespace holdfast::api
