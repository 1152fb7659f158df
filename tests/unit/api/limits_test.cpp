// SPDX-License-Identifier: Apache-2.0
// What is bounded: wrong tokens, connections, sessions.
#include "api/connection_quota.hpp"
#include "api/failure_limiter.hpp"
#include "api/sessions.hpp"

#include <gtest/gtest.h>

#include <set>

namespace holdfast::api {
namespace {

using namespace std::chrono_literals;
using Instant = std::chrono::steady_clock::time_point;

const Instant kStart = Instant{} + 24h;

void fail(FailureLimiter& limiter, const std::string& sender, int times, Instant now) {
  for (int i = 0; i < times; ++i) {
    limiter.failed(sender, now);
  }
}

TEST(FailureLimiter, LetsAFewSlipsPass) {
  FailureLimiter limiter;
  fail(limiter, "a", FailureLimiter::kFailures - 1, kStart);
  EXPECT_EQ(limiter.wait("a", kStart), 0s);
}

TEST(FailureLimiter, MakesTheSenderWaitAndNoOther) {
  FailureLimiter limiter;
  fail(limiter, "a", FailureLimiter::kFailures, kStart);
  EXPECT_EQ(limiter.wait("a", kStart), 60s);
  EXPECT_EQ(limiter.wait("a", kStart + 59'500ms), 1s);
  EXPECT_EQ(limiter.wait("a", kStart + 60s), 0s);
  EXPECT_EQ(limiter.wait("b", kStart), 0s);
}

TEST(FailureLimiter, TellsOnceThatItBegins) {
  FailureLimiter limiter;
  int told = 0;
  for (int i = 0; i < 2 * FailureLimiter::kFailures; ++i) {
    told += limiter.failed("a", kStart) ? 1 : 0;
  }
  EXPECT_EQ(told, 1);
}

TEST(FailureLimiter, ForgetsAfterItsWindow) {
  FailureLimiter limiter;
  fail(limiter, "a", FailureLimiter::kFailures - 1, kStart);
  fail(limiter, "a", 1, kStart + FailureLimiter::kWindow);
  EXPECT_EQ(limiter.wait("a", kStart + FailureLimiter::kWindow), 0s);
}

TEST(FailureLimiter, RemembersSoManyAndTheLatestOfThem) {
  FailureLimiter limiter;
  fail(limiter, "first", FailureLimiter::kFailures, kStart);
  for (std::size_t i = 0; i < FailureLimiter::kMaxSenders; ++i) {
    fail(limiter, std::to_string(i), FailureLimiter::kFailures, kStart + 1s);
  }
  EXPECT_EQ(limiter.wait("first", kStart + 1s), 0s);
  EXPECT_EQ(limiter.wait("0", kStart + 1s), 60s);
}

TEST(ConnectionQuota, HasSoManyPlacesInAll) {
  ConnectionQuota quota(2, 2);
  const auto first = quota.take("a");
  auto second = quota.take("b");
  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(quota.take("c"), nullptr);
  second.reset();
  EXPECT_NE(quota.take("c"), nullptr);
}

TEST(ConnectionQuota, HasFewerForOneSender) {
  ConnectionQuota quota(4, 2);
  auto first = quota.take("a");
  const auto second = quota.take("a");
  EXPECT_EQ(quota.take("a"), nullptr);
  EXPECT_NE(quota.take("b"), nullptr);
  first.reset();
  EXPECT_NE(quota.take("a"), nullptr);
}

config::Token token(const std::string& name) {
  return {config::TokenRole::Read, name, "digest of " + name};
}

TEST(Sessions, StandForTheirToken) {
  Sessions sessions;
  const auto id = sessions.open(token("a"), kStart);
  EXPECT_EQ(sessions.find(id, kStart), token("a"));
  EXPECT_FALSE(sessions.find("", kStart));
  EXPECT_FALSE(sessions.find("0" + id.substr(1) + "0", kStart));
}

TEST(Sessions, HaveIdsOf256BitsThatNeverRepeat) {
  Sessions sessions;
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    ids.insert(sessions.open(token("a"), kStart));
  }
  EXPECT_EQ(ids.size(), 50U);
  EXPECT_EQ(ids.begin()->size(), 64U);
}

TEST(Sessions, EndWhenTheyAreIdleFor12Hours) {
  Sessions sessions;
  const auto id = sessions.open(token("a"), kStart);
  EXPECT_TRUE(sessions.find(id, kStart + 11h));
  EXPECT_TRUE(sessions.isOpen(id, kStart + 22h));  // does not count as use
  EXPECT_FALSE(sessions.isOpen(id, kStart + 23h));
  EXPECT_FALSE(sessions.find(id, kStart + 23h));
}

TEST(Sessions, EndWithSigningOut) {
  Sessions sessions;
  const auto id = sessions.open(token("a"), kStart);
  sessions.close(id);
  EXPECT_FALSE(sessions.find(id, kStart));
}

TEST(Sessions, EndWithTheirToken) {
  Sessions sessions;
  const auto gone = sessions.open(token("a"), kStart);
  const auto changed = sessions.open(token("b"), kStart);
  const auto kept = sessions.open(token("c"), kStart);
  auto promoted = token("b");
  promoted.role = config::TokenRole::Operate;
  sessions.keepOnly({promoted, token("c")});
  EXPECT_FALSE(sessions.find(gone, kStart));
  EXPECT_FALSE(sessions.find(changed, kStart));
  EXPECT_TRUE(sessions.find(kept, kStart));
}

TEST(Sessions, AreBoundedAndTheIdlestGoesFirst) {
  Sessions sessions;
  const auto oldest = sessions.open(token("a"), kStart);
  const auto used = sessions.open(token("a"), kStart + 1s);
  for (std::size_t i = 2; i < Sessions::kMost; ++i) {
    static_cast<void>(sessions.open(token("a"), kStart + 2s));
  }
  ASSERT_TRUE(sessions.isOpen(oldest, kStart + 3s));
  static_cast<void>(sessions.open(token("a"), kStart + 3s));
  EXPECT_FALSE(sessions.isOpen(oldest, kStart + 3s));
  EXPECT_TRUE(sessions.isOpen(used, kStart + 3s));
}

}  // namespace
}  // namespace holdfast::api
