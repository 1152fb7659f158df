// SPDX-License-Identifier: Apache-2.0
#include "alerts/silence.hpp"

#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

namespace holdfast::alerts {
namespace {

class Silencing : public ::testing::Test {
 protected:
  Silence add(const char* match, model::Milliseconds length) {
    return *silences_.add(model::AlertMatcher::parse(match).matcher, length, "", ++number_,
                          time_.now);
  }
  Time time_;
  Silences silences_;
  std::uint64_t number_ = 0;
};

TEST_F(Silencing, HoldsForWhatItMatchesUntilItExpires) {
  const auto silence = add("service=web", 1h);
  EXPECT_EQ(silence.endsAt, time_.now.wall + 1h);
  EXPECT_TRUE(silences_.silenced(firing(AlertType::CrashLoop, "web", time_.now)));
  EXPECT_FALSE(silences_.silenced(firing(AlertType::CrashLoop, "db", time_.now)));
  EXPECT_EQ(silences_.nextWake(), time_.now.boot + 1h);
  time_.pass(1h - 1ms);
  EXPECT_TRUE(silences_.expire(time_.now.boot).empty());
  time_.pass(1ms);
  EXPECT_EQ(silences_.expire(time_.now.boot), std::vector{silence.id});
  EXPECT_FALSE(silences_.silenced(firing(AlertType::CrashLoop, "web", time_.now)));
}

TEST_F(Silencing, AJumpOfTheWallClockEndsNothing) {
  add("service=web", 1h);
  time_.now.wall += std::chrono::hours{10'000};
  EXPECT_TRUE(silences_.expire(time_.now.boot).empty());
}

TEST_F(Silencing, CanBeTakenBack) {
  const auto silence = add("", 1h);
  EXPECT_TRUE(silences_.remove(silence.id));
  EXPECT_FALSE(silences_.remove(silence.id));
  EXPECT_TRUE(silences_.all().empty());
}

struct RestartCase {
  const char* what;
  std::chrono::minutes wallPassed;
  std::chrono::minutes left;  // 0: over
};

class AfterRestart : public Silencing, public ::testing::WithParamInterface<RestartCase> {};

TEST_P(AfterRestart, WhatIsLeftIsNeverLongerThanTheWhole) {
  auto silence = add("service=web", 1h);
  time_.now.wall += GetParam().wallPassed;
  time_.now.boot = model::BootTime{1s};  // another boot
  silence.until = {};
  Silences after;
  after.restore({silence}, time_.now);
  const auto over = after.expire(time_.now.boot);
  EXPECT_EQ(over.empty(), GetParam().left.count() > 0);
  if (GetParam().left.count() > 0) {
    EXPECT_EQ(after.nextWake(), time_.now.boot + GetParam().left);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, AfterRestart,
    ::testing::Values(RestartCase{"half", std::chrono::minutes{30}, std::chrono::minutes{30}},
                      RestartCase{"over", std::chrono::minutes{60}, std::chrono::minutes{0}},
                      RestartCase{"clockLost", -std::chrono::minutes{26'000'000},
                                  std::chrono::minutes{60}}),
    [](const auto& row) { return std::string(row.param.what); });

TEST_F(Silencing, AreBounded) {
  for (std::size_t i = 0; i < kMaxSilences; ++i)
    add("", 1h);
  EXPECT_EQ(silences_.all().size(), kMaxSilences) << "each has an id of its own";
  EXPECT_FALSE(silences_.add({}, 1h, "", 0, time_.now));
}

}  // namespace
}  // namespace holdfast::alerts
