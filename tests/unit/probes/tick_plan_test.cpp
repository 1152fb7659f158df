// SPDX-License-Identifier: Apache-2.0
#include "probes/tick_plan.hpp"

#include <gtest/gtest.h>

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

TEST(TickPlan, HasRoomAnywhereWhileItIsEmpty) {
  EXPECT_EQ(TickPlan().roomiest(kBegin, 10s), 0s);
}

TEST(TickPlan, HasMostRoomInTheMiddleOfTheWidestGap) {
  TickPlan plan;
  plan.plan(idOf(1), kBegin + 1s);
  plan.plan(idOf(2), kBegin + 2s);
  plan.plan(idOf(3), kBegin + 7s);
  plan.plan(idOf(4), kBegin + 15s);  // is not within the period
  EXPECT_EQ(plan.roomiest(kBegin, 10s), 4'500ms);
}

TEST(TickPlan, TakesTheNextPeriodForTheSame) {
  TickPlan plan;
  plan.plan(idOf(1), kBegin + 1s);
  plan.plan(idOf(2), kBegin + 2s);
  EXPECT_EQ(plan.roomiest(kBegin, 10s), 6'500ms);
  plan.plan(idOf(1), kBegin + 8s);
  plan.plan(idOf(2), kBegin + 9s);
  EXPECT_EQ(plan.roomiest(kBegin, 10s), 3'500ms);
}

TEST(TickPlan, ATickAdvancesToWhereThereIsRoom) {
  TickPlan plan;
  plan.plan(idOf(1), kBegin + 10s);
  plan.advance(idOf(1), kBegin);
  EXPECT_EQ(plan.next(), kBegin + 10s) << "there are no others";
  plan.plan(idOf(2), kBegin + 9s);
  plan.advance(idOf(1), kBegin);
  EXPECT_EQ(plan.next(), kBegin + 4s);
  plan.advance(idOf(1), kBegin + 4s);
  plan.advance(idOf(7), kBegin);
  EXPECT_EQ(plan.next(), kBegin + 4s) << "it is due, and the other one unknown";
}

TEST(TickPlan, AHundredThatAdvanceAreApart) {
  TickPlan plan;
  for (int number = 0; number < 100; ++number)
    plan.plan(idOf(number), kBegin + 10s);
  for (int number = 0; number < 100; ++number)
    plan.advance(idOf(number), kBegin);
  BootTime before{};
  for (int number = 0; number < 99; ++number) {
    const auto tick = plan.takeDue(kBegin + 10s);
    ASSERT_TRUE(tick);
    EXPECT_GE(tick->at - before, 50ms);
    before = tick->at;
  }
}

}  // namespace
}  // namespace holdfast::probes
