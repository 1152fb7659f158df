// SPDX-License-Identifier: Apache-2.0
// Exhausted keys and every way out: docs/behaviour.md "Retry".
#include "unit/retry/ledger.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace holdfast::retry {
namespace {

constexpr ErrorClass kPassing[] = {ErrorClass::Transient, ErrorClass::RateLimited,
                                   ErrorClass::Conflict, ErrorClass::Unavailable};
constexpr ErrorClass kLasting[] = {ErrorClass::Denied, ErrorClass::NotFound, ErrorClass::Rejected,
                                   ErrorClass::Internal};

TEST(Exhausted, IsToldOnce) {
  Ledger ledger;
  ledger.exhaust(kImage, ErrorClass::NotFound);
  EXPECT_FALSE(ledger.fail(kImage, ErrorClass::NotFound).becameExhausted);
  EXPECT_TRUE(ledger.entry(kImage).exhausted);
  EXPECT_EQ(ledger.entry(kImage).retryCount, 10);
  EXPECT_EQ(ledger.entry(kImage).exhaustedAt, ledger.now.boot);
}

TEST(Exhausted, EndsWithAForcedRetryAndAFreshLadder) {
  Ledger ledger;
  ledger.manager.recordFailure(kImage, failure(ErrorClass::Transient, "first"), ledger.now.boot,
                               ledger.now);
  const WallTime since = ledger.now.wall;
  ledger.exhaust(kImage, ErrorClass::NotFound);
  ASSERT_TRUE(ledger.manager.force(kImage, ledger.now));
  const Entry& entry = ledger.entry(kImage);
  EXPECT_TRUE(ledger.manager.due(kImage, ledger.now.boot));
  EXPECT_FALSE(entry.exhausted);
  EXPECT_EQ(entry.retryCount, 0);
  EXPECT_EQ(entry.firstError, "first");
  EXPECT_EQ(entry.since, since);
  EXPECT_EQ(entry.latest.message, "it failed");

  EXPECT_FALSE(ledger.fail(kImage).becameExhausted);
  EXPECT_EQ(entry.retryCount, 1);
  EXPECT_EQ(ledger.untilDue(kImage), 10s);
  EXPECT_EQ(entry.firstError, "first");
  ledger.exhaust(kImage);
  EXPECT_EQ(entry.retryCount, 10);
}

TEST(Exhausted, IsToldAgainAfterAForcedRetry) {
  Ledger ledger;
  ledger.exhaust(kImage);
  ledger.manager.force(kImage, ledger.now);
  int told = 0;
  for (int attempt = 0; attempt <= 10; ++attempt) {
    told += ledger.fail(kImage).becameExhausted ? 1 : 0;
    if (ledger.entry(kImage).due)
      ledger.passUntilDue(kImage);
  }
  EXPECT_EQ(told, 1);
}

TEST(ForcedRetry, ShortensAWaitAndTriesEvenTheInvalid) {
  Ledger ledger;
  EXPECT_FALSE(ledger.manager.force(kImage, ledger.now));
  ledger.fail(kImage);
  ledger.fail(kStart, ErrorClass::Invalid);
  EXPECT_TRUE(ledger.manager.force(kImage, ledger.now));
  EXPECT_TRUE(ledger.manager.force(kStart, ledger.now));
  EXPECT_TRUE(ledger.manager.due(kImage, ledger.now.boot));
  EXPECT_TRUE(ledger.manager.due(kStart, ledger.now.boot));
}

TEST(Hastened, IsDueAfterARandomPartOfItsDelayWithItsCount) {
  Ledger ledger;
  EXPECT_FALSE(ledger.manager.hasten(kImage, ledger.now));
  ledger.fail(kImage);
  ledger.passUntilDue(kImage);
  ledger.fail(kImage);  // 20 s
  static_cast<void>(ledger.manager.takeChanges());
  ledger.random = 0.25;
  EXPECT_TRUE(ledger.manager.hasten(kImage, ledger.now));
  EXPECT_EQ(ledger.untilDue(kImage), 5s);
  EXPECT_EQ(ledger.entry(kImage).retryCount, 2);
  EXPECT_EQ(ledger.manager.takeChanges().changed.size(), 1U);
  ledger.passUntilDue(kImage);
  ledger.fail(kImage);
  EXPECT_EQ(ledger.untilDue(kImage), 40s);
}

TEST(Hastened, WaitsNoLongerThanBefore) {
  Ledger ledger;
  ledger.fail(kImage);
  ledger.pass(9s);
  static_cast<void>(ledger.manager.takeChanges());
  ledger.random = 0.9;
  EXPECT_TRUE(ledger.manager.hasten(kImage, ledger.now));
  EXPECT_EQ(ledger.untilDue(kImage), 1s);
  EXPECT_TRUE(ledger.manager.takeChanges().empty());
}

TEST(Hastened, GivesWhatIsExhaustedOneAttempt) {
  Ledger ledger;
  ledger.exhaust(kImage);
  EXPECT_TRUE(ledger.manager.hasten(kImage, ledger.now));
  EXPECT_EQ(ledger.untilDue(kImage), 150s);
  ledger.passUntilDue(kImage);
  EXPECT_FALSE(ledger.fail(kImage).becameExhausted) << "the same failure goes on";
  EXPECT_TRUE(ledger.entry(kImage).exhausted);
}

TEST(Exhausted, EndsWhenForgotten) {
  Ledger ledger;
  ledger.exhaust(kImage);
  EXPECT_TRUE(ledger.manager.forget(kImage));
  EXPECT_FALSE(ledger.manager.forget(kImage));
  EXPECT_TRUE(ledger.manager.due(kImage, ledger.now.boot));
}

TEST(Exhausted, IsForgottenByPredicate) {
  Ledger ledger;
  ledger.fail(kImage);
  ledger.fail(kOtherImage);
  ledger.fail(kStart);
  ledger.manager.forgetMatching([](const Entry& entry) { return entry.key.starts_with("image:"); });
  EXPECT_EQ(ledger.manager.entries().size(), 1U);
  EXPECT_NE(ledger.manager.find(kStart), nullptr);
}

TEST(Rearm, GivesOneAttemptWhenTheHostAnswers) {
  for (const ErrorClass errorClass : kPassing) {
    Ledger ledger;
    ledger.exhaust(kImage, errorClass);
    ledger.pass(7s);
    EXPECT_EQ(ledger.manager.hostAnswered("other.example", ledger.now), 0);
    EXPECT_EQ(ledger.manager.hostAnswered(kHost, ledger.now), 1);
    EXPECT_TRUE(ledger.manager.due(kImage, ledger.now.boot));
    EXPECT_FALSE(ledger.entry(kImage).exhausted);
    EXPECT_TRUE(ledger.entry(kImage).rearmed);
    EXPECT_EQ(ledger.entry(kImage).retryCount, 10);

    EXPECT_FALSE(ledger.fail(kImage, errorClass).becameExhausted) << "silently";
    EXPECT_TRUE(ledger.entry(kImage).exhausted);
    EXPECT_FALSE(ledger.entry(kImage).due);
    EXPECT_EQ(ledger.entry(kImage).retryCount, 10);
  }
}

TEST(Rearm, LeavesLastingCausesAlone) {
  for (const ErrorClass errorClass : kLasting) {
    Ledger ledger;
    ledger.exhaust(kImage, errorClass);
    EXPECT_EQ(ledger.manager.hostAnswered(kHost, ledger.now), 0);
    EXPECT_FALSE(ledger.manager.nextWake(ledger.now.boot));
    ledger.pass(24h);
    EXPECT_EQ(ledger.manager.rearmByAge(ledger.now), 0);
  }
}

TEST(Rearm, GoesByTheLastCause) {
  Ledger ledger;
  for (int attempt = 0; attempt <= 9; ++attempt)
    ledger.fail(kImage, ErrorClass::Transient);
  ledger.fail(kImage, ErrorClass::NotFound);
  ASSERT_TRUE(ledger.entry(kImage).exhausted);
  EXPECT_EQ(ledger.manager.hostAnswered(kHost, ledger.now), 0);
}

TEST(Rearm, DoesNotTouchWaitingKeys) {
  Ledger ledger;
  ledger.fail(kImage);
  const Entry before = ledger.entry(kImage);
  EXPECT_EQ(ledger.manager.hostAnswered(kHost, ledger.now), 0);
  EXPECT_EQ(ledger.manager.credentialsChanged(ledger.now), 0);
  EXPECT_EQ(ledger.entry(kImage), before);
}

TEST(Rearm, IsNotGivenByTheKeysOwnAnswer) {
  Ledger ledger;
  ledger.exhaust(kImage, ErrorClass::Conflict);
  EXPECT_EQ(ledger.manager.hostAnswered(kHost, ledger.now, kImage), 0);
  EXPECT_EQ(ledger.manager.hostAnswered(kHost, ledger.now, kOtherImage), 1);
}

TEST(Rearm, IsNotGivenToKeysOfNoHost) {
  Ledger ledger;
  ledger.exhaust(kStart, ErrorClass::Conflict);
  EXPECT_EQ(ledger.manager.hostAnswered("", ledger.now), 0);
}

TEST(Rearm, DoesNotLetTwoImagesOfAHostWakeEachOtherForEver) {
  Ledger ledger;
  ledger.exhaust(kImage, ErrorClass::Conflict);
  ledger.exhaust(kOtherImage, ErrorClass::Conflict);
  ledger.manager.hostAnswered(kHost, ledger.now);
  int attempts = 0;
  const BootTime end = ledger.now.boot + 1h;
  while (ledger.now.boot < end) {
    bool idle = true;
    for (const auto key : {kImage, kOtherImage}) {
      if (!ledger.manager.due(key, ledger.now.boot)) {
        continue;
      }
      ASSERT_LT(++attempts, 100);
      idle = false;
      ledger.fail(key, ErrorClass::Conflict);
      ledger.manager.hostAnswered(kHost, ledger.now, key);
    }
    if (idle) {
      ledger.now.boot = ledger.manager.nextWake(ledger.now.boot).value_or(end);
    }
  }
  EXPECT_GT(attempts, 2) << "they do get their attempts";
  EXPECT_LE(attempts, 2 * 13) << "no more often than the ladder's last step";
}

TEST(Rearm, GivesOneAttemptAnHourAfterEachExhaustion) {
  for (const ErrorClass errorClass : kPassing) {
    Ledger ledger;
    ledger.exhaust(kStart, errorClass);
    for (int hour = 0; hour < 3; ++hour) {
      EXPECT_EQ(ledger.manager.nextWake(ledger.now.boot + 2min), ledger.now.boot + 1h);
      ledger.pass(1h - 1ms);
      EXPECT_EQ(ledger.manager.rearmByAge(ledger.now), 0);
      ledger.pass(1ms);
      EXPECT_EQ(ledger.manager.nextWake(ledger.now.boot), ledger.now.boot) << "not yet done";
      EXPECT_EQ(ledger.manager.rearmByAge(ledger.now), 1);
      EXPECT_TRUE(ledger.manager.due(kStart, ledger.now.boot));
      EXPECT_EQ(ledger.manager.rearmByAge(ledger.now), 0);
      EXPECT_FALSE(ledger.fail(kStart, errorClass).becameExhausted);
      EXPECT_TRUE(ledger.entry(kStart).exhausted);
    }
  }
}

TEST(Rearm, NeverComesByAgeWithZero) {
  Ledger ledger;
  ledger.policies.rearmAfter = 0s;
  ledger.manager.setPolicies(ledger.policies);
  ledger.exhaust(kImage);
  EXPECT_FALSE(ledger.manager.nextWake(ledger.now.boot));
  ledger.pass(1000h);
  EXPECT_EQ(ledger.manager.rearmByAge(ledger.now), 0);
  EXPECT_EQ(ledger.manager.hostAnswered(kHost, ledger.now), 1) << "that way stays open";
}

TEST(Rearm, FollowsNewCredentialsWhenDenied) {
  Ledger ledger;
  ledger.exhaust(kImage, ErrorClass::Denied);
  ledger.exhaust(kOtherImage, ErrorClass::Transient);
  EXPECT_EQ(ledger.manager.credentialsChanged(ledger.now), 1);
  EXPECT_TRUE(ledger.manager.due(kImage, ledger.now.boot));
  EXPECT_TRUE(ledger.entry(kOtherImage).exhausted);
  EXPECT_FALSE(ledger.fail(kImage, ErrorClass::Denied).becameExhausted);
  EXPECT_TRUE(ledger.entry(kImage).exhausted);
}

TEST(Rearm, EndsWithSuccess) {
  Ledger ledger;
  ledger.exhaust(kImage);
  ledger.manager.hostAnswered(kHost, ledger.now);
  const auto was = ledger.manager.recordSuccess(kImage);
  ASSERT_TRUE(was);
  EXPECT_TRUE(was->rearmed) << "an alert is still on";
  EXPECT_EQ(ledger.manager.find(kImage), nullptr);
}

TEST(Rearm, ClimbsOnWhenTheLimitWasRaised) {
  Ledger ledger;
  ledger.exhaust(kImage);
  ledger.policies.image.maxRetries = 20;
  ledger.manager.setPolicies(ledger.policies);
  ledger.manager.hostAnswered(kHost, ledger.now);
  EXPECT_FALSE(ledger.fail(kImage).becameExhausted);
  EXPECT_EQ(ledger.entry(kImage).retryCount, 11);
  EXPECT_EQ(ledger.untilDue(kImage), 300s);
  EXPECT_FALSE(ledger.entry(kImage).rearmed);
}

}  // namespace
}  // namespace holdfast::retry
