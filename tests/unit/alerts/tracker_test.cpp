// SPDX-License-Identifier: Apache-2.0
#include "alerts/tracker.hpp"

#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

namespace holdfast::alerts {
namespace {

class Tracking : public ::testing::Test {
 protected:
  Finding found(AlertType type = AlertType::ImagePullFailed,
                Standing standing = Standing::Firing) const {
    Finding finding;
    finding.type = type;
    finding.subject.appId = "1001";
    finding.subject.appName = "app1001";
    finding.subject.service = "web";
    finding.subject.runtime = "docker";
    finding.standing = standing;
    finding.since = began_;
    finding.episode = "first";
    return finding;
  }

  std::vector<model::Alert> apply(std::vector<Finding> findings) {
    return tracker_.apply({std::move(findings), unknown_}, time_.now);
  }

  const model::Alert& only() {
    alerts_ = tracker_.alerts();
    EXPECT_EQ(alerts_.size(), 1U);
    return alerts_.begin()->second;
  }

  Time time_;
  model::WallTime began_ = time_.now.wall - 60s;
  std::set<std::string> unknown_;
  Tracker tracker_;
  AlertMap alerts_;
};

TEST_F(Tracking, FromPendingToFiringToResolved) {
  EXPECT_TRUE(apply({found(AlertType::ImagePullFailed, Standing::Pending)}).empty());
  EXPECT_EQ(only().state, AlertState::Pending);
  time_.pass(10s);
  EXPECT_TRUE(apply({found()}).empty());
  EXPECT_EQ(only().state, AlertState::Firing);
  EXPECT_EQ(only().startsAt, began_);
  time_.pass(30s);
  const auto over = apply({});
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0].state, AlertState::Resolved);
  EXPECT_EQ(over[0].startsAt, began_);
  EXPECT_EQ(over[0].endsAt, time_.now.wall);
  EXPECT_EQ(over[0].lasted, 100s);
  EXPECT_TRUE(tracker_.alerts().empty());
}

TEST_F(Tracking, WhatNeverFiredIsNotResolved) {
  apply({found(AlertType::ImagePullFailed, Standing::Pending)});
  EXPECT_TRUE(apply({}).empty());
}

TEST_F(Tracking, AnAlertGoesOnWhileItsCauseIsThere) {
  apply({found()});
  EXPECT_TRUE(apply({found(AlertType::ImagePullFailed, Standing::Pending)}).empty());
  EXPECT_EQ(only().state, AlertState::Firing);
  auto sustained = found(AlertType::ImagePullFailed, Standing::Sustains);
  EXPECT_TRUE(apply({sustained}).empty());
  EXPECT_EQ(only().state, AlertState::Firing);
}

TEST_F(Tracking, WhatOnlySustainsBeginsNothing) {
  apply({found(AlertType::MaxRetriesExceeded, Standing::Sustains)});
  EXPECT_TRUE(tracker_.alerts().empty());
}

TEST_F(Tracking, AnotherEpisodeIsAnotherAlert) {
  apply({found()});
  auto next = found();
  next.episode = "second";
  next.since = time_.now.wall;
  const auto over = apply({next});
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0].startsAt, began_);
  EXPECT_EQ(only().startsAt, time_.now.wall);
}

TEST_F(Tracking, FiresAfterItsTimeAndNotBefore) {
  auto engine = found(AlertType::EngineUnavailable);
  engine.holdFor = 60s;
  apply({engine});
  EXPECT_EQ(only().state, AlertState::Pending);
  EXPECT_EQ(tracker_.nextWake(), time_.now.boot + 60s);
  time_.pass(59'999ms);
  apply({engine});
  EXPECT_EQ(only().state, AlertState::Pending);
  time_.pass(1ms);
  apply({engine});
  EXPECT_EQ(only().state, AlertState::Firing);
  EXPECT_FALSE(tracker_.nextWake());
}

TEST_F(Tracking, OfWhatIsNotKnownNothingIsResolved) {
  apply({found()});
  unknown_ = {"1001/web"};
  EXPECT_TRUE(apply({}).empty());
  EXPECT_EQ(only().state, AlertState::Firing);
  unknown_.clear();
  EXPECT_EQ(apply({}).size(), 1U);
}

TEST_F(Tracking, BeginAndIdentitySurviveARestart) {
  apply({found()});
  const auto changes = tracker_.takeChanges();
  ASSERT_EQ(changes.changed.size(), 1U);
  const auto& [id, kept] = *changes.changed.begin();

  tracker_ = Tracker();
  tracker_.restore({kept});
  time_.pass(1h);
  EXPECT_TRUE(apply({found()}).empty());
  EXPECT_EQ(only().startsAt, began_);
  EXPECT_EQ(model::fingerprint(only()), id);
  const auto over = apply({});
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0].lasted, 1h + 60s);
}

TEST_F(Tracking, EndsWhileTheAgentWasAwayAreSeenAtTheNextStart) {
  KeptAlert kept{firing(AlertType::CrashLoop, "web", time_.now), "first"};
  tracker_.restore({kept});
  EXPECT_EQ(apply({}).size(), 1U);
}

TEST_F(Tracking, AClockThatIsSetMeanwhileDoesNotMakeTheAlertYearsLong) {
  began_ = model::WallTime{10s};
  time_.now.wall = model::WallTime{10s};
  apply({found()});
  time_.pass(30s);
  time_.now.wall += std::chrono::hours{24 * 365 * 50};
  EXPECT_EQ(apply({})[0].lasted, 30s);
}

TEST_F(Tracking, NothingIsStoredWhileNothingChanges) {
  apply({found(AlertType::ImagePullFailed, Standing::Pending)});
  EXPECT_TRUE(tracker_.takeChanges().changed.empty()) << "pending ones are not kept";
  apply({found()});
  EXPECT_EQ(tracker_.takeChanges().changed.size(), 1U);
  auto again = found();
  again.facts.retryCount = 4;
  again.facts.nextRetry = time_.now.wall;
  apply({again});
  EXPECT_EQ(only().facts.retryCount, 4) << "shown";
  EXPECT_TRUE(tracker_.takeChanges().changed.empty()) << "not stored";
  again.facts.severity = Severity::Critical;
  apply({again});
  EXPECT_EQ(tracker_.takeChanges().changed.size(), 1U);
  apply({});
  const auto changes = tracker_.takeChanges();
  EXPECT_TRUE(changes.changed.empty());
  EXPECT_EQ(changes.gone.size(), 1U);
  EXPECT_TRUE(tracker_.takeChanges().gone.empty());
}

// ---- inhibition
// ----------------------------------------------------------------------------------

struct InhibitionCase {
  const char* ladder;
  AlertType root;
  bool inhibited;
};

class Inhibiting : public Tracking, public ::testing::WithParamInterface<InhibitionCase> {};

TEST_P(Inhibiting, GivingUpHidesWhatItGrewFrom) {
  auto source = found(AlertType::MaxRetriesExceeded);
  source.subject.ladder = GetParam().ladder;
  const auto target = found(GetParam().root);
  apply({source, target});
  EXPECT_EQ(tracker_.inhibited().size(), GetParam().inhibited ? 1U : 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Inhibiting,
    ::testing::Values(InhibitionCase{"image", AlertType::ImagePullFailed, true},
                      InhibitionCase{"start", AlertType::StartFailed, true},
                      InhibitionCase{"crash", AlertType::CrashLoop, true},
                      InhibitionCase{"image", AlertType::StartFailed, false},
                      InhibitionCase{"start", AlertType::CrashLoop, false},
                      InhibitionCase{"crash", AlertType::ImagePullFailed, false}));

TEST_F(Tracking, GivingUpHidesNothingOfAnotherService) {
  auto source = found(AlertType::MaxRetriesExceeded);
  source.subject.ladder = "image";
  source.subject.service = "other";
  apply({source, found()});
  EXPECT_TRUE(tracker_.inhibited().empty());
}

TEST_F(Tracking, AnEngineThatIsDownHidesItsServicesFromTheStart) {
  Finding engine;
  engine.type = AlertType::EngineUnavailable;
  engine.subject.runtime = "docker";
  engine.holdFor = 60s;
  auto elsewhere = found(AlertType::CrashLoop);
  elsewhere.subject.service = "db";
  elsewhere.subject.runtime = "podman";
  apply({engine, found(), elsewhere});
  const auto inhibited = tracker_.inhibited();
  ASSERT_EQ(inhibited.size(), 1U);
  EXPECT_EQ(tracker_.alerts().at(*inhibited.begin()).subject.service, "web");
}

}  // namespace
}  // namespace holdfast::alerts
