// SPDX-License-Identifier: Apache-2.0
#include "alerts/summary_book.hpp"

#include "alerts/records.hpp"
#include "unit/alerts/samples.hpp"

#include <gmock/gmock.h>

namespace holdfast::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SummaryBookTest : public ::testing::Test {
 protected:
  static Condition healthy(const std::string& key = "1001/web") {
    Condition condition;
    condition.key = key;
    condition.name = "app" + key;
    return condition;
  }

  // It failed just now.
  Condition failing(const std::string& what = "it failed",
                    const std::string& key = "1001/web") const {
    Condition condition = healthy(key);
    condition.failing = true;
    condition.since = began_;
    condition.what = what;
    condition.failures["image"] = {time_.now.wall, what};
    return condition;
  }

  void look(const std::vector<Condition>& conditions, const std::set<std::string>& unknown = {}) {
    book_.look(conditions, unknown, time_.now);
    for (const auto& [key, trouble] : book_.takeChanges()) {
      ++writes_;
      kept_.erase(key);
      if (trouble != nullptr)
        kept_.emplace(key, toText(*trouble));
    }
  }

  void kill() {
    std::vector<Trouble> kept;
    for (const auto& [key, text] : kept_)
      kept.push_back(troubleOf(text).value());
    book_ = SummaryBook();
    book_.restore(std::move(kept), time_.now);
  }

  SummaryReport report() const {
    SummaryReport report;
    book_.report(report, time_.now);
    return report;
  }

  Time time_;
  model::WallTime began_ = time_.now.wall;
  SummaryBook book_;
  std::map<std::string, std::string> kept_;
  int writes_ = 0;
};

TEST_F(SummaryBookTest, CountsEachFailureOnceHoweverOftenItIsSeen) {
  look({failing()});
  const Condition first = failing();
  look({first});
  look({first});
  time_.pass(10s);
  look({failing()});
  ASSERT_EQ(report().failing.size(), 1U);
  EXPECT_EQ(report().failing[0].failures, 2);
  EXPECT_EQ(report().failing[0].lasting, 10s);
  EXPECT_EQ(report().failing[0].what, "it failed");
}

TEST_F(SummaryBookTest, WhatHealedSaysWhenAndMostlyWhy) {
  for (const char* what : {"timeout after 3s", "denied", "timeout after 17s"}) {
    look({failing(what)});
    time_.pass(10s);
  }
  look({healthy()});
  EXPECT_THAT(report().failing, IsEmpty());
  EXPECT_THAT(report().healed, ElementsAre(SummaryReport::Healed{.name = "app1001/web",
                                                                 .failures = 3,
                                                                 .restarts = 0,
                                                                 .first = began_,
                                                                 .last = began_ + 20s,
                                                                 .cause = "timeout after 17s",
                                                                 .causeCount = 2}));
}

TEST_F(SummaryBookTest, ARefusalWithoutALadderIsOneFailure) {
  Condition refused = failing("no such network");
  refused.failures.clear();
  look({refused});
  look({refused});
  EXPECT_EQ(report().failing.at(0).failures, 1);
  look({healthy()});
  look({refused});
  EXPECT_EQ(report().failing.at(0).failures, 2);
}

TEST_F(SummaryBookTest, RestartsAreCountedOverANewContainer) {
  Condition service = healthy();
  for (const int count : {0, 2, 3, 0, 1}) {  // 0: another container
    service.restartCount = count;
    look({service});
  }
  EXPECT_EQ(report().restarts, 4);
  EXPECT_EQ(report().healed.at(0).restarts, 4);
  EXPECT_EQ(report().healed.at(0).failures, 0);
}

TEST_F(SummaryBookTest, SurvivesAKillAndCountsNothingTwice) {
  Condition now = failing();
  now.restartCount = 2;
  look({now});
  kill();
  time_.pass(1h);
  const int writes = writes_;
  look({now});
  EXPECT_EQ(writes_, writes) << "nothing is new";
  EXPECT_EQ(report().failing.at(0).failures, 1);
  EXPECT_EQ(report().failing.at(0).restarts, 2);
  EXPECT_EQ(report().failing.at(0).lasting, 1h);
  time_.pass(10s);
  look({failing()});
  EXPECT_EQ(report().failing.at(0).failures, 2);
}

TEST_F(SummaryBookTest, WhatWasSoAtTheBeginningIsNoNews) {
  book_.begin();
  Condition now = failing();
  now.restartCount = 7;
  Condition later = failing("later", "1001/db");
  look({now}, {"1001/db"});
  look({now, later});  // its engine was looked at now
  EXPECT_EQ(report().restarts, 0);
  EXPECT_EQ(report().failing.at(0).failures, 0);
  EXPECT_EQ(report().failing.at(1).failures, 0);
  time_.pass(10s);
  look({failing(), later});
  EXPECT_EQ(report().failing.at(1).failures + report().failing.at(0).failures, 1);
}

TEST_F(SummaryBookTest, OfAnUnknownServiceNothingChanges) {
  look({failing()});
  look({healthy()}, {"1001/web"});
  look({}, {"1001/web"});
  EXPECT_EQ(report().failing.size(), 1U);
}

TEST_F(SummaryBookTest, ARemovedServiceIsToldAndForgotten) {
  look({failing()});
  look({});
  EXPECT_EQ(report().healed.size(), 1U);
  book_.startPeriod();
  look({});
  EXPECT_TRUE(kept_.empty());
}

TEST_F(SummaryBookTest, ANewPeriodStartsFromZeroWithWhatStillFails) {
  Condition now = failing();
  now.restartCount = 3;
  look({now, failing("x", "1001/db")});
  look({now, healthy("1001/db")});
  book_.startPeriod();
  look({now, healthy("1001/db")});
  EXPECT_THAT(report().healed, IsEmpty());
  EXPECT_EQ(report().failing.at(0).failures, 0);
  EXPECT_EQ(report().restarts, 0);
  EXPECT_EQ(kept_.size(), 1U);
  time_.pass(24h);
  EXPECT_EQ(report().failing.at(0).lasting, 24h);
}

TEST_F(SummaryBookTest, SteadyServicesAreNotKept) {
  std::vector<Condition> steady;
  for (int i = 0; i < 20; ++i)
    steady.push_back(healthy("1001/s" + std::to_string(i)));
  look(steady);
  look(steady);
  EXPECT_EQ(writes_, 0);
}

TEST_F(SummaryBookTest, AClockThatIsSetDoesNotStretchALength) {
  time_.now.wall = model::WallTime{5s};  // it was never set
  Condition now = failing();
  now.since = time_.now.wall;
  look({now});
  time_.pass(10min);
  time_.now.wall = began_;
  look({now});
  EXPECT_EQ(report().failing.at(0).lasting, 10min);
  time_.now.wall = began_ - 24h;
  EXPECT_EQ(report().failing.at(0).lasting, 10min);
}

TEST_F(SummaryBookTest, IsBounded) {
  std::vector<Condition> many;
  for (std::size_t i = 0; i < kMaxTroubles + 100; ++i)
    many.push_back(failing(std::string(5'000, 'x'), "1001/s" + std::to_string(i)));
  look(many);
  EXPECT_EQ(kept_.size(), kMaxTroubles);
  EXPECT_EQ(report().failing.size(), kMaxReported);
  EXPECT_EQ(report().failingLeftOut, static_cast<int>(kMaxTroubles - kMaxReported));
  const char* words[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  for (const char* word : words) {
    time_.pass(1s);
    look({failing(word, "1001/s0")});
  }
  const Trouble kept = troubleOf(kept_.at("1001/s0")).value();
  EXPECT_EQ(kept.causes.size(), kMaxCauses);
  EXPECT_EQ(kept.failures, 11);
  for (const Cause& cause : kept.causes)
    EXPECT_LE(cause.text.size(), kMaxCauseText);
}

TEST_F(SummaryBookTest, ClearingForgetsOnDiskAsWell) {
  look({failing()});
  book_.clear();
  look({});
  EXPECT_TRUE(kept_.empty());
}

TEST(Shape, LeavesOutWordsWithDigits) {
  EXPECT_EQ(shapeOf("timeout after 3s"), shapeOf("timeout after 17s"));
  EXPECT_EQ(shapeOf("layer sha256:0a1b2c"), "layer #:#");
  EXPECT_NE(shapeOf("exited with code 1 (Error)"), shapeOf("exited with code 137 (OOMKilled)"));
  EXPECT_EQ(shapeOf(""), "");
}

}  // namespace
}  // namespace holdfast::alerts
