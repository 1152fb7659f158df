// SPDX-License-Identifier: Apache-2.0
#include "retry/policy.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <climits>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::retry {
namespace {

using namespace std::chrono_literals;

std::vector<Milliseconds> ladder(const Policy& policy, int retries, double random = 0) {
  std::vector<Milliseconds> delays;
  for (int retry = 1; retry <= retries; ++retry) {
    delays.push_back(delayBefore(policy, retry, random));
  }
  return delays;
}

TEST(DelayBefore, DoublesToTheCap) {
  const std::vector<Milliseconds> expected{10s, 20s, 40s, 80s, 160s, 300s, 300s};
  EXPECT_EQ(ladder(Policies{}.image, 7), expected);
  EXPECT_EQ(ladder(Policies{}.start, 7), expected);
}

TEST(DelayBefore, BeginsAtOnceForCrashes) {
  const std::vector<Milliseconds> expected{0s, 10s, 20s, 40s, 80s, 160s, 300s, 300s};
  EXPECT_EQ(ladder(Policies{}.crash, 8), expected);
}

TEST(DelayBefore, ClimbsTheOtherLaddersOfTheTable) {
  EXPECT_EQ(ladder(Policies{}.engine, 6), (std::vector<Milliseconds>{1s, 2s, 4s, 8s, 16s, 30s}));
  EXPECT_EQ(ladder(Policies{}.notify, 6),
            (std::vector<Milliseconds>{5s, 15s, 45s, 135s, 405s, 900s}));
  EXPECT_EQ(ladder(Policies{}.cloud, 10),
            (std::vector<Milliseconds>{1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s}));
  EXPECT_EQ(ladder(Policies{}.cloudSetup, 4),
            (std::vector<Milliseconds>{6min, 12min, 24min, 30min}));
}

TEST(DelayBefore, TakesTheRandomShareOff) {
  Policy policy{.jitter = 1};
  EXPECT_EQ(delayBefore(policy, 1, 0.0), 10s);
  EXPECT_EQ(delayBefore(policy, 1, 0.25), 7500ms);
  policy.jitter = 0.5;
  EXPECT_EQ(delayBefore(policy, 1, 0.25), 8750ms);
  policy.jitter = 0;
  EXPECT_EQ(delayBefore(policy, 1, 0.25), 10s);
}

TEST(DelayBefore, StaysAtTheCapForEver) {
  EXPECT_EQ(delayBefore(Policy{}, 100'000, 0), 300s);
  EXPECT_EQ(delayBefore(Policy{}, INT_MAX, 0), 300s);
}

TEST(DelayBefore, LetsTheCapWinOverTheFirstDelay) {
  EXPECT_EQ(delayBefore(Policy{.max = 5s}, 1, 0), 5s);
}

TEST(DelayBefore, CountsTheFirstAttemptAsTheFirstRetry) {
  EXPECT_EQ(delayBefore(Policy{}, 0, 0), 10s);
}

TEST(FamilyOf, ReadsTheWordBeforeTheColon) {
  EXPECT_EQ(familyOf("image:docker:busybox"), Family::Image);
  EXPECT_EQ(familyOf("start:a/b"), Family::Start);
  EXPECT_EQ(familyOf("start:network:docker:x"), Family::Start);
  EXPECT_EQ(familyOf("crash:a/b"), Family::Crash);
  EXPECT_EQ(familyOf("engine:docker"), Family::Engine);
  EXPECT_EQ(familyOf("notify:ops"), Family::Notify);
  EXPECT_EQ(familyOf("cloud:report"), Family::Cloud);
  EXPECT_EQ(familyOf("cloud:register"), Family::CloudSetup);
  EXPECT_EQ(familyOf("cloud:keyExchange"), Family::CloudSetup);
}

TEST(FamilyOf, KnowsNothingElse) {
  for (const char* key : {"", ":", "image", "images:x", "Image:x", " image:x"}) {
    EXPECT_FALSE(familyOf(key)) << key;
  }
}

TEST(Policies, AreTheTable) {
  const Policies policies;
  EXPECT_EQ(policies.of("image:docker:x").maxRetries, 10);
  EXPECT_EQ(policies.of("start:a/b").maxRetries, 10);
  EXPECT_EQ(policies.of("crash:a/b").maxRetries, 0);
  EXPECT_EQ(policies.of("crash:a/b").resetAfter, 600s);
  EXPECT_EQ(policies.of("engine:docker").initial, 1s);
  EXPECT_EQ(policies.of("notify:ops").factor, 3);
  EXPECT_EQ(policies.of("notify:ops").jitter, 1);
  EXPECT_EQ(policies.of("cloud:report").max, 300s);
  EXPECT_EQ(policies.of("cloud:register").initial, 360s);
  EXPECT_EQ(policies.rearmAfter, 1h);
}

TEST(Policies, RefuseAKeyOfNoFamily) {
  EXPECT_THROW(static_cast<void>(Policies{}.of("probe:x")), std::invalid_argument);
}

}  // namespace
}  // namespace holdfast::retry
