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
  // One of an hour, of which 20 minutes have passed when the clock is set.
  void addBeforeTheClockIsSet() {
    const auto jump = time_.now.wall.time_since_epoch();
    time_.now.wall -= jump;
    add("service=web", 1h);
    time_.pass(20min);
    time_.now.wall += jump;
  }
  // As a kill and a start would, of this boot or, with another id, of a later one.
  std::vector<Silence> restart(const std::string& bootId = "boot") {
    std::vector<Silence> stored;
    for (const auto& [id, silence] : silences_.all())
      stored.push_back(silence);
    silences_ = Silences(bootId);
    return silences_.restore(std::move(stored), time_.now);
  }
  Time time_;
  Silences silences_{"boot"};
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

TEST_F(Silencing, NorDoesARestartAfterOneWithinTheSameBoot) {
  for (const auto jump : {std::chrono::hours{24 * 365 * 55}, -std::chrono::hours{24 * 365 * 55}}) {
    const auto silence = add("service=web", 1h);
    time_.pass(20min);
    time_.now.wall += jump;
    EXPECT_TRUE(restart().empty()) << "nothing new is to be stored";
    EXPECT_TRUE(silences_.expire(time_.now.boot).empty());
    EXPECT_EQ(silences_.nextWake(), time_.now.boot + 40min);
    EXPECT_TRUE(silences_.remove(silence.id));
    time_.now.wall -= jump;
  }
}

TEST_F(Silencing, GetsTheLabelsOfAClockThatWasSetSince) {
  addBeforeTheClockIsSet();
  const auto changed = restart();
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed[0].createdAt, time_.now.wall - 20min);
  EXPECT_EQ(changed[0].endsAt, time_.now.wall + 40min);
  EXPECT_EQ(silences_.nextWake(), time_.now.boot + 40min);
}

TEST_F(Silencing, CanBeTakenBack) {
  const auto silence = add("", 1h);
  EXPECT_TRUE(silences_.remove(silence.id));
  EXPECT_FALSE(silences_.remove(silence.id));
  EXPECT_TRUE(silences_.all().empty());
}

struct RebootCase {
  const char* what;
  std::chrono::minutes wallPassed;
  std::chrono::minutes left;  // 0: over
};

class AfterReboot : public Silencing, public ::testing::WithParamInterface<RebootCase> {};

TEST_P(AfterReboot, WhatIsLeftIsNeverLongerThanTheWhole) {
  add("service=web", 1h);
  time_.now.wall += GetParam().wallPassed;
  time_.now.boot = model::BootTime{1s};
  EXPECT_EQ(restart("another boot").size(), 1U) << "it is of the new boot from now on";
  const auto over = silences_.expire(time_.now.boot);
  EXPECT_EQ(over.empty(), GetParam().left.count() > 0);
  if (GetParam().left.count() > 0) {
    EXPECT_EQ(silences_.nextWake(), time_.now.boot + GetParam().left);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, AfterReboot,
    ::testing::Values(RebootCase{"half", std::chrono::minutes{30}, std::chrono::minutes{30}},
                      RebootCase{"over", std::chrono::minutes{60}, std::chrono::minutes{0}},
                      RebootCase{"clockLost", -std::chrono::minutes{26'000'000},
                                 std::chrono::minutes{60}}),
    [](const auto& row) { return std::string(row.param.what); });

TEST_F(Silencing, MadeUnderAClockThatWasNotSetTheWholeIsLeftAfterARebootButOnce) {
  addBeforeTheClockIsSet();
  restart("second boot");
  EXPECT_EQ(silences_.nextWake(), time_.now.boot + 1h);
  time_.pass(1h);
  restart("third boot");
  EXPECT_EQ(silences_.expire(time_.now.boot).size(), 1U);
}

TEST_F(Silencing, OfAnEarlierVersionAreJudgedByTheirLabels) {
  Silence silence = add("service=web", 1h);
  silence.bootId.clear();
  silence.until = {};
  time_.pass(20min);
  silences_ = Silences("boot");
  EXPECT_EQ(silences_.restore({silence}, time_.now).size(), 1U);
  EXPECT_EQ(silences_.nextWake(), time_.now.boot + 40min);
}

TEST_F(Silencing, AreBounded) {
  for (std::size_t i = 0; i < kMaxSilences; ++i)
    add("", 1h);
  EXPECT_EQ(silences_.all().size(), kMaxSilences) << "each has an id of its own";
  EXPECT_FALSE(silences_.add({}, 1h, "", 0, time_.now));
}

}  // namespace
}  // namespace holdfast::alerts
