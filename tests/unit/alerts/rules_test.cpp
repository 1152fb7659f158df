// SPDX-License-Identifier: Apache-2.0
// When each alert begins, one table for each type (docs/alerting.md "What fires when").
#include "alerts/rules.hpp"

#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace holdfast::alerts {
namespace {

class Rules : public ::testing::Test {
 protected:
  Assessment assessed(const engine::ServiceView& view) {
    snapshot_ = device({view}, time_.now);
    return assessed();
  }

  Assessment assessed() {
    situation_.snapshot = &snapshot_;
    situation_.now = time_.now;
    return assess(situation_, exits_);
  }

  // The finding of that type; nothing when there is none.
  static std::optional<Finding> of(const Assessment& assessment, AlertType type) {
    for (const Finding& finding : assessment.findings) {
      if (finding.type == type)
        return finding;
    }
    return std::nullopt;
  }

  Time time_;
  engine::Snapshot snapshot_ = device({}, time_.now);
  Situation situation_;
  ExitCounter exits_;
};

struct LadderCase {
  const char* what;
  const char* key;
  int retryCount;
  ErrorClass errorClass;
  AlertType type;
  Standing standing;
};

class Ladders : public Rules, public ::testing::WithParamInterface<LadderCase> {};

TEST_P(Ladders, FireAsTheTableSays) {
  auto view = serviceNamed("web");
  view.ledger.push_back(
      ladder(GetParam().key, GetParam().retryCount, GetParam().errorClass, time_.now));
  const auto finding = of(assessed(view), GetParam().type);
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->standing, GetParam().standing);
  EXPECT_EQ(finding->since, view.ledger.front().since);
  EXPECT_EQ(finding->subject.service, "web");
  EXPECT_EQ(finding->facts.retryCount, GetParam().retryCount);
}

constexpr const char* kPull = "image:docker:web:1";
constexpr const char* kStart = "start:1001/web";

INSTANTIATE_TEST_SUITE_P(
    Table, Ladders,
    ::testing::Values(LadderCase{"notFound", kPull, 1, ErrorClass::NotFound,
                                 AlertType::ImagePullFailed, Standing::Firing},
                      LadderCase{"denied", kPull, 1, ErrorClass::Denied, AlertType::ImagePullFailed,
                                 Standing::Firing},
                      LadderCase{"invalid", kPull, 0, ErrorClass::Invalid,
                                 AlertType::ImagePullFailed, Standing::Firing},
                      LadderCase{"transient1", kPull, 1, ErrorClass::Transient,
                                 AlertType::ImagePullFailed, Standing::Pending},
                      LadderCase{"transient2", kPull, 2, ErrorClass::Transient,
                                 AlertType::ImagePullFailed, Standing::Pending},
                      LadderCase{"transient3", kPull, 3, ErrorClass::Transient,
                                 AlertType::ImagePullFailed, Standing::Firing},
                      LadderCase{"rateLimited", kPull, 2, ErrorClass::RateLimited,
                                 AlertType::ImagePullFailed, Standing::Pending},
                      LadderCase{"startInvalid", kStart, 0, ErrorClass::Invalid,
                                 AlertType::StartFailed, Standing::Firing},
                      LadderCase{"startRejected", kStart, 1, ErrorClass::Rejected,
                                 AlertType::StartFailed, Standing::Firing},
                      LadderCase{"startConflict2", kStart, 2, ErrorClass::Conflict,
                                 AlertType::StartFailed, Standing::Pending},
                      LadderCase{"startConflict3", kStart, 3, ErrorClass::Conflict,
                                 AlertType::StartFailed, Standing::Firing},
                      LadderCase{"startNotFound", kStart, 1, ErrorClass::NotFound,
                                 AlertType::StartFailed, Standing::Pending}),
    [](const auto& row) { return std::string(row.param.what); });

TEST_F(Rules, APullThatFailsWhileTheOldContainerRunsIsAWarning) {
  auto view = serviceNamed("web");
  view.ledger.push_back(ladder(kPull, 1, ErrorClass::NotFound, time_.now));
  EXPECT_EQ(of(assessed(view), AlertType::ImagePullFailed)->facts.severity, Severity::Error);
  view.status.startedAt = time_.now.wall;  // ready or not
  EXPECT_EQ(of(assessed(view), AlertType::ImagePullFailed)->facts.severity, Severity::Warning);
}

TEST_F(Rules, AProbeThatFailsFiresUntilItHasSucceeded) {
  auto view = serviceNamed("web");
  view.status.containerId = "abc";
  view.status.probes.emplace();
  auto& liveness = view.status.probes->liveness.emplace();
  EXPECT_EQ(of(assessed(view), AlertType::ProbeFailed)->standing, Standing::Sustains)
      << "nothing is known of this run: an alert that fires goes on";
  liveness.failing = true;
  liveness.streak = 3;
  liveness.lastOutput = "connection refused";
  liveness.lastTime = time_.now.wall - 2s;
  const auto finding = of(assessed(view), AlertType::ProbeFailed);
  EXPECT_EQ(finding->standing, Standing::Firing);
  EXPECT_EQ(finding->facts.severity, Severity::Error);
  EXPECT_EQ(finding->facts.message, "liveness probe failed: connection refused");
  EXPECT_EQ(finding->facts.count, 3);
  EXPECT_EQ(finding->subject.probe, "liveness");
  EXPECT_EQ(finding->since, time_.now.wall - 2s);
  EXPECT_EQ(finding->episode, "abc") << "another container is another matter";
  liveness.failing = false;
  liveness.succeeded = true;
  EXPECT_FALSE(of(assessed(view), AlertType::ProbeFailed));

  view.status.probes->readiness.emplace().failing = true;
  EXPECT_EQ(of(assessed(view), AlertType::ProbeFailed)->facts.severity, Severity::Warning);
  view.status.state = "stopped";
  EXPECT_FALSE(of(assessed(view), AlertType::ProbeFailed));
}

TEST_F(Rules, AnExhaustedLadderIsCriticalAndNamesItself) {
  for (const auto& [key, name] :
       {std::pair(kPull, "image"), {kStart, "start"}, {"crash:1001/web", "crash"}}) {
    auto view = serviceNamed("web");
    view.ledger.push_back(ladder(key, 10, ErrorClass::Transient, time_.now));
    EXPECT_EQ(of(assessed(view), AlertType::MaxRetriesExceeded)->standing, Standing::Sustains);
    view.ledger.front().exhausted = true;
    view.ledger.front().due.reset();
    const auto finding = of(assessed(view), AlertType::MaxRetriesExceeded);
    EXPECT_EQ(finding->standing, Standing::Firing);
    EXPECT_EQ(finding->facts.severity, Severity::Critical);
    EXPECT_EQ(finding->facts.count, 11);
    EXPECT_EQ(finding->subject.ladder, name);
    EXPECT_FALSE(finding->facts.nextRetry);
  }
}

TEST_F(Rules, ASingleAttemptAfterGivingUpIsTheSameAlert) {
  auto view = serviceNamed("web");
  view.ledger.push_back(ladder(kPull, 10, ErrorClass::Transient, time_.now));
  view.ledger.front().rearmed = true;
  EXPECT_EQ(of(assessed(view), AlertType::MaxRetriesExceeded)->standing, Standing::Firing);
}

TEST_F(Rules, ATargetAtFaultFiresAtOnceWithoutALadder) {
  auto view = serviceNamed("web");
  model::StatusError error;
  error.type = "ErrImagePull";
  error.reason = "ErrImageNeverPull";
  error.message = "image 'web:1' is not present";
  error.errorClass = "invalid";
  error.since = time_.now.wall - 5s;
  view.status.error = error;
  const auto pull = of(assessed(view), AlertType::ImagePullFailed);
  ASSERT_TRUE(pull);
  EXPECT_EQ(pull->standing, Standing::Firing);
  EXPECT_EQ(pull->facts.reason, "ErrImageNeverPull");
  EXPECT_EQ(pull->since, error.since);

  view.status.error->type = "StartFailure";
  const auto assessment = assessed(view);
  EXPECT_TRUE(of(assessment, AlertType::StartFailed));
  EXPECT_FALSE(of(assessment, AlertType::ImagePullFailed));
}

TEST_F(Rules, APauseOfTheRegistryIsNoFailureOfTheService) {
  auto view = serviceNamed("web");
  view.status.error = model::StatusError{.type = "ImagePullBackOff",
                                         .reason = "RegistryRateLimited",
                                         .message = {},
                                         .errorClass = "rate_limited",
                                         .timestamp = {},
                                         .nextRetry = {},
                                         .since = {},
                                         .firstError = {}};
  EXPECT_TRUE(assessed(view).findings.empty());
}

TEST_F(Rules, WhatIsMeantToStopFailsAtNothing) {
  auto view = serviceNamed("web");
  view.ledger.push_back(ladder(kPull, 10, ErrorClass::NotFound, time_.now));
  view.status.override_ = "stopped";
  EXPECT_TRUE(assessed(view).findings.empty());
  view.status.override_.reset();
  view.status.state = "stopped";
  EXPECT_TRUE(assessed(view).findings.empty());
}

// ---- crash loops
// ---------------------------------------------------------------------------------

class Crashes : public Rules {
 protected:
  // The container ended once more, `after` the last time.
  Standing exit(model::Milliseconds after) {
    time_.pass(after);
    auto view = serviceNamed("web");
    ++count_;
    auto entry = ladder("crash:1001/web", count_, ErrorClass::Transient, time_.now);
    entry.since = first_;
    entry.delay = delay_;
    view.ledger.push_back(entry);
    view.status.lastState = model::LastState{137, "OOMKilled", {}, {}};
    return of(assessed(view), AlertType::CrashLoop)->standing;
  }

  int count_ = 0;
  model::Milliseconds delay_{10'000};
  model::WallTime first_ = time_.now.wall;
};

TEST_F(Crashes, FiveExitsInTenMinutesAreALoop) {
  EXPECT_EQ(exit(0s), Standing::Pending);
  EXPECT_EQ(exit(150s), Standing::Pending);
  EXPECT_EQ(exit(150s), Standing::Pending);
  EXPECT_EQ(exit(150s), Standing::Pending);
  EXPECT_EQ(exit(150s), Standing::Firing);
}

TEST_F(Crashes, FiveExitsInLongerAreNone) {
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(exit(150s), Standing::Pending);
  EXPECT_EQ(exit(151s), Standing::Pending) << "the first was 601 s before";
  EXPECT_EQ(exit(100s), Standing::Firing) << "the second was 551 s before";
}

TEST_F(Crashes, TheLongestBackOffIsALoopHoweverRareTheExits) {
  EXPECT_EQ(exit(1h), Standing::Pending);
  delay_ = 300s;
  EXPECT_EQ(exit(1h), Standing::Firing);
}

TEST_F(Crashes, LooksWithoutAnExitCountNothing) {
  exit(0s);
  for (int i = 0; i < 10; ++i) {
    --count_;
    EXPECT_EQ(exit(1s), Standing::Pending);
  }
}

TEST_F(Crashes, AfterARestartOfTheAgentTheWholeLadderTells) {
  count_ = 4;
  time_.pass(500s);
  EXPECT_EQ(exit(0s), Standing::Firing) << "five exits, 500 s between first and last";
}

TEST_F(Crashes, AfterARestartSlowExitsOfBeforeAreNotCounted) {
  count_ = 4;
  time_.pass(700s);
  EXPECT_EQ(exit(0s), Standing::Pending);
}

TEST_F(Crashes, SayHowItEnded) {
  exit(0s);
  auto view = serviceNamed("web");
  view.ledger.push_back(ladder("crash:1001/web", 1, ErrorClass::Transient, time_.now));
  view.status.lastState = model::LastState{137, "OOMKilled", {}, {}};
  const auto finding = of(assessed(view), AlertType::CrashLoop);
  EXPECT_EQ(finding->facts.exitCode, 137);
  EXPECT_EQ(finding->facts.reason, "OOMKilled");
  EXPECT_EQ(finding->facts.severity, Severity::Critical);
}

// ---- engines, plugins, receivers
// -----------------------------------------------------------------

TEST_F(Rules, AnEngineIsMissedAfterAMinute) {
  auto& docker = snapshot_.runtimes.front();
  EXPECT_TRUE(assessed().findings.empty());
  docker.available = false;
  EXPECT_EQ(of(assessed(), AlertType::EngineUnavailable)->standing, Standing::Sustains)
      << "nobody asked it yet";
  docker.retry = ladder("engine:docker", 1, ErrorClass::Unavailable, time_.now);
  docker.problem = "connection refused";
  const auto finding = of(assessed(), AlertType::EngineUnavailable);
  EXPECT_EQ(finding->standing, Standing::Firing);
  EXPECT_EQ(finding->holdFor, 60s);
  EXPECT_EQ(finding->facts.severity, Severity::Critical);
  EXPECT_EQ(finding->facts.message, "connection refused");
}

TEST_F(Rules, NothingIsKnownOfServicesWhoseEngineWasNotLookedAt) {
  const auto view = serviceNamed("web");
  EXPECT_TRUE(assessed(view).unknownServices.empty());
  snapshot_.runtimes.front().observedAt.reset();
  EXPECT_EQ(assessed().unknownServices, std::set<std::string>{"1001/web"});
}

TEST_F(Rules, APluginAtFaultIsAnError) {
  situation_.plugins.push_back({"webhook", "PluginStuck", "a call does not return"});
  const auto finding = of(assessed(), AlertType::PluginFailed);
  EXPECT_EQ(finding->standing, Standing::Firing);
  EXPECT_EQ(finding->facts.severity, Severity::Error);
  EXPECT_EQ(finding->subject.plugin, "webhook");
  EXPECT_EQ(finding->facts.reason, "PluginStuck");
}

TEST_F(Rules, AReceiverFailsWithTheFifthDelivery) {
  situation_.notifiers = {{.name = "ops", .ladder = {}, .switchedOff = {}}};
  EXPECT_TRUE(assessed().findings.empty());
  for (int failures = 1; failures <= 5; ++failures) {
    situation_.notifiers[0].ladder =
        ladder("notify:ops", failures, ErrorClass::Transient, time_.now);
    const auto finding = of(assessed(), AlertType::NotifierFailing);
    EXPECT_EQ(finding->standing, failures < 5 ? Standing::Pending : Standing::Firing);
    EXPECT_EQ(finding->facts.severity, Severity::Warning);
  }
}

TEST_F(Rules, AReceiverThatWantsNoneFailsAtOnce) {
  situation_.notifiers = {{.name = "ops", .ladder = {}, .switchedOff = "410 Gone"}};
  const auto finding = of(assessed(), AlertType::NotifierFailing);
  EXPECT_EQ(finding->standing, Standing::Firing);
  EXPECT_EQ(finding->facts.reason, "SwitchedOff");
  EXPECT_EQ(finding->facts.message, "410 Gone");
}

TEST_F(Rules, CutsWhatIsTooLong) {
  auto view = serviceNamed("web");
  view.ledger.push_back(ladder(kPull, 1, ErrorClass::NotFound, time_.now));
  view.ledger.front().latest.message = std::string(2'000, 'x');
  EXPECT_EQ(of(assessed(view), AlertType::ImagePullFailed)->facts.message.size(), kMaxAlertMessage);
}

}  // namespace
}  // namespace holdfast::alerts
