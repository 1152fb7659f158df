// SPDX-License-Identifier: Apache-2.0
// Days of a device, with its clocks, its time zone and its power in the test's hand.
#include "alerts/summary.hpp"

#include "alerts/records.hpp"
#include "unit/alerts/samples.hpp"
#include "unit/alerts/zones.hpp"

#include <gmock/gmock.h>

namespace holdfast::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// 07:00 UTC without jitter, and something to say on each day, unless a test wants otherwise.
class DailySummaryTest : public ::testing::Test {
 protected:
  DailySummaryTest() {
    settings_.at = 7h;
    settings_.sendWhenEmpty = true;
    settings_.offset = utc();
    time_.now.wall = at("2025-10-24T06:00:00Z");
    start();
  }

  void start() {
    std::vector<Trouble> troubles;
    for (const auto& [key, text] : troubles_)
      troubles.push_back(troubleOf(text).value());
    summary_ = std::make_unique<DailySummary>(settings_);
    summary_->restore(period_.empty() ? std::nullopt : keptPeriodOf(period_), std::move(troubles),
                      time_.now);
    unknown_.clear();
    pulls_ = {};
  }

  // As at a power cut: the monotonic clock starts anew, the wall clock shows `wakesUpAt`.
  void powerCut(model::WallTime wakesUpAt) {
    time_.now = {.boot = model::BootTime{20s}, .wall = wakesUpAt};
    start();
  }

  // One round of the agent.
  void round() {
    auto snapshot = device(services_, time_.now);
    snapshot.owner = "9c41";
    snapshot.pulls = pulls_;
    summary_->look(snapshot, alerts_, unknown_, time_.now);
    if (auto report = summary_->takeDue(silenced_, time_.now)) {
      told_.push_back(*report);
      toldAt_.push_back(model::toRfc3339(time_.now.wall));
    }
    const auto changes = summary_->takeChanges();
    writes_ += static_cast<int>(changes.troubles.size()) + (changes.periodChanged ? 1 : 0);
    if (changes.periodChanged)
      period_ = changes.period ? toText(*changes.period) : "";
    for (const auto& [key, trouble] : changes.troubles) {
      troubles_.erase(key);
      if (trouble != nullptr)
        troubles_.emplace(key, toText(*trouble));
    }
  }

  // Rounds at every resync, and when one is due.
  void pass(model::Milliseconds time) {
    for (const auto end = time_.now.boot + time; time_.now.boot < end;) {
      round();
      const auto wake = summary_->nextWake(time_.now).value_or(end);
      time_.pass(std::clamp(wake - time_.now.boot, model::Milliseconds{1},
                            std::min<model::Milliseconds>(5min, end - time_.now.boot)));
    }
    round();
  }

  // The wall clock is set.
  void setClock(const char* to) { time_.now.wall = at(to); }

  engine::ServiceView broken(const char* name = "web") const {
    auto view = serviceNamed(name);
    view.status.serviceStatus = model::ServiceStatusWord::Error;
    view.ledger.push_back(ladder("image:docker:web:1", 1, ErrorClass::NotFound, time_.now));
    view.status.error = model::StatusError{};
    view.status.error->message = "manifest unknown";
    view.status.error->since = time_.now.wall;
    return view;
  }

  Time time_;
  SummarySettings settings_;
  std::unique_ptr<DailySummary> summary_;
  std::string period_;
  std::map<std::string, std::string> troubles_;
  std::vector<engine::ServiceView> services_{serviceNamed("web"), serviceNamed("db")};
  AlertMap alerts_;
  std::set<std::string> unknown_;
  engine::PullCounts pulls_;
  bool silenced_ = false;
  std::vector<SummaryReport> told_;
  std::vector<std::string> toldAt_;
  int writes_ = 0;
};

TEST_F(DailySummaryTest, ComesOnceADayAtItsHour) {
  pass(72h);
  EXPECT_THAT(toldAt_, ElementsAre("2025-10-24T07:00:00.000Z", "2025-10-25T07:00:00.000Z",
                                   "2025-10-26T07:00:00.000Z"));
  EXPECT_EQ(told_[1].from, at("2025-10-24T07:00:00Z"));
  EXPECT_EQ(told_[1].to, at("2025-10-25T07:00:00Z"));
}

TEST_F(DailySummaryTest, ComesLaterByTheDevicesJitter) {
  settings_.jitter = 1h;
  start();
  pass(48h);
  const auto shift = jitterOf("9c41", 1h);
  ASSERT_THAT(told_, SizeIs(2));
  EXPECT_EQ(told_[0].to, at("2025-10-24T07:00:00Z") + shift);
  EXPECT_EQ(told_[1].to, at("2025-10-25T07:00:00Z") + shift);
}

TEST_F(DailySummaryTest, OnADayWithNothingToSayThereIsNone) {
  settings_.sendWhenEmpty = false;
  start();
  pass(25h);
  services_[0] = broken();
  pass(1h);
  services_[0] = serviceNamed("web");
  pass(71h);
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_EQ(told_[0].to, at("2025-10-26T07:00:00Z"));
  EXPECT_EQ(told_[0].from, at("2025-10-25T07:00:00Z")) << "the quiet day is over";
}

TEST_F(DailySummaryTest, SaysWhatFailsAndForHowLong) {
  services_[0] = broken();
  services_[0].ledger.clear();
  round();
  services_[0] = broken();
  pass(5h);
  ASSERT_THAT(told_, SizeIs(1));
  ASSERT_THAT(told_[0].failing, SizeIs(1));
  EXPECT_EQ(told_[0].failing[0].name, "app1001/web");
  EXPECT_EQ(told_[0].failing[0].lasting, 1h);
  EXPECT_EQ(told_[0].failing[0].what, "manifest unknown");
}

TEST_F(DailySummaryTest, SaysWhatHealedWasRestartedAndPulled) {
  round();
  services_[0] = broken();
  pulls_ = {.succeeded = 0, .failed = 2};
  pass(10min);
  services_[0] = serviceNamed("web");
  services_[1].status.restartCount = 3;
  pulls_ = {.succeeded = 1, .failed = 2};
  pass(2h);
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_THAT(told_[0].failing, IsEmpty());
  ASSERT_THAT(told_[0].healed, SizeIs(2));
  EXPECT_EQ(told_[0].healed[0].name, "app1001/web");
  EXPECT_EQ(told_[0].healed[0].failures, 1);
  EXPECT_EQ(told_[0].healed[1].restarts, 3);
  EXPECT_EQ(told_[0].restarts, 3);
  EXPECT_EQ(told_[0].pulls, 1);
  EXPECT_EQ(told_[0].failedPulls, 2);
  pass(24h);
  EXPECT_TRUE(told_[1].empty()) << "counted once";
}

TEST_F(DailySummaryTest, AnAlertOfTheDeviceItselfIsPartOfIt) {
  model::Alert alert;
  alert.type = AlertType::EngineUnavailable;
  alert.state = AlertState::Firing;
  alert.subject.runtime = "docker";
  alert.facts.message = "no answer";
  round();
  alert.startsAt = time_.now.wall;
  alerts_.emplace(model::fingerprint(alert), alert);
  pass(10min);
  alerts_.clear();
  pass(2h);
  ASSERT_THAT(told_[0].healed, SizeIs(1));
  EXPECT_EQ(told_[0].healed[0].name, "EngineUnavailable engine docker");
  EXPECT_EQ(told_[0].healed[0].cause, "no answer");
}

TEST_F(DailySummaryTest, ARunningServiceWhoseAlertFiresIsNotHealed) {
  const auto alert = firing(AlertType::CrashLoop, "web", time_.now);
  alerts_.emplace(model::fingerprint(alert), alert);
  pass(2h);
  EXPECT_THAT(told_[0].failing, SizeIs(1));
}

TEST_F(DailySummaryTest, ADeviceThatWasOffAtTheHourSendsItOnceWhenItIsBack) {
  pass(2h);
  services_[0] = broken();
  pass(1h);
  const auto failed = services_[0];
  powerCut(at("2025-10-25T19:40:00Z"));
  services_[0] = failed;
  pass(30min);
  ASSERT_THAT(told_, SizeIs(2));
  EXPECT_EQ(told_[1].from, at("2025-10-24T07:00:00Z"));
  EXPECT_EQ(told_[1].to, at("2025-10-25T19:40:00Z"));
  EXPECT_EQ(told_[1].due, at("2025-10-25T07:00:00Z"));
  EXPECT_EQ(told_[1].failing.at(0).failures, 1);
  pass(24h);
  ASSERT_THAT(told_, SizeIs(3)) << "the next one comes at its hour again";
  EXPECT_EQ(told_[2].to, at("2025-10-26T07:00:00Z"));
}

TEST_F(DailySummaryTest, ADeviceThatWasOffForDaysSendsOne) {
  pass(2h);
  powerCut(at("2025-10-30T12:00:00Z"));
  pass(1h);
  EXPECT_THAT(told_, SizeIs(2));
}

TEST_F(DailySummaryTest, RestartsBetweenMakeNeitherASecondNorNone) {
  for (int hour = 0; hour < 72; ++hour) {
    pass(59min + 59s);
    time_.pass(1s);
    start();
  }
  EXPECT_THAT(toldAt_, SizeIs(3));
}

TEST_F(DailySummaryTest, AfterAStartItWaitsForTheFirstLookAtTheEngines) {
  pass(2h);
  powerCut(at("2025-10-25T12:00:00Z"));
  unknown_ = {"1001/web"};
  pass(30s);
  EXPECT_THAT(told_, SizeIs(1));
  unknown_.clear();
  round();
  EXPECT_THAT(told_, SizeIs(2));
  powerCut(at("2025-10-26T12:00:00Z"));
  unknown_ = {"1001/web"};
  pass(kFirstLook - 20s);
  EXPECT_THAT(told_, SizeIs(2));
  pass(20s);
  EXPECT_THAT(told_, SizeIs(3)) << "an engine that does not answer holds nothing up for ever";
}

TEST_F(DailySummaryTest, AClockThatGoesBackOverTheHourTellsNoSecond) {
  pass(65min);
  setClock("2025-10-24T06:30:00Z");
  pass(23h);
  EXPECT_THAT(told_, SizeIs(1));
  pass(2h);
  EXPECT_THAT(toldAt_, ElementsAre("2025-10-24T07:00:00.000Z", "2025-10-25T07:00:00.000Z"));
}

TEST_F(DailySummaryTest, AClockThatGoesBackByDaysStillTellsOneADay) {
  pass(65min);
  setClock("2025-10-20T07:05:00Z");
  pass(48h);
  EXPECT_THAT(toldAt_, ElementsAre("2025-10-24T07:00:00.000Z", "2025-10-21T07:00:00.000Z",
                                   "2025-10-22T07:00:00.000Z"));
}

TEST_F(DailySummaryTest, AClockThatGoesForwardOverTheHourTellsOne) {
  pass(30min);
  setClock("2025-10-24T09:00:00Z");
  pass(1h);
  EXPECT_THAT(toldAt_, SizeIs(1));
  pass(24h);
  EXPECT_THAT(toldAt_, SizeIs(2));
}

TEST_F(DailySummaryTest, AClockThatGoesForwardByDaysTellsNoSecond) {
  pass(2h);
  setClock("2025-11-03T08:00:00Z");
  pass(1h);
  EXPECT_THAT(told_, SizeIs(1));
  pass(24h);
  ASSERT_THAT(toldAt_, SizeIs(2));
  EXPECT_EQ(toldAt_[1], "2025-11-04T07:00:00.000Z");
}

TEST_F(DailySummaryTest, AClockThatIsUnsetAfterAPowerCutMissesNoHour) {
  pass(2h);
  powerCut(model::WallTime{40s});
  pass(10min);
  EXPECT_THAT(told_, SizeIs(1)) << "nobody knows the hour";
  setClock("2025-10-25T07:30:00Z");
  pass(10min);
  EXPECT_THAT(told_, SizeIs(2));
  pass(24h);
  EXPECT_THAT(told_, SizeIs(3));
}

TEST_F(DailySummaryTest, ASavedClockThatIsBehindAfterAPowerCutMissesNoHour) {
  pass(2h);
  powerCut(at("2025-10-24T08:00:00Z"));
  pass(10min);
  setClock("2025-10-26T12:00:00Z");
  pass(10min);
  EXPECT_THAT(told_, SizeIs(2));
}

TEST_F(DailySummaryTest, AClockThatWasFarAheadBeforeAPowerCutHoldsItUpForADayAndAHalfAtMost) {
  setClock("2061-01-01T06:30:00Z");
  pass(1h);
  EXPECT_THAT(told_, SizeIs(1));
  powerCut(at("2025-10-25T06:30:00Z"));
  pass(36h);
  ASSERT_THAT(told_, SizeIs(2));
  EXPECT_EQ(toldAt_[1], "2025-10-26T07:00:00.000Z");
}

TEST_F(DailySummaryTest, OneOnEachDayOverBothChangesOfTheClocks) {
  settings_.offset = berlin();
  settings_.at = 2h + 30min;
  for (const char* from : {"2025-03-28T12:00:00Z", "2025-10-24T12:00:00Z"}) {
    setClock(from);
    period_.clear();
    told_.clear();
    start();
    pass(96h);
    EXPECT_THAT(told_, SizeIs(4)) << from;
  }
}

TEST_F(DailySummaryTest, AnotherHourOnTheSameDayMakesNoSecondWithinHalfADay) {
  pass(2h);
  settings_.at = 9h;
  summary_->reconfigure(settings_);
  pass(3h);
  EXPECT_THAT(told_, SizeIs(1));
  pass(24h);
  ASSERT_THAT(toldAt_, SizeIs(2));
  EXPECT_EQ(toldAt_[1], "2025-10-25T09:00:00.000Z");
}

TEST_F(DailySummaryTest, ASilenceLeavesItOutAndThePeriodGoesOn) {
  round();
  services_[0] = broken();
  round();
  silenced_ = true;
  pass(2h);
  EXPECT_THAT(told_, IsEmpty());
  silenced_ = false;
  pass(24h);
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_EQ(told_[0].from, at("2025-10-24T06:00:00Z"));
  EXPECT_EQ(told_[0].failing.at(0).failures, 1);
}

TEST_F(DailySummaryTest, WithoutAnHourNothingIsCountedOrKept) {
  services_[0] = broken();
  round();
  EXPECT_FALSE(period_.empty());
  EXPECT_FALSE(troubles_.empty());
  settings_.at.reset();
  summary_->reconfigure(settings_);
  pass(48h);
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_TRUE(period_.empty());
  EXPECT_TRUE(troubles_.empty());
  EXPECT_EQ(summary_->nextWake(time_.now), std::nullopt);
}

TEST_F(DailySummaryTest, SwitchedOffOverARestartForgetsWhatWasKept) {
  services_[0] = broken();
  round();
  settings_.at.reset();
  start();
  round();
  EXPECT_TRUE(period_.empty());
  EXPECT_TRUE(troubles_.empty());
}

TEST_F(DailySummaryTest, WritesNothingWhileNothingChanges) {
  services_.clear();
  for (int i = 0; i < 20; ++i)
    services_.push_back(serviceNamed("s" + std::to_string(i)));
  round();
  EXPECT_EQ(writes_, 1) << "when the period began";
  pass(55min);
  EXPECT_EQ(writes_, 1);
  pass(10min);
  EXPECT_EQ(writes_, 2) << "a new period";
}

TEST_F(DailySummaryTest, SaysWhenTheNextOneIsDue) {
  EXPECT_EQ(summary_->next(time_.now), std::nullopt);
  round();
  EXPECT_EQ(summary_->next(time_.now), at("2025-10-24T07:00:00Z"));
  EXPECT_EQ(summary_->nextWake(time_.now), time_.now.boot + 1h);
}

}  // namespace
}  // namespace holdfast::alerts
