// SPDX-License-Identifier: Apache-2.0
#include "probes/tick_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

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
  plan.plan(idOf(1), kBegin + 2s, 0ms);
  plan.plan(idOf(2), kBegin + 1s, 0ms);
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
  plan.plan(idOf(1), kBegin + 5s, 0ms);
  plan.plan(idOf(1), kBegin + 1s, 0ms);
  EXPECT_TRUE(plan.takeDue(kBegin + 9s));
  EXPECT_FALSE(plan.takeDue(kBegin + 9s));
  plan.plan(idOf(1), kBegin + 1s, 0ms);
  plan.forget(idOf(1));
  plan.forget(idOf(1));
  EXPECT_EQ(plan.next(), BootTime::max());
}

TEST(TickPlan, LeavesATickWhereItWasWantedWhileThereIsRoom) {
  TickPlan plan;
  plan.plan(idOf(1), kBegin + 37ms, 500ms);
  EXPECT_EQ(plan.next(), kBegin + 37ms);
}

TEST(TickPlan, MovesATickWithinItsSlackOnly) {
  TickPlan plan;
  for (int number = 0; number < 100; ++number)
    plan.plan(idOf(number), kBegin, 100ms);
  std::map<BootTime, int> ticks;
  while (const auto tick = plan.takeDue(kBegin + 10s))
    ++ticks[tick->at];
  EXPECT_EQ(ticks.size(), 3U);  // slots of 50 ms, the last one at its beginning
  for (const auto& [at, count] : ticks) {
    EXPECT_LE(at, kBegin + 100ms);
    EXPECT_NEAR(count, 33, 1);
  }
}

TEST(TickPlan, ASlackIsATenthOfThePeriodAndHalfASecondAtMost) {
  EXPECT_EQ(TickPlan::slackOf(1s), 100ms);
  EXPECT_EQ(TickPlan::slackOf(10s), 500ms);
}

TEST(TickPlan, AHundredProbesThatBeganTogetherFireApartSoonAndForGood) {
  constexpr int kProbes = 100;
  constexpr Milliseconds kPeriod{10s};
  TickPlan plan;
  for (int number = 0; number < kProbes; ++number)
    plan.plan(idOf(number), kBegin, TickPlan::slackOf(kPeriod));
  std::vector<BootTime> fired;
  std::map<TickPlan::Id, BootTime> before;
  Milliseconds latest{0};
  for (BootTime now = kBegin; now < kBegin + 400s; now = plan.next()) {
    while (const auto tick = plan.takeDue(now)) {
      if (before.count(tick->id) != 0)
        latest = std::max(latest, tick->at - before[tick->id] - kPeriod);
      before[tick->id] = tick->at;
      if (now >= kBegin + 300s)
        fired.push_back(now);
      plan.plan(tick->id, tick->at + kPeriod, TickPlan::slackOf(kPeriod));
    }
  }
  EXPECT_LE(latest, 500ms);
  EXPECT_EQ(fired.size(), kProbes * 10U);
  int together = 0;
  for (std::size_t at = 0; at < fired.size(); ++at) {
    const auto end = std::upper_bound(fired.begin(), fired.end(), fired[at] + 99ms);
    together = std::max(together, static_cast<int>(end - fired.begin()) - static_cast<int>(at));
  }
  EXPECT_LE(together, 3) << "within a tenth of a second";
}

}  // namespace
}  // namespace holdfast::probes
