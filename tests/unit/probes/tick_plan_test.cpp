// SPDX-License-Identifier: Apache-2.0
#include "probes/tick_plan.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace holdfast::probes {
namespace {

using namespace std::chrono_literals;
using engine::ProbeKind;
using model::BootTime;
using model::Milliseconds;

TickPlan::Id idOf(int number) {
  return {"app/" + std::to_string(number), ProbeKind::Liveness};
}

const BootTime kBegin{Milliseconds(3'600'000)};

TEST(TickPlan, GivesTicksOutWhenTheyAreDueTheEarliestFirst) {
  TickPlan plan;
  plan.plan(idOf(1), kBegin + 2s);
  plan.plan(idOf(2), kBegin + 1s);
  EXPECT_EQ(plan.next(), kBegin + 1s);
  EXPECT_FALSE(plan.takeDue(kBegin + 999ms));
  auto tick = plan.takeDue(kBegin + 3s);
  ASSERT_TRUE(tick);
  EXPECT_EQ(tick->id, idOf(2));
  EXPECT_EQ(tick->at, kBegin + 1s);
  EXPECT_FALSE(plan.holds(idOf(2)));
  tick = plan.takeDue(kBegin + 3s);
  ASSERT_TRUE(tick);
  EXPECT_EQ(tick->id, idOf(1));
  EXPECT_EQ(plan.next(), BootTime::max());
}

TEST(TickPlan, HasOneTickForEachProbe) {
  TickPlan plan;
  plan.plan(idOf(1), kBegin + 5s);
  plan.plan(idOf(1), kBegin + 1s);
  EXPECT_TRUE(plan.takeDue(kBegin + 9s));
  EXPECT_FALSE(plan.takeDue(kBegin + 9s));
  plan.plan(idOf(1), kBegin + 1s);
  plan.forget(idOf(1));
  plan.forget(idOf(1));
  EXPECT_EQ(plan.next(), BootTime::max());
}

TEST(TickPlan, HasRoomAtOnceWhileItIsEmpty) {
  TickPlan plan;
  plan.planWithin(idOf(1), kBegin + 17ms, 10s);
  EXPECT_EQ(plan.next(), kBegin + 17ms);
}

TEST(TickPlan, HasRoomInTheFirstStepWithTheFewestTicks) {
  TickPlan plan;
  plan.plan(idOf(1), kBegin);
  plan.plan(idOf(2), kBegin + 300ms);
  plan.plan(idOf(3), kBegin + 499ms);
  plan.planWithin(idOf(4), kBegin, 10s);
  EXPECT_TRUE(plan.takeDue(kBegin + 300ms));
  EXPECT_TRUE(plan.takeDue(kBegin + 300ms));
  plan.forget(idOf(3));
  EXPECT_EQ(plan.next(), kBegin + 500ms);
}

TEST(TickPlan, HasNoRoomBeyondThePeriod) {
  TickPlan plan;
  plan.plan(idOf(1), kBegin);
  plan.plan(idOf(2), kBegin + 250ms);
  plan.plan(idOf(3), kBegin + 260ms);
  plan.planWithin(idOf(4), kBegin + 1ms, 500ms);
  plan.forget(idOf(1));
  EXPECT_EQ(plan.next(), kBegin + 1ms);
}

TEST(TickPlan, ATickAdvancesToTheNextStepThatHasRoom) {
  TickPlan plan;
  plan.plan(idOf(1), kBegin + 10s + 30ms);
  plan.advance(idOf(1), kBegin);
  EXPECT_EQ(plan.next(), kBegin + 10s + 30ms) << "nobody else comes then";
  plan.plan(idOf(2), kBegin + 10s);
  plan.plan(idOf(3), kBegin + 10s);
  plan.plan(idOf(4), kBegin + 9'800ms);
  plan.advance(idOf(1), kBegin);
  EXPECT_EQ(plan.next(), kBegin + 9'500ms);
  plan.advance(idOf(1), kBegin + 9'500ms);
  plan.advance(idOf(7), kBegin);
  EXPECT_EQ(plan.next(), kBegin + 9'500ms) << "it is due, and the other one unknown";
}

TEST(TickPlan, AHundredThatAdvanceAreSpread) {
  TickPlan plan;
  for (int number = 0; number < 100; ++number)
    plan.plan(idOf(number), kBegin + 10s);
  for (int number = 0; number < 100; ++number)
    plan.advance(idOf(number), kBegin);
  std::map<BootTime, int> together;
  while (const auto tick = plan.takeDue(kBegin + 10s))
    ++together[tick->at];
  EXPECT_EQ(together.size(), 40U);  // each step of a period
  for (const auto& [at, count] : together)
    EXPECT_LE(count, 3);
}

}  // namespace
}  // namespace holdfast::probes
