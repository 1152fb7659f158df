// SPDX-License-Identifier: Apache-2.0
// The kubelet's rules for one probe, each as it stands in docs/probes.md.
#include "probes/worker.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast::probes {
namespace {

using namespace std::chrono_literals;
using enum ProbeResult;

constexpr ProbeKind kStartup = ProbeKind::Startup;
constexpr ProbeKind kLiveness = ProbeKind::Liveness;
constexpr ProbeKind kReadiness = ProbeKind::Readiness;

const model::WallTime kAt{1'761'300'900s};

model::Probe probeOf(int successes = 1, int failures = 3) {
  model::Probe probe;
  probe.successThreshold = successes;
  probe.failureThreshold = failures;
  return probe;
}

Sight running(const std::string& run = "c1@1", bool started = true) {
  return {.run = run, .running = true, .started = started, .age = 60s};
}

bool succeed(Worker& worker) {
  return worker.conclude({Attempt::Kind::Success, "fine", {}}, "exec", kAt, 7ms);
}
bool fail(Worker& worker, const std::string& text = "broken") {
  return worker.conclude({Attempt::Kind::Failure, text, {}}, "exec", kAt, 7ms);
}
bool err(Worker& worker) {
  return worker.conclude({Attempt::Kind::Error, "no answer", {}}, "exec", kAt, 7ms);
}

struct Initial {
  ProbeKind kind;
  ProbeResult result;
};
class InitialResult : public ::testing::TestWithParam<Initial> {};

TEST_P(InitialResult, IsSetBeforeAnythingIsSeenAndByEachRun) {
  Worker worker(GetParam().kind, probeOf(1, 1));
  EXPECT_EQ(worker.state().result, GetParam().result);
  worker.look(running("c1@1"));
  EXPECT_EQ(worker.state().result, GetParam().result);
  GetParam().result == Failure ? succeed(worker) : fail(worker);
  ASSERT_NE(worker.state().result, GetParam().result);
  worker.look(running("c1@2"));
  EXPECT_EQ(worker.state().result, GetParam().result);
  EXPECT_EQ(worker.state().streak, 0);
}
INSTANTIATE_TEST_SUITE_P(Kinds, InitialResult,
                         ::testing::Values(Initial{kStartup, Unknown}, Initial{kLiveness, Success},
                                           Initial{kReadiness, Failure}),
                         [](const auto& test) {
                           return std::string(engine::probeKindName(test.param.kind));
                         });

// Outcomes as letters: s succeeds, f fails, e is an error. Verdicts after each: S, F, U.
struct Thresholds {
  const char* name;
  ProbeKind kind;
  int successes;
  int failures;
  std::string outcomes;
  std::string verdicts;
};
class ThresholdRule : public ::testing::TestWithParam<Thresholds> {};

TEST_P(ThresholdRule, DecidesTheVerdict) {
  Worker worker(GetParam().kind, probeOf(GetParam().successes, GetParam().failures));
  worker.look(running());
  std::string verdicts;
  for (const char outcome : GetParam().outcomes) {
    outcome == 's' ? succeed(worker) : outcome == 'f' ? fail(worker) : err(worker);
    const auto result = worker.state().result;
    verdicts += result == Success ? 'S' : result == Failure ? 'F' : 'U';
  }
  EXPECT_EQ(verdicts, GetParam().verdicts);
}
INSTANTIATE_TEST_SUITE_P(
    Table, ThresholdRule,
    ::testing::Values(
        Thresholds{"FirstSuccessIsReady", kReadiness, 1, 3, "s", "S"},
        Thresholds{"ReadinessNeedsItsSuccesses", kReadiness, 3, 3, "ssfsss", "FFFFFS"},
        Thresholds{"ReadinessNeedsItsFailures", kReadiness, 1, 3, "sffsfff", "SSSSSSF"},
        Thresholds{"ReadinessComesBack", kReadiness, 2, 1, "ssfss", "FSFFS"},
        Thresholds{"LivenessStaysBelowTheThreshold", kLiveness, 1, 3, "ffsffs", "SSSSSS"},
        Thresholds{"LivenessFailsAtTheThreshold", kLiveness, 1, 3, "sfff", "SSSF"},
        Thresholds{"StartupIsUnknownUntilDecided", kStartup, 1, 3, "ffs", "UUS"},
        Thresholds{"StartupFailsAtTheThreshold", kStartup, 1, 2, "ff", "UF"},
        Thresholds{"OneFailureIsEnoughIfSaid", kLiveness, 1, 1, "f", "F"},
        Thresholds{"ErrorsAreNoFailures", kLiveness, 1, 2, "eeeee", "SSSSS"},
        Thresholds{"ErrorsAreNoSuccesses", kReadiness, 1, 2, "eee", "FFF"},
        Thresholds{"ErrorsDoNotBreakAStreak", kLiveness, 1, 2, "fef", "SSF"}),
    [](const auto& test) { return test.param.name; });

TEST(Worker, HoldsAfterAVerdictThatEndsTheRunUntilThereIsAnother) {
  for (const ProbeKind kind : {kStartup, kLiveness}) {
    Worker worker(kind, probeOf(1, 1));
    const Sight sight = running("c1@1", kind != kStartup);
    worker.look(sight);
    ASSERT_TRUE(worker.applies(sight));
    fail(worker);
    EXPECT_FALSE(worker.applies(sight));
    Sight ending = sight;
    ending.stopping = true;
    worker.look(ending);
    EXPECT_EQ(worker.state().result, Failure) << "the reason of the stop stays to be seen";
    EXPECT_EQ(worker.state().output, "broken");
    Sight next = sight;
    next.run = "c1@2";
    worker.look(next);
    EXPECT_TRUE(worker.applies(next));
    EXPECT_EQ(worker.state().output, "");
  }
}

TEST(Worker, GoesOnAfterAVerdictThatEndsNothing) {
  Worker worker(kLiveness, probeOf(1, 2));
  Sight sight = running();
  sight.verdictEndsRun = false;
  worker.look(sight);
  fail(worker);
  fail(worker);
  EXPECT_EQ(worker.state().result, Failure);
  EXPECT_TRUE(worker.applies(sight));
  succeed(worker);
  EXPECT_EQ(worker.state().result, Success);
}

TEST(Worker, AHoldEndsWhenVerdictsNoLongerEndRuns) {
  Worker worker(kLiveness, probeOf(1, 1));
  Sight sight = running();
  worker.look(sight);
  fail(worker);
  ASSERT_FALSE(worker.applies(sight));
  sight.verdictEndsRun = false;
  worker.look(sight);
  EXPECT_TRUE(worker.applies(sight));
}

TEST(Worker, ReadinessGoesOnAfterItFailed) {
  Worker worker(kReadiness, probeOf(1, 1));
  worker.look(running());
  fail(worker);
  EXPECT_TRUE(worker.applies(running()));
}

TEST(Worker, DoesNotApplyWithoutARunningContainer) {
  for (const ProbeKind kind : engine::kProbeKinds) {
    Worker worker(kind, probeOf());
    EXPECT_FALSE(worker.applies({})) << "no container";
    Sight exited = running("c1@1", kind != kStartup);
    exited.running = false;
    worker.look(exited);
    EXPECT_FALSE(worker.applies(exited));
    EXPECT_EQ(worker.state().result, Failure);
  }
}

TEST(Worker, KeepsItsVerdictWhileTheContainerIsPaused) {
  Worker worker(kReadiness, probeOf());
  worker.look(running());
  succeed(worker);
  Sight paused = running();
  paused.running = false;
  paused.paused = true;
  worker.look(paused);
  EXPECT_FALSE(worker.applies(paused));
  EXPECT_EQ(worker.state().result, Success);
}

TEST(Worker, EndsQuietlyWithAContainerThatIsBeingStopped) {
  Sight stopping = running();
  stopping.stopping = true;
  Worker liveness(kLiveness, probeOf());
  liveness.look(stopping);
  EXPECT_EQ(liveness.state().result, Success);
  EXPECT_FALSE(liveness.applies(stopping));

  Sight early = stopping;
  early.started = false;
  Worker startup(kStartup, probeOf());
  startup.look(early);
  EXPECT_EQ(startup.state().result, Unknown) << "it may be left running after all";
  EXPECT_FALSE(startup.applies(early));

  Worker readiness(kReadiness, probeOf());
  readiness.look(stopping);
  EXPECT_EQ(readiness.state().result, Failure);
  EXPECT_TRUE(readiness.applies(stopping)) << "readiness goes on";
}

TEST(Worker, AStopTakesBackTheFailureOfARunThatGoesOn) {
  Sight sight = running();
  sight.verdictEndsRun = false;
  Worker worker(kLiveness, probeOf(1, 1));
  worker.look(sight);
  fail(worker);
  ASSERT_EQ(worker.state().result, Failure);
  sight.stopping = true;
  worker.look(sight);
  EXPECT_EQ(worker.state().result, Success);
}

TEST(Worker, TheStartupProbeGatesTheOthers) {
  const Sight starting = running("c1@1", false);
  const Sight started = running("c1@1", true);
  EXPECT_TRUE(Worker(kStartup, probeOf()).applies(starting));
  EXPECT_FALSE(Worker(kStartup, probeOf()).applies(started));
  for (const ProbeKind kind : {kLiveness, kReadiness}) {
    EXPECT_FALSE(Worker(kind, probeOf()).applies(starting));
    EXPECT_TRUE(Worker(kind, probeOf()).applies(started));
  }
}

TEST(Worker, CountsTheInitialDelayInWholeSeconds) {
  model::Probe probe = probeOf();
  probe.initialDelay = 5s;
  const Worker worker(kLiveness, probe);
  Sight sight = running();
  sight.age = 4'999ms;
  EXPECT_FALSE(worker.pastInitialDelay(sight));
  sight.age = 5'000ms;
  EXPECT_TRUE(worker.pastInitialDelay(sight));
  sight.age = 0ms;
  EXPECT_TRUE(Worker(kLiveness, probeOf()).pastInitialDelay(sight));
}

TEST(Worker, SaysWhatPeopleShouldSee) {
  Worker worker(kLiveness, probeOf(1, 3));
  worker.look(running());
  EXPECT_TRUE(succeed(worker)) << "the first outcome";
  EXPECT_FALSE(succeed(worker)) << "as before";
  EXPECT_TRUE(fail(worker));
  EXPECT_TRUE(fail(worker)) << "one nearer to the threshold";
  EXPECT_TRUE(succeed(worker)) << "it works again";
  EXPECT_TRUE(err(worker));
  EXPECT_FALSE(err(worker)) << "goes on";
  EXPECT_TRUE(succeed(worker)) << "it can be tried again";
  EXPECT_FALSE(succeed(worker));

  Worker readiness(kReadiness, probeOf(3, 3));
  readiness.look(running());
  EXPECT_TRUE(fail(readiness));
  EXPECT_FALSE(fail(readiness)) << "it never was anything else";
  EXPECT_TRUE(fail(readiness)) << "now it is a verdict, though not another one";
  EXPECT_FALSE(fail(readiness)) << "beyond the threshold nothing is new";
  EXPECT_TRUE(succeed(readiness));
  EXPECT_TRUE(succeed(readiness)) << "one nearer to the threshold";
  EXPECT_TRUE(succeed(readiness));
  EXPECT_FALSE(succeed(readiness));
}

TEST(Worker, KeepsWhatTheLatestAttemptWas) {
  Worker worker(kLiveness, probeOf());
  worker.look(running());
  succeed(worker);
  fail(worker, "HTTP probe failed with statuscode: 503");
  fail(worker, "HTTP probe failed with statuscode: 500");
  err(worker);
  const ProbeState& state = worker.state();
  EXPECT_EQ(state.streak, 2);
  EXPECT_EQ(state.streakOf, Failure);
  EXPECT_EQ(state.output, "HTTP probe failed with statuscode: 500");
  EXPECT_EQ(state.error, "no answer");
  EXPECT_EQ(state.at, kAt);
  EXPECT_EQ(state.duration, 7ms);
  EXPECT_EQ(state.where, "exec");
  EXPECT_EQ(state.counts.successes, 1);
  EXPECT_EQ(state.counts.failures, 2);
  EXPECT_EQ(state.counts.errors, 1);
  EXPECT_EQ(state.counts.totalDuration, 28ms);
  worker.look(running("c1@2"));
  EXPECT_EQ(state.counts.failures, 2) << "counts are the agent's, not the run's";
}

TEST(Worker, AnotherDefinitionKeepsAGoodVerdictAndLiftsABadOne) {
  Worker readiness(kReadiness, probeOf(1, 3));
  readiness.look(running());
  succeed(readiness);
  fail(readiness);
  readiness.rearm(probeOf(1, 2));
  EXPECT_EQ(readiness.state().result, Success);
  fail(readiness);
  EXPECT_EQ(readiness.state().result, Success) << "the streak began anew";
  fail(readiness);
  EXPECT_EQ(readiness.state().result, Failure);

  Worker liveness(kLiveness, probeOf(1, 1));
  liveness.look(running());
  fail(liveness);
  liveness.rearm(probeOf(1, 2));
  EXPECT_EQ(liveness.state().result, Success);
  EXPECT_TRUE(liveness.applies(running()));
}

TEST(Worker, AStartupProbeThatSucceededForAnEarlierAgentIsNotRunAgain) {
  Worker worker(kStartup, probeOf());
  Sight sight = running("c1@1", false);
  sight.hasStarted = true;
  worker.look(sight);
  EXPECT_EQ(worker.state().result, Success);
  worker.look(running("c1@2", false));
  EXPECT_EQ(worker.state().result, Unknown) << "another run";
}

}  // namespace
}  // namespace holdfast::probes
