// SPDX-License-Identifier: Apache-2.0
// Rate limits: docs/behaviour.md "Error classes".
#include "unit/retry/ledger.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace holdfast::retry {
namespace {

void limit(Ledger& ledger, std::string_view key, Milliseconds retryAfter = Milliseconds{-1}) {
  Failure answer = failure(ErrorClass::RateLimited, "toomanyrequests");
  answer.retryAfter = retryAfter;
  ledger.manager.recordFailure(key, answer, ledger.now.boot, ledger.now);
}

TEST(RateLimit, WaitsAMinuteWhenNothingWasSaid) {
  Ledger ledger;
  limit(ledger, kImage);
  EXPECT_EQ(ledger.untilDue(kImage), 60s);
  EXPECT_EQ(ledger.entry(kImage).delay, 60s);
  EXPECT_EQ(ledger.entry(kImage).retryCount, 1);
}

TEST(RateLimit, KeepsToTheLadderWhereThatIsLonger) {
  Ledger ledger;
  for (int attempt = 0; attempt < 4; ++attempt)
    limit(ledger, kImage);
  EXPECT_EQ(ledger.untilDue(kImage), 80s);
  limit(ledger, kImage, 10s);
  EXPECT_EQ(ledger.untilDue(kImage), 160s);
}

TEST(RateLimit, WaitsAsLongAsAskedForUpToAnHour) {
  Ledger ledger;
  limit(ledger, kImage, 15min);
  EXPECT_EQ(ledger.untilDue(kImage), 15min);
  limit(ledger, kStart, 1h);
  EXPECT_EQ(ledger.untilDue(kStart), 1h);
  limit(ledger, kElsewhere, 24h);
  EXPECT_EQ(ledger.untilDue(kElsewhere), 1h);
  limit(ledger, kOtherImage, Milliseconds::max());
  EXPECT_EQ(ledger.untilDue(kOtherImage), 1h);
}

TEST(RateLimit, TakesAShortRetryAfterAtItsWord) {
  Ledger ledger;
  limit(ledger, kImage, 3s);
  EXPECT_EQ(ledger.untilDue(kImage), 10s) << "the ladder's first step, not a minute";
  EXPECT_EQ(ledger.manager.hostPausedUntil(kHost, ledger.now.boot), ledger.now.boot + 3s);
}

TEST(RateLimit, IsReadFromThatClassAlone) {
  Ledger ledger;
  Failure answer = failure(ErrorClass::Transient);
  answer.retryAfter = 30min;
  ledger.manager.recordFailure(kImage, answer, ledger.now.boot, ledger.now);
  EXPECT_EQ(ledger.untilDue(kImage), 10s);
  EXPECT_FALSE(ledger.manager.hostPausedUntil(kHost, ledger.now.boot));
}

TEST(RateLimit, PausesTheWholeRegistryHost) {
  Ledger ledger;
  limit(ledger, kImage, 5min);
  const BootTime end = ledger.now.boot + 5min;
  EXPECT_EQ(ledger.manager.hostPausedUntil(kHost, ledger.now.boot), end);
  EXPECT_EQ(ledger.manager.hostPausedUntil(kHost, end - 1ms), end);
  EXPECT_FALSE(ledger.manager.hostPausedUntil(kHost, end));
  EXPECT_FALSE(ledger.manager.hostPausedUntil("mirror.example", ledger.now.boot));
}

TEST(RateLimit, PausesOnlyForPulls) {
  Ledger ledger;
  limit(ledger, "notify:ops", 5min);
  limit(ledger, kStart, 5min);
  EXPECT_FALSE(ledger.manager.hostPausedUntil(kHost, ledger.now.boot));
}

TEST(RateLimit, KeepsTheLongerPause) {
  Ledger ledger;
  limit(ledger, kImage, 5min);
  limit(ledger, kOtherImage);
  EXPECT_EQ(ledger.manager.hostPausedUntil(kHost, ledger.now.boot), ledger.now.boot + 5min);
  limit(ledger, kOtherImage, 10min);
  EXPECT_EQ(ledger.manager.hostPausedUntil(kHost, ledger.now.boot), ledger.now.boot + 10min);
}

TEST(RateLimit, PausesAlsoWhenTheKeyGivesUp) {
  Ledger ledger;
  for (int attempt = 0; attempt <= 10; ++attempt)
    ledger.fail(kImage);
  ASSERT_TRUE(ledger.entry(kImage).exhausted);
  limit(ledger, kImage);
  EXPECT_EQ(ledger.manager.hostPausedUntil(kHost, ledger.now.boot), ledger.now.boot + 60s);
}

TEST(RateLimit, WakesAtTheEndOfThePause) {
  Ledger ledger;
  limit(ledger, kImage, 2s);
  EXPECT_EQ(ledger.manager.nextWake(ledger.now.boot), ledger.now.boot + 2s);
  EXPECT_EQ(ledger.manager.nextWake(ledger.now.boot + 2s), ledger.now.boot + 10s);
}

TEST(RateLimit, ForgetsAPauseThatIsOver) {
  Ledger ledger;
  limit(ledger, kImage, 2s);
  static_cast<void>(ledger.manager.takeChanges());
  ledger.manager.rearmByAge(ledger.now);
  EXPECT_FALSE(ledger.manager.takeChanges().hostPausesChanged);
  ledger.pass(2s);
  ledger.manager.rearmByAge(ledger.now);
  const auto changes = ledger.manager.takeChanges();
  EXPECT_TRUE(changes.hostPausesChanged);
  EXPECT_TRUE(changes.hostPauses.empty());
}

TEST(RateLimit, YieldsToAForcedRetry) {
  Ledger ledger;
  limit(ledger, kImage, 30min);
  ledger.fail(kElsewhere);
  ledger.manager.force(kElsewhere, ledger.now);
  EXPECT_TRUE(ledger.manager.hostPausedUntil(kHost, ledger.now.boot)) << "another host's key";
  ledger.manager.force(kImage, ledger.now);
  EXPECT_TRUE(ledger.manager.due(kImage, ledger.now.boot));
  EXPECT_FALSE(ledger.manager.hostPausedUntil(kHost, ledger.now.boot));
  EXPECT_TRUE(ledger.manager.takeChanges().hostPausesChanged);
}

TEST(RateLimit, IsNotMovedByTheWallClock) {
  Ledger ledger;
  limit(ledger, kImage, 5min);
  ledger.now.wall += 48h;
  EXPECT_TRUE(ledger.manager.hostPausedUntil(kHost, ledger.now.boot));
  ledger.now.wall -= 96h;
  EXPECT_FALSE(ledger.manager.hostPausedUntil(kHost, ledger.now.boot + 5min));
}

}  // namespace
}  // namespace holdfast::retry
