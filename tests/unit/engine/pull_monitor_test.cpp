// SPDX-License-Identifier: Apache-2.0
#include "engine/pull_monitor.hpp"

#include <gtest/gtest.h>

namespace holdfast::engine {
namespace {

using model::BootTime;
using model::Milliseconds;

BootTime at(long seconds) {
  return BootTime(Milliseconds(seconds * 1000));
}

PullProgress bytes(std::int64_t done) {
  return {.doneBytes = done, .phase = "downloading"};
}

TEST(PullMonitorTest, BytesAndPhasesAreProgressAndLinesAreNot) {
  PullMonitor monitor({});
  monitor.started("a", at(0));
  monitor.progressed("a", bytes(1), at(100));
  monitor.progressed("a", bytes(1), at(200));  // the same again
  EXPECT_TRUE(monitor.judge(at(219)).empty());
  const auto verdicts = monitor.judge(at(220));
  ASSERT_EQ(1u, verdicts.size());
  EXPECT_EQ("a", verdicts[0].pull);
  EXPECT_EQ("no progress for 2m", verdicts[0].reason);
  EXPECT_TRUE(monitor.judge(at(400)).empty());  // named once
}

TEST(PullMonitorTest, AnEngineThatRetriesByItselfGetsLonger) {
  PullMonitor monitor({});
  monitor.started("a", at(0));
  monitor.progressed("a", {.retrying = true, .phase = "retrying"}, at(0));
  EXPECT_TRUE(monitor.judge(at(329)).empty());
  EXPECT_EQ(1u, monitor.judge(at(330)).size());
}

TEST(PullMonitorTest, BothLimitsFollowTheConfiguration) {
  PullMonitor monitor({});
  monitor.setStall(Milliseconds(8'000));
  monitor.started("a", at(0));
  monitor.started("b", at(0));
  monitor.progressed("b", {.retrying = true, .phase = "resolving"}, at(0));
  EXPECT_EQ(1u, monitor.judge(at(8)).size());
  EXPECT_TRUE(monitor.judge(at(21)).empty());
  EXPECT_EQ(1u, monitor.judge(at(22)).size());
}

TEST(PullMonitorTest, WaitingForASlotIsNoStall) {
  PullMonitor monitor({});
  monitor.started("a", at(0));
  for (long second = 0; second < 1000; ++second) {
    monitor.progressed("a", {.waiting = true, .phase = "waiting"}, at(second));
    EXPECT_TRUE(monitor.judge(at(second)).empty());
  }
}

TEST(PullMonitorTest, AStalledPullGivesItsPlaceFree) {
  PullMonitor monitor({});
  monitor.started("a", at(0));
  EXPECT_EQ(1, monitor.occupied(at(4)));
  EXPECT_EQ(0, monitor.occupied(at(5)));
  EXPECT_EQ(at(5), monitor.nextWake(at(0)));
  monitor.progressed("a", bytes(7), at(6));
  EXPECT_EQ(1, monitor.occupied(at(6)));
}

TEST(PullMonitorTest, TheLongestStalledPullYieldsItsSlotsToOneThatCanOnlyWait) {
  PullMonitor monitor({});
  monitor.started("older", at(0));
  monitor.started("newer", at(1));
  monitor.started("waiter", at(2));
  monitor.progressed("older", bytes(1), at(2));
  monitor.progressed("newer", bytes(1), at(3));
  EXPECT_TRUE(monitor.judge(at(20)).empty());  // nobody waits
  monitor.progressed("waiter", {.waiting = true, .phase = "waiting"}, at(20));
  const auto verdicts = monitor.judge(at(20));
  ASSERT_EQ(1u, verdicts.size());
  EXPECT_EQ("older", verdicts[0].pull);
}

// Docker's word for it can be lost.
TEST(PullMonitorTest, APullThatHasBeenQueuedForLongIsTakenToWait) {
  PullMonitor monitor({});
  for (const auto* pull : {"resolving", "queued", "stalled"})
    monitor.started(pull, at(0));
  monitor.progressed("resolving", {.phase = "resolving"}, at(0));
  monitor.progressed("queued", {.phase = "queued"}, at(1));
  monitor.progressed("stalled", bytes(1), at(2));
  EXPECT_TRUE(monitor.judge(at(20)).empty());
  EXPECT_EQ(at(21), monitor.nextWake(at(20)));
  const auto verdicts = monitor.judge(at(21));
  ASSERT_EQ(1u, verdicts.size());
  EXPECT_EQ("stalled", verdicts[0].pull);
  monitor.ended("stalled");
  EXPECT_TRUE(monitor.judge(at(119)).empty());  // nobody else is in its way
  EXPECT_EQ(2u, monitor.judge(at(121)).size());
}

TEST(PullMonitorTest, OfTwoThatAreQueuedForLongTheOlderYields) {
  PullMonitor monitor({});
  for (const auto& [pull, since] : {std::pair("b", 0), std::pair("a", 5)}) {
    monitor.started(pull, at(since));
    monitor.progressed(pull, {.phase = "queued"}, at(since));
  }
  EXPECT_TRUE(monitor.judge(at(19)).empty());
  EXPECT_TRUE(monitor.judge(at(24)).empty());
  const auto verdicts = monitor.judge(at(25));
  ASSERT_EQ(1u, verdicts.size());
  EXPECT_EQ("b", verdicts[0].pull);
}

}  // namespace
}  // namespace holdfast::engine
