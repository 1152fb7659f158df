// SPDX-License-Identifier: Apache-2.0
// The crash ladder against the kubelet's (pkg/kubelet/kuberuntime/kuberuntime_manager.go
// doBackOff): when a container starts again whose runs all last the same time.
#include "unit/retry/ledger.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace holdfast::retry {
namespace {

struct Runs {
  Milliseconds each;
  std::vector<Milliseconds> starts;  // of the restarts, from the first start
};

class KubeletLadder : public testing::TestWithParam<Runs> {};

TEST_P(KubeletLadder, StartsAtTheSameInstants) {
  Ledger ledger;
  const BootTime first = ledger.now.boot;
  std::vector<Milliseconds> starts;
  for (std::size_t restart = 0; restart < GetParam().starts.size(); ++restart) {
    ledger.pass(GetParam().each);
    ledger.manager.recordFailure(kCrash, failure(ErrorClass::Transient), ledger.now.boot,
                                 ledger.now, GetParam().each);
    ledger.passUntilDue(kCrash);
    starts.push_back(ledger.now.boot - first);
  }
  EXPECT_EQ(starts, GetParam().starts);
}

INSTANTIATE_TEST_SUITE_P(
    Runs, KubeletLadder,
    testing::Values(Runs{0s, {0s, 10s, 30s, 70s, 150s, 310s, 610s, 910s, 1210s}},
                    Runs{5s, {5s, 20s, 45s, 90s, 175s, 340s, 645s, 950s, 1255s}},
                    Runs{60s, {60s, 130s, 210s, 310s, 450s, 670s, 1030s, 1390s, 1750s}},
                    Runs{600s, {600s, 1210s, 1830s, 2470s}},    // exactly 600 s climbs
                    Runs{601s, {601s, 1202s, 1803s, 2404s}}));  // longer starts afresh

void crash(Ledger& ledger, Milliseconds ranFor) {
  ledger.pass(ranFor);
  ledger.manager.recordFailure(kCrash, failure(ErrorClass::Transient), ledger.now.boot, ledger.now,
                               ranFor);
}

TEST(CrashLadder, StartsAfreshOneMillisecondAfterTenMinutes) {
  Ledger ledger;
  for (int exit = 0; exit < 5; ++exit)
    crash(ledger, 1s);
  crash(ledger, 600s);
  EXPECT_EQ(ledger.entry(kCrash).retryCount, 6);
  EXPECT_EQ(ledger.entry(kCrash).delay, 160s);
  crash(ledger, 600s + 1ms);
  EXPECT_EQ(ledger.entry(kCrash).retryCount, 1);
  EXPECT_EQ(ledger.entry(kCrash).delay, 0s);
  EXPECT_EQ(ledger.entry(kCrash).since, ledger.now.wall) << "it is a new affair";
}

TEST(CrashLadder, CountsFromTheFinishTime) {
  Ledger ledger;
  crash(ledger, 1s);
  ledger.manager.recordFailure(kCrash, failure(ErrorClass::Transient), ledger.now.boot - 3s,
                               ledger.now, 1s);
  EXPECT_EQ(ledger.untilDue(kCrash), 7s);
}

TEST(CrashLadder, IsDueAtOnceWhenTheExitWasSeenLate) {
  Ledger ledger;
  crash(ledger, 1s);
  ledger.manager.recordFailure(kCrash, failure(ErrorClass::Transient), ledger.now.boot - 1h,
                               ledger.now, 1s);
  EXPECT_TRUE(ledger.manager.due(kCrash, ledger.now.boot));
}

TEST(CrashLadder, NeverGivesUp) {
  Ledger ledger;
  for (int exit = 0; exit < 100; ++exit) {
    crash(ledger, 1s);
    EXPECT_FALSE(ledger.entry(kCrash).exhausted);
  }
  EXPECT_EQ(ledger.entry(kCrash).maxRetries, 0);
}

TEST(CrashLadder, LeavesTheStartLadderAlone) {
  Ledger ledger;
  crash(ledger, 1s);
  crash(ledger, 1s);
  ledger.fail(kStart);
  EXPECT_EQ(ledger.entry(kCrash).retryCount, 2);
  EXPECT_EQ(ledger.entry(kStart).retryCount, 1);
  ledger.manager.recordSuccess(kStart);
  EXPECT_EQ(ledger.entry(kCrash).retryCount, 2) << "a start that works clears only start:";
}

TEST(CrashLadder, BeginsAtOnceAgainAfterAForcedRetry) {
  Ledger ledger;
  for (int exit = 0; exit < 6; ++exit)
    crash(ledger, 1s);
  ledger.manager.force(kCrash, ledger.now);
  EXPECT_TRUE(ledger.manager.due(kCrash, ledger.now.boot));
  crash(ledger, 1s);
  EXPECT_EQ(ledger.entry(kCrash).retryCount, 1);
  EXPECT_EQ(ledger.untilDue(kCrash), 0s);
  crash(ledger, 1s);
  EXPECT_EQ(ledger.untilDue(kCrash), 10s);
}

TEST(OnFailure, LimitsTheRestartsOfItsKeyAlone) {
  Ledger ledger;
  const auto exit = [&ledger](std::string_view key) {
    return ledger.manager.recordFailure(key, failure(ErrorClass::Transient), ledger.now.boot,
                                        ledger.now, 1s, 3);
  };
  for (int restart = 1; restart <= 3; ++restart) {
    EXPECT_FALSE(exit(kCrash).becameExhausted);
    EXPECT_EQ(ledger.entry(kCrash).retryCount, restart);
    EXPECT_EQ(ledger.entry(kCrash).maxRetries, 3);
    ledger.passUntilDue(kCrash);
  }
  EXPECT_TRUE(exit(kCrash).becameExhausted);
  EXPECT_FALSE(ledger.entry(kCrash).due);
  ledger.fail("crash:1001/other");
  EXPECT_EQ(ledger.entry("crash:1001/other").maxRetries, 0);
}

TEST(OnFailure, MeansNoLimitWithZero) {
  Ledger ledger;
  for (int exit = 0; exit < 30; ++exit) {
    ledger.manager.recordFailure(kCrash, failure(ErrorClass::Transient), ledger.now.boot,
                                 ledger.now, 1s, 0);
  }
  EXPECT_FALSE(ledger.entry(kCrash).exhausted);
}

TEST(OnFailure, IsNotRearmedByTime) {
  Ledger ledger;
  for (int exit = 0; exit < 2; ++exit) {
    ledger.manager.recordFailure(kCrash, failure(ErrorClass::Transient), ledger.now.boot,
                                 ledger.now, 1s, 1);
  }
  ASSERT_TRUE(ledger.entry(kCrash).exhausted);
  EXPECT_FALSE(ledger.manager.nextWake(ledger.now.boot));
  ledger.pass(48h);
  EXPECT_EQ(ledger.manager.rearmByAge(ledger.now), 0);
  EXPECT_EQ(ledger.manager.hostAnswered(kHost, ledger.now), 0);
}

}  // namespace
}  // namespace holdfast::retry
