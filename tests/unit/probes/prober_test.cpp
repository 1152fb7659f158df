// SPDX-License-Identifier: Apache-2.0
// The prober on a clock in the test's hand: when it probes, how many at once, what it reports.
#include "probes/prober.hpp"

#include "unit/engine/support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::probes {
namespace {

using namespace std::chrono_literals;
using engine::ProbeTask;
using engine::test::ManualClock;
using model::Milliseconds;
using enum ProbeResult;

// Keeps every attempt until the test answers it.
class FakeHandlers final : public Handlers {
 public:
  struct Begun {
    std::string key;
    std::string command;  // the first word
    Place place;
    std::function<void(Attempt)> done;
    bool open = true;
  };
  std::deque<Begun> begun;

  [[nodiscard]] std::unique_ptr<Flight> begin(const ProbeTask& task, const model::Probe& probe,
                                              const Place& place,
                                              std::function<void(Attempt)> done) override {
    begun.push_back(
        {task.key, probe.command.empty() ? "" : probe.command.front(), place, std::move(done)});
    return std::make_unique<Open>(begun.back());
  }

  // Of the attempts that are on their way.
  [[nodiscard]] int open() const {
    return static_cast<int>(
        std::count_if(begun.begin(), begun.end(), [](const Begun& one) { return one.open; }));
  }

 private:
  class Open final : public Flight {
   public:
    explicit Open(Begun& begun) : begun_(begun) {}
    ~Open() override { begun_.open = false; }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;

   private:
    Begun& begun_;
  };
};

class ProberTest : public ::testing::Test {
 protected:
  ProberTest() { restartAgent(); }

  // A new prober that knows of nothing, as after a restart of the agent; its start is long ago.
  void restartAgent(Milliseconds ago = 1h, ProberLimits limits = {}) {
    messages_.clear();
    prober = std::make_unique<Prober>(handlers, clock, limits);
    prober->begin(ledger_, [this](std::function<void()> message) {
      messages_.push_back(std::move(message));
    });
    prober->attach({[this] { ++changes; },
                    [this](const model::EventDraft& event) {
                      EXPECT_EQ(event.app + "/" + event.service, "app/web");
                      events.push_back(event.reason + ": " + event.message);
                    }});
    clock.advance(ago);
  }

  static model::Probe exec(const std::string& name, std::chrono::seconds period = 10s) {
    model::Probe probe;
    probe.type = model::Probe::Type::Exec;
    probe.command = {name};
    probe.period = period;
    return probe;
  }

  ProbeTask running(const std::string& key = "app/web") const {
    ProbeTask task;
    task.key = key;
    task.app = "app";
    task.service = key.substr(4);
    task.runtime = "docker";
    task.containerId = "c1";
    task.run = "c1@1";
    task.running = true;
    task.startedAt = clock.now().wall;
    return task;
  }

  void watch(const ProbeTask& task) { prober->watch({task}); }
  // Of one service, at the same instant.
  void beginLivenessAndReadiness() {
    ProbeTask task = running();
    task.probes.liveness = exec("live");
    task.probes.readiness = exec("ready");
    watch(task);
    pass(0ms);
  }

  // Lets the agent do what is due until then, step by step.
  void pass(Milliseconds by) {
    const auto end = clock.now().boot + by;
    while (clock.now().boot < end) {
      const auto next = std::clamp(prober->nextWake(), clock.now().boot, end);
      clock.advance(next - clock.now().boot);
      prober->tick();
      deliver();
      if (next == end || prober->nextWake() > end)
        break;
    }
    clock.advance(end - clock.now().boot);
    prober->tick();
    deliver();
  }

  void deliver() {
    while (!messages_.empty()) {
      auto message = std::move(messages_.front());
      messages_.pop_front();
      message();
    }
  }

  // Answers the attempt that has been on its way the longest.
  void answer(Attempt::Kind kind, const std::string& text = "said") {
    const auto first = std::find_if(handlers.begun.begin(), handlers.begun.end(),
                                    [](const auto& one) { return one.open; });
    ASSERT_NE(first, handlers.begun.end()) << "nothing is being probed";
    first->done({kind, text, warning});
    deliver();
  }
  void succeed() { answer(Attempt::Kind::Success); }
  void fail(const std::string& text = "broken") { answer(Attempt::Kind::Failure, text); }

  [[nodiscard]] const engine::ProbeReport& report() const {
    return prober->reports().at("app/web");
  }
  [[nodiscard]] int begun() const { return static_cast<int>(handlers.begun.size()); }

  ManualClock clock;
  FakeHandlers handlers;
  std::unique_ptr<Prober> prober;
  int changes = 0;
  std::vector<std::string> events;
  std::string warning;

  std::deque<std::function<void()>> messages_;

 private:
  retry::RetryManager ledger_{retry::Policies{}, [] { return 0.5; }};
};

TEST_F(ProberTest, AServiceWithoutProbesIsReadyWhileItRuns) {
  ProbeTask task = running();
  watch(task);
  EXPECT_TRUE(report().started);
  EXPECT_TRUE(report().ready);
  EXPECT_EQ(prober->nextWake(), model::BootTime::max());
  task.running = false;
  watch(task);
  EXPECT_FALSE(report().ready);
}

TEST_F(ProberTest, ProbesAtOnceAndThenEachPeriod) {
  ProbeTask task = running();
  task.probes.readiness = exec("ready");
  watch(task);
  EXPECT_FALSE(report().ready);
  pass(0ms);
  ASSERT_EQ(begun(), 1);
  succeed();
  EXPECT_TRUE(report().ready);
  EXPECT_EQ(changes, 1);
  pass(9'999ms);
  EXPECT_EQ(begun(), 1);
  pass(1ms);
  EXPECT_EQ(begun(), 2);
}

TEST_F(ProberTest, CountsTheInitialDelayFromTheContainersStart) {
  ProbeTask task = running();
  task.probes.liveness = exec("live");
  task.probes.liveness->initialDelay = 30s;
  clock.advance(12s);  // it began before it was seen
  watch(task);
  pass(17'999ms);
  EXPECT_EQ(begun(), 0);
  pass(1ms);
  EXPECT_EQ(begun(), 1);
}

TEST_F(ProberTest, AJumpOfTheWallClockMovesNoInitialDelay) {
  ProbeTask task = running();
  task.probes.liveness = exec("live");
  task.probes.liveness->initialDelay = 30s;
  watch(task);
  clock.jumpWall(24h * 365);
  watch(task);
  pass(29'999ms);
  EXPECT_EQ(begun(), 0);
  pass(1ms);
  EXPECT_EQ(begun(), 1);
}

TEST_F(ProberTest, AStartThatLiesInTheFutureIsNow) {
  ProbeTask task = running();
  task.probes.liveness = exec("live");
  task.probes.liveness->initialDelay = 5s;
  clock.jumpWall(-1h);
  watch(task);
  pass(5s);
  EXPECT_EQ(begun(), 1);
}

TEST_F(ProberTest, AfterTheAgentsStartTheFirstProbesComeApartWithinAPeriod) {
  restartAgent(3s);
  ProbeTask task = running();
  task.probes.liveness = exec("live", 10s);
  task.probes.readiness = exec("ready", 10s);
  watch(task);
  pass(0ms);
  ASSERT_EQ(begun(), 1);
  EXPECT_EQ(handlers.begun[0].command, "live");
  pass(TickPlan::kStep);
  ASSERT_EQ(begun(), 2);
  EXPECT_EQ(handlers.begun[1].command, "ready");
}

TEST_F(ProberTest, OnceTheAgentIsOlderThanThePeriodAFirstProbeComesAtOnce) {
  restartAgent(3s);
  ProbeTask task = running();
  task.probes.liveness = exec("live", 10s);
  task.probes.readiness = exec("ready", 2s);
  watch(task);
  pass(0ms);
  EXPECT_EQ(begun(), 2);
}

TEST_F(ProberTest, AProbeThatSucceededMakesRoomForOthersOnce) {
  beginLivenessAndReadiness();
  ASSERT_EQ(begun(), 2);
  succeed();
  succeed();
  pass(9'999ms);
  ASSERT_EQ(begun(), 3) << "a step sooner";
  succeed();
  pass(1ms);
  ASSERT_EQ(begun(), 4);
  succeed();
  pass(0ms);
  const auto next = prober->nextWake();
  EXPECT_LT(next, clock.now().boot + 10s);
  EXPECT_GE(next, clock.now().boot + 10s - TickPlan::kStep);
  pass(10s);
  ASSERT_EQ(begun(), 6);
  succeed();
  succeed();
  pass(0ms);
  EXPECT_EQ(prober->nextWake(), next + 10s) << "from then on with each period";
}

TEST_F(ProberTest, ASuccessThatChangesNothingWaitsForTheNextProbeIfThatIsSoon) {
  ProbeTask task = running();
  task.probes.liveness = exec("live", 10s);
  watch(task);
  pass(0ms);
  ASSERT_EQ(begun(), 1);
  pass(9'800ms);
  EXPECT_EQ(prober->nextWake(), clock.now().boot + 200ms);
  handlers.begun[0].done({Attempt::Kind::Success, "", {}});
  EXPECT_TRUE(messages_.empty()) << "the next tick is 200 ms away";
  EXPECT_EQ(prober->nextWake(), clock.now().boot) << "should the engine wake for another cause";
  prober->tick();
  EXPECT_EQ(handlers.open(), 0);
  pass(200ms);
  ASSERT_EQ(begun(), 2);
  pass(9'800ms);
  EXPECT_EQ(prober->nextWake(), clock.now().boot + 200ms);
  handlers.begun[1].done({Attempt::Kind::Failure, "", {}});
  EXPECT_EQ(messages_.size(), 1U) << "a failure never waits";
}

TEST_F(ProberTest, FailuresAreNeverNearerToEachOtherThanThePeriod) {
  beginLivenessAndReadiness();
  ASSERT_EQ(begun(), 2);
  fail();
  fail();
  pass(9'999ms);
  EXPECT_EQ(begun(), 2);
  pass(1ms);
  EXPECT_EQ(begun(), 4);
}

TEST_F(ProberTest, LivenessAndReadinessWaitForTheStartupProbe) {
  ProbeTask task = running();
  task.probes.startup = exec("start", 1s);
  task.probes.liveness = exec("live");
  task.probes.readiness = exec("ready");
  watch(task);
  pass(0ms);
  fail();
  pass(1s);
  fail();
  EXPECT_EQ(begun(), 2);
  EXPECT_FALSE(report().started);
  pass(1s);
  succeed();
  EXPECT_TRUE(report().started);
  EXPECT_FALSE(report().ready);
  pass(0ms);
  ASSERT_EQ(begun(), 5) << "both begin at once";
  succeed();
  succeed();
  EXPECT_TRUE(report().ready);
  pass(10s);
  const auto startups = std::count_if(handlers.begun.begin(), handlers.begun.end(),
                                      [](const auto& one) { return one.command == "start"; });
  EXPECT_EQ(startups, 3) << "it has ended";
}

TEST_F(ProberTest, AStartupProbeThatFailsCondemnsTheRun) {
  ProbeTask task = running();
  task.probes.startup = exec("start", 1s);
  task.probes.startup->failureThreshold = 2;
  watch(task);
  pass(0ms);
  fail();
  EXPECT_FALSE(report().condemned());
  pass(1s);
  fail();
  EXPECT_EQ(report().condemned(), ProbeKind::Startup);
  pass(1min);
  EXPECT_EQ(begun(), 2) << "nothing is tried any more";

  task.running = false;
  watch(task);
  EXPECT_FALSE(report().condemned()) << "it has ended";
  task.run = "c1@2";
  task.running = true;
  watch(task);
  EXPECT_FALSE(report().condemned());
  pass(0ms);
  EXPECT_EQ(begun(), 3);
}

TEST_F(ProberTest, ALivenessFailureWithPeriod1AndThreshold3IsKnownAfterThreeSeconds) {
  ProbeTask task = running();
  task.probes.liveness = exec("live", 1s);
  watch(task);
  pass(0ms);
  succeed();
  for (int attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_FALSE(report().condemned());
    pass(1s);
    fail();
  }
  EXPECT_EQ(report().condemned(), ProbeKind::Liveness);
  EXPECT_EQ(changes, 4);
}

TEST_F(ProberTest, AHandlersErrorIsTriedThreeTimesAndThenForgotten) {
  ProbeTask task = running();
  task.probes.liveness = exec("live");
  task.probes.liveness->failureThreshold = 1;
  watch(task);
  pass(0ms);
  answer(Attempt::Kind::Error, "no engine");
  answer(Attempt::Kind::Error, "no engine");
  EXPECT_EQ(report().find(ProbeKind::Liveness)->error, "");
  answer(Attempt::Kind::Error, "no engine");
  EXPECT_EQ(begun(), 3);
  EXPECT_EQ(handlers.open(), 0);
  EXPECT_FALSE(report().condemned());
  EXPECT_EQ(report().find(ProbeKind::Liveness)->error, "no engine");
  EXPECT_EQ(report().find(ProbeKind::Liveness)->counts.errors, 1);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0],
            "Unhealthy: Liveness probe errored and resulted in unknown state: no engine");
  pass(10s);
  EXPECT_EQ(begun(), 4);
  succeed();
  EXPECT_EQ(report().find(ProbeKind::Liveness)->error, "");
}

TEST_F(ProberTest, AnAttemptIsNeverJoinedByASecondOne) {
  ProbeTask task = running();
  task.probes.liveness = exec("live", 1s);
  watch(task);
  pass(10s);
  EXPECT_EQ(begun(), 1);
  succeed();
  EXPECT_EQ(begun(), 2) << "the ticks that were missed are one";
  succeed();
  EXPECT_EQ(begun(), 2);
  pass(1s);
  EXPECT_EQ(begun(), 3);
}

TEST_F(ProberTest, GivesUpWhatRunsWhenTheRunEndsForAnother) {
  ProbeTask task = running();
  task.probes.liveness = exec("live");
  watch(task);
  pass(0ms);
  auto late = handlers.begun[0].done;
  task.run = "c1@2";
  watch(task);
  EXPECT_EQ(handlers.open(), 0);
  late({Attempt::Kind::Failure, "of the former run", {}});
  deliver();
  EXPECT_EQ(report().find(ProbeKind::Liveness)->streak, 0);
  pass(0ms);
  EXPECT_EQ(handlers.open(), 1);
}

TEST_F(ProberTest, ForgetsWhoIsNoLongerNamed) {
  ProbeTask task = running();
  task.probes.liveness = exec("live");
  watch(task);
  pass(0ms);
  prober->watch({});
  EXPECT_EQ(handlers.open(), 0);
  EXPECT_TRUE(prober->reports().empty());
  EXPECT_EQ(prober->nextWake(), model::BootTime::max());
}

TEST_F(ProberTest, AnAttemptOfAnEarlierDefinitionCountsForNothing) {
  ProbeTask task = running();
  task.probes.liveness = exec("old");
  task.probes.liveness->failureThreshold = 1;
  watch(task);
  pass(0ms);
  task.probes.liveness->command = {"new"};
  watch(task);
  pass(0ms);
  ASSERT_EQ(begun(), 2) << "at once";
  EXPECT_EQ(handlers.open(), 1);
  EXPECT_EQ(handlers.begun[1].command, "new");
  handlers.begun[0].done({Attempt::Kind::Failure, "late", {}});
  deliver();
  EXPECT_FALSE(report().condemned());
}

TEST_F(ProberTest, AProbeThatIsTakenAwayIsGone) {
  ProbeTask task = running();
  task.probes.readiness = exec("ready");
  watch(task);
  pass(0ms);
  task.probes.readiness.reset();
  watch(task);
  EXPECT_EQ(handlers.open(), 0);
  EXPECT_TRUE(report().ready);
  EXPECT_EQ(report().find(ProbeKind::Readiness), nullptr);
  pass(1min);
  EXPECT_EQ(begun(), 1);
}

TEST_F(ProberTest, ARestartOfTheAgentRestartsNothing) {
  ProbeTask task = running();
  task.probes.liveness = exec("live", 1s);
  watch(task);
  pass(0ms);
  fail();
  pass(1s);
  fail();
  restartAgent(0ms);
  watch(task);
  EXPECT_EQ(report().find(ProbeKind::Liveness)->result, Success);
  pass(600ms);
  fail();
  EXPECT_FALSE(report().condemned()) << "failures are counted anew";
  pass(1s);
  fail();
  pass(1s);
  fail();
  EXPECT_EQ(report().condemned(), ProbeKind::Liveness);
}

TEST_F(ProberTest, NothingIsProbedWhileTheContainerIsPausedOrStopped) {
  ProbeTask task = running();
  task.probes.liveness = exec("live", 1s);
  task.probes.readiness = exec("ready", 1s);
  watch(task);
  pass(100ms);
  succeed();
  succeed();
  task.running = false;
  task.paused = true;
  watch(task);
  EXPECT_FALSE(report().ready);
  pass(10s);
  EXPECT_EQ(begun(), 2);
  task.running = true;
  task.paused = false;
  watch(task);
  EXPECT_TRUE(report().ready);
  task.stopping = true;
  watch(task);
  pass(100ms);
  ASSERT_EQ(begun(), 3);
  EXPECT_EQ(handlers.begun[2].command, "ready");
}

TEST_F(ProberTest, TellsFailuresUntilTheThresholdAndThenOnceAMinute) {
  ProbeTask task = running();
  task.probes.readiness = exec("ready", 1s);
  watch(task);
  pass(0ms);
  fail("no database");
  for (int second = 1; second <= 180; ++second) {
    pass(1s);
    fail("no database");
  }
  EXPECT_GE(events.size(), 5U);
  EXPECT_LE(events.size(), 6U);
  EXPECT_EQ(events[0], "Unhealthy: Readiness probe failed: no database");
}

TEST_F(ProberTest, TellsWarningsOfSuccesses) {
  ProbeTask task = running();
  task.probes.liveness = exec("live");
  watch(task);
  pass(0ms);
  warning = "redirected";
  succeed();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0], "ProbeWarning: Liveness probe warning: redirected");
}

TEST_F(ProberTest, TellsAWarningThatGoesOnOnceAMinute) {
  ProbeTask task = running();
  task.probes.liveness = exec("live", 1s);
  watch(task);
  pass(0ms);
  warning = "redirected";
  succeed();
  for (int second = 1; second <= 120; ++second) {
    pass(1s);
    succeed();
  }
  EXPECT_GE(events.size(), 2U);
  EXPECT_LE(events.size(), 3U);
}

TEST_F(ProberTest, HidesTheServicesSecrets) {
  ProbeTask task = running();
  task.probes.liveness = exec("live");
  task.secrets = {"hunter22"};
  watch(task);
  pass(0ms);
  fail("wrong password hunter22");
  EXPECT_EQ(report().find(ProbeKind::Liveness)->output, "wrong password ***");
  EXPECT_EQ(events[0], "Unhealthy: Liveness probe failed: wrong password ***");
}

TEST_F(ProberTest, GivesHandlersTheWayToTheContainer) {
  ProbeTask task = running();
  task.probes.liveness = model::Probe{};
  task.probes.liveness->port = 80;
  task.addresses = {{"net", "172.18.0.2"}};
  watch(task);
  pass(0ms);
  EXPECT_EQ(handlers.begun[0].place.host, "172.18.0.2");
  succeed();
  EXPECT_EQ(report().find(ProbeKind::Liveness)->where,
            "http://172.18.0.2:80/ (address of the container)");
}

class ProberPoolTest : public ProberTest {
 protected:
  std::vector<ProbeTask> many(int count, const std::string& runtime = "docker") {
    std::vector<ProbeTask> tasks;
    for (int number = 0; number < count; ++number) {
      ProbeTask task = running("app/" + std::to_string(number));
      task.runtime = runtime;
      task.probes.liveness = exec(std::to_string(number));
      tasks.push_back(task);
    }
    return tasks;
  }
};

TEST_F(ProberPoolTest, ACommandThatWaitsAndBecomesAConnectionWaitsNoLonger) {
  restartAgent(1h, {.network = 1, .execs = 1});
  auto tasks = many(2);
  tasks[1].addresses = {{"net", "172.18.0.2"}};
  prober->watch(tasks);
  pass(1s);
  ASSERT_EQ(handlers.open(), 1);
  tasks[1].probes.liveness = model::Probe{};
  tasks[1].probes.liveness->port = 80;
  prober->watch(tasks);
  pass(0ms);
  ASSERT_EQ(begun(), 2);
  EXPECT_EQ(handlers.begun[1].place.host, "172.18.0.2");
  succeed();
  EXPECT_EQ(begun(), 2) << "and has no place among the commands";
}

TEST_F(ProberPoolTest, RunsNoMoreCommandsAtOnceThanThereArePlaces) {
  restartAgent(1h, {.network = 1, .execs = 3});
  prober->watch(many(10));
  pass(1s);
  EXPECT_EQ(handlers.open(), 3);
  for (int ended = 1; ended <= 10; ++ended) {
    succeed();
    EXPECT_EQ(handlers.open(), std::min(3, 10 - ended));
  }
  EXPECT_EQ(begun(), 10) << "each once";
}

TEST_F(ProberPoolTest, AHangingProbeCostsItsOwnPlaceOnly) {
  restartAgent(1h, {.network = 1, .execs = 2});
  prober->watch(many(20));
  pass(1s);
  ASSERT_EQ(handlers.open(), 2);
  for (int ended = 0; ended < 19; ++ended)
    handlers.begun.back().done({Attempt::Kind::Success, "", {}}), deliver();
  EXPECT_EQ(begun(), 20);
  EXPECT_EQ(handlers.open(), 1) << "the first one hangs";
}

TEST_F(ProberPoolTest, OneRuntimeDoesNotWaitForTheOther) {
  restartAgent(1h, {.network = 1, .execs = 1});
  auto tasks = many(2);
  tasks[1].runtime = "podman";
  prober->watch(tasks);
  pass(1s);
  EXPECT_EQ(handlers.open(), 2);
}

TEST_F(ProberPoolTest, WhoWaitsAndIsGoneIsPassedOver) {
  restartAgent(1h, {.network = 1, .execs = 1});
  const auto tasks = many(3);
  prober->watch(tasks);
  pass(1s);
  const auto first = handlers.begun[0].key;
  std::vector<ProbeTask> left;
  for (const auto& task : tasks) {
    if (task.key != first)
      left.push_back(task);
  }
  prober->watch(left);
  EXPECT_EQ(handlers.open(), 1) << "its place went on";
  prober->watch({left.back()});
  deliver();
  EXPECT_EQ(handlers.open(), 1);
  succeed();
  EXPECT_EQ(handlers.open(), 0);
}

TEST_F(ProberPoolTest, AHundredProbesThatBeginTogetherAreSpreadAndNoneIsLate) {
  prober->watch(many(100));
  std::map<std::string, model::BootTime> before;
  std::size_t seen = 0;
  Milliseconds longest{0};
  std::size_t mostTogether = 0;
  for (int step = 0; step < 600; ++step) {  // a minute
    pass(100ms);
    const std::size_t together = handlers.begun.size() - seen;
    if (step > 100)  // after the first period
      mostTogether = std::max(mostTogether, together);
    for (; seen < handlers.begun.size(); ++seen) {
      auto& begun = handlers.begun[seen];
      const auto known = before.find(begun.key);
      if (known != before.end())
        longest = std::max(longest, clock.now().boot - known->second);
      before[begun.key] = clock.now().boot;
      begun.done({Attempt::Kind::Success, "", {}});
    }
    deliver();
  }
  EXPECT_EQ(before.size(), 100U);
  EXPECT_LE(longest, 10'100ms) << "a step of this test";
  EXPECT_LE(mostTogether, 4U);
}

}  // namespace
}  // namespace holdfast::probes
