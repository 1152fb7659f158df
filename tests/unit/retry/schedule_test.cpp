// SPDX-License-Identifier: Apache-2.0
// When retries are due: docs/behaviour.md "Retry".
#include "unit/retry/ledger.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::retry {
namespace {

// Minutes and seconds after 10:15:00, as the table has them.
constexpr Milliseconds kTable[] = {10s,         30s,         1min + 10s,  2min + 30s,  5min + 10s,
                                   10min + 10s, 15min + 10s, 20min + 10s, 25min + 10s, 30min + 10s};

class Schedule : public testing::TestWithParam<std::string_view> {};

TEST_P(Schedule, IsTheTableToTheMillisecond) {
  Ledger ledger;
  const Now first = ledger.now;
  ledger.fail(GetParam());
  int retry = 0;
  for (const Milliseconds due : kTable) {
    ++retry;
    const Entry& entry = ledger.entry(GetParam());
    ASSERT_EQ(*entry.due - first.boot, due) << "retry " << retry;
    EXPECT_EQ(entry.retryCount, retry);
    EXPECT_EQ(entry.maxRetries, 10);
    EXPECT_FALSE(entry.exhausted);
    EXPECT_EQ(ledger.manager.nextWake(ledger.now.boot), entry.due);
    EXPECT_FALSE(ledger.manager.due(GetParam(), *entry.due - 1ms));
    EXPECT_TRUE(ledger.manager.due(GetParam(), *entry.due));
    ledger.passUntilDue(GetParam());
    const FailureOutcome outcome = ledger.fail(GetParam());
    EXPECT_EQ(outcome.becameExhausted, retry == 10) << "retry " << retry;
  }
  const Entry& entry = ledger.entry(GetParam());
  EXPECT_TRUE(entry.exhausted);
  EXPECT_FALSE(entry.due);
  EXPECT_EQ(entry.retryCount, 10);
  EXPECT_FALSE(ledger.manager.due(GetParam(), ledger.now.boot + 24h));
}

INSTANTIATE_TEST_SUITE_P(LimitedKeys, Schedule, testing::Values(kImage, kStart));

TEST(Retry, NeedsNoEntryForTheFirstAttempt) {
  Ledger ledger;
  EXPECT_TRUE(ledger.manager.due(kImage, ledger.now.boot));
  EXPECT_EQ(ledger.manager.find(kImage), nullptr);
  EXPECT_FALSE(ledger.manager.nextWake(ledger.now.boot));
}

TEST(Retry, CountsTheDelayFromTheFailureOfASlowAttempt) {
  // Attempts that take 30 s to fail: 0, 40, 90, 160, 270, 460, 790 s (kubelet: section 3.5).
  Ledger ledger;
  const Now first = ledger.now;
  std::vector<Milliseconds> began{0s};
  for (int attempt = 0; attempt < 6; ++attempt) {
    ledger.pass(30s);
    ledger.fail(kImage);
    ledger.passUntilDue(kImage);
    began.push_back(ledger.now.boot - first.boot);
  }
  EXPECT_EQ(began, (std::vector<Milliseconds>{0s, 40s, 90s, 160s, 270s, 460s, 790s}));
}

TEST(Retry, CountsFromTheInstantThatItIsToldAndNeverFromTheFuture) {
  Ledger ledger;
  ledger.manager.recordFailure(kImage, failure(ErrorClass::Transient), ledger.now.boot - 4s,
                               ledger.now);
  EXPECT_EQ(ledger.untilDue(kImage), 6s);
  EXPECT_EQ(ledger.entry(kImage).timestamp, ledger.now.wall - 4s);
  ledger.manager.recordFailure(kStart, failure(ErrorClass::Transient), ledger.now.boot + 1h,
                               ledger.now);
  EXPECT_EQ(ledger.untilDue(kStart), 10s);
}

TEST(Retry, KeepsTheCountDuringTheAttempt) {
  Ledger ledger;
  ledger.fail(kImage);
  ledger.passUntilDue(kImage);
  ledger.pass(45s);
  EXPECT_EQ(ledger.entry(kImage).retryCount, 1);
  EXPECT_TRUE(ledger.manager.due(kImage, ledger.now.boot));
  EXPECT_FALSE(ledger.manager.nextWake(ledger.now.boot)) << "would wake for ever while it runs";
}

TEST(Retry, ShowsTheFirstAndTheLatestCauseWithTheirTimes) {
  Ledger ledger;
  const WallTime first = ledger.now.wall;
  ledger.manager.recordFailure(kImage, failure(ErrorClass::Transient, "no such host"),
                               ledger.now.boot, ledger.now);
  ledger.passUntilDue(kImage);
  ledger.manager.recordFailure(kImage, failure(ErrorClass::NotFound, "manifest unknown"),
                               ledger.now.boot, ledger.now);
  const Entry& entry = ledger.entry(kImage);
  EXPECT_EQ(entry.firstError, "no such host");
  EXPECT_EQ(entry.since, first);
  EXPECT_EQ(entry.latest.message, "manifest unknown");
  EXPECT_EQ(entry.latest.errorClass, ErrorClass::NotFound);
  EXPECT_EQ(entry.timestamp, first + 10s);
}

TEST(Retry, ForgetsOnSuccessAndSaysWhatWas) {
  Ledger ledger;
  ledger.fail(kImage);
  ledger.passUntilDue(kImage);
  ledger.fail(kImage);
  const auto was = ledger.manager.recordSuccess(kImage);
  ASSERT_TRUE(was);
  EXPECT_EQ(was->retryCount, 2);
  EXPECT_FALSE(ledger.manager.recordSuccess(kImage));
  ledger.fail(kImage);
  EXPECT_EQ(ledger.entry(kImage).retryCount, 1);
  EXPECT_EQ(ledger.untilDue(kImage), 10s);
}

TEST(Retry, KeepsKeysApart) {
  Ledger ledger;
  ledger.fail(kImage);
  ledger.fail(kImage);
  ledger.fail(kOtherImage);
  EXPECT_EQ(ledger.entry(kOtherImage).retryCount, 1);
  EXPECT_TRUE(ledger.manager.due(kStart, ledger.now.boot));
  EXPECT_EQ(ledger.manager.nextWake(ledger.now.boot), ledger.now.boot + 10s);
}

TEST(Retry, NeverGivesUpWithoutALimit) {
  Ledger ledger;
  ledger.policies.image.maxRetries = 0;
  ledger.manager.setPolicies(ledger.policies);
  for (int attempt = 0; attempt < 200; ++attempt) {
    EXPECT_FALSE(ledger.fail(kImage).becameExhausted);
    ledger.passUntilDue(kImage);
  }
  EXPECT_EQ(ledger.entry(kImage).retryCount, 200);
  EXPECT_EQ(ledger.entry(kImage).maxRetries, 0);
  EXPECT_EQ(ledger.entry(kImage).delay, 300s);
}

TEST(Retry, UsesFullJitterForDeliveries) {
  Ledger ledger;
  ledger.random = 0.75;
  ledger.fail("notify:ops");
  EXPECT_EQ(ledger.untilDue("notify:ops"), 1250ms);
}

TEST(Retry, IsNotMovedByTheWallClock) {
  for (const auto jump : {Milliseconds{-24h * 365 * 55}, Milliseconds{24h * 365 * 55}}) {
    Ledger ledger;
    ledger.fail(kImage);
    const BootTime due = *ledger.entry(kImage).due;
    ledger.now.wall += jump;
    EXPECT_EQ(ledger.entry(kImage).due, due);
    EXPECT_FALSE(ledger.manager.due(kImage, ledger.now.boot + 9'999ms));
    EXPECT_EQ(ledger.manager.rearmByAge(ledger.now), 0);
    ledger.pass(10s);
    EXPECT_TRUE(ledger.manager.due(kImage, ledger.now.boot));
    ledger.fail(kImage);
    EXPECT_EQ(ledger.untilDue(kImage), 20s);
    EXPECT_EQ(ledger.entry(kImage).timestamp, ledger.now.wall) << "the label follows the wall";
  }
}

TEST(Retry, IsNotRearmedByTheWallClock) {
  Ledger ledger;
  ledger.exhaust(kImage);
  ledger.now.wall += 24h;
  EXPECT_EQ(ledger.manager.rearmByAge(ledger.now), 0);
  ledger.now.wall -= 48h;
  ledger.pass(1h);
  EXPECT_EQ(ledger.manager.rearmByAge(ledger.now), 1);
}

TEST(Retry, WaitsForAChangeWhenTheRequestIsInvalid) {
  Ledger ledger;
  const auto outcome = ledger.fail(kImage, ErrorClass::Invalid);
  EXPECT_FALSE(outcome.becameExhausted);
  const Entry& entry = ledger.entry(kImage);
  EXPECT_EQ(entry.retryCount, 0);
  EXPECT_FALSE(entry.due);
  EXPECT_FALSE(entry.exhausted);
  EXPECT_FALSE(ledger.manager.due(kImage, ledger.now.boot + 24h));
  EXPECT_FALSE(ledger.manager.nextWake(ledger.now.boot));
  EXPECT_EQ(ledger.manager.hostAnswered(kHost, ledger.now), 0);
  ledger.pass(2h);
  EXPECT_EQ(ledger.manager.rearmByAge(ledger.now), 0);
}

TEST(Retry, StopsCountingWhenTheAnswerBecomesInvalid) {
  Ledger ledger;
  ledger.fail(kStart, ErrorClass::Rejected);
  ledger.passUntilDue(kStart);
  ledger.fail(kStart, ErrorClass::Invalid);
  EXPECT_EQ(ledger.entry(kStart).retryCount, 0);
  EXPECT_FALSE(ledger.entry(kStart).due);
}

TEST(Retry, MeetsNewPoliciesAtTheNextFailure) {
  Ledger ledger;
  ledger.fail(kImage);
  const BootTime due = *ledger.entry(kImage).due;
  ledger.policies.image.initial = 1s;
  ledger.policies.image.maxRetries = 2;
  ledger.manager.setPolicies(ledger.policies);
  EXPECT_EQ(ledger.entry(kImage).due, due);
  ledger.passUntilDue(kImage);
  ledger.fail(kImage);
  EXPECT_EQ(ledger.entry(kImage).maxRetries, 2);
  EXPECT_EQ(ledger.untilDue(kImage), 2s);
  EXPECT_TRUE(ledger.fail(kImage).becameExhausted);
}

TEST(Retry, RefusesAKeyOfNoFamily) {
  Ledger ledger;
  EXPECT_THROW(ledger.fail("probe:a/b"), std::invalid_argument);
  EXPECT_TRUE(ledger.manager.entries().empty());
}

}  // namespace
}  // namespace holdfast::retry
