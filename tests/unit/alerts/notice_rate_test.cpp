// SPDX-License-Identifier: Apache-2.0
#include "alerts/notice_rate.hpp"

#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

namespace holdfast::alerts {
namespace {

struct Rate : ::testing::Test {
  [[nodiscard]] bool take(const char* notifier = "ops") {
    return rate.take(notifier, time.now.boot);
  }
  void exhaust() {
    for (int i = 0; i < kBurst; ++i)
      EXPECT_TRUE(take());
  }
  [[nodiscard]] model::BootTime freeAt() const { return rate.freeAt("ops", time.now.boot); }
  Time time;
  NoticeRate rate;
};

TEST_F(Rate, FiveAtOnceThenOneInEachInterval) {
  exhaust();
  EXPECT_FALSE(take());
  time.pass(kRefill - 1ms);
  EXPECT_FALSE(take());
  time.pass(1ms);
  EXPECT_TRUE(take());
  EXPECT_FALSE(take());
}

TEST_F(Rate, QuietGivesBackTheBurstAndNoMore) {
  exhaust();
  time.pass(24h);
  exhaust();
  EXPECT_FALSE(take());
}

TEST_F(Rate, IsEachReceiversOwn) {
  exhaust();
  EXPECT_TRUE(take("site"));
}

TEST_F(Rate, SaysWhenTheNextPlaceIsFree) {
  EXPECT_EQ(freeAt(), model::BootTime::min()) << "it was told nothing yet";
  exhaust();
  const auto next = time.now.boot + kRefill;
  time.pass(10s);
  EXPECT_EQ(freeAt(), next);
  time.pass(20s);
  EXPECT_EQ(freeAt(), model::BootTime::min());
}

// A part of an interval that went by before a notice counts for the next place.
TEST_F(Rate, PartsOfAnIntervalAreNotLost) {
  exhaust();
  time.pass(kRefill + 10s);
  EXPECT_TRUE(take());
  time.pass(20s);
  EXPECT_TRUE(take());
}

}  // namespace
}  // namespace holdfast::alerts
