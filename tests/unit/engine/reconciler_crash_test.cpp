// SPDX-License-Identifier: Apache-2.0
// Containers that end: the crash ladder, restart policies, stops by us, engines that go away.
#include "support/world.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace holdfast::engine::test {
namespace {

using model::Milliseconds;
using model::ServiceStatusWord;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr Milliseconds kSecond{1'000};
const char* const kName = "app_web_web";

std::string web(const std::string& config = "{}") {
  return targetOf(R"({"serviceName": "web", "imageName": "reg/web:1", "config": )" + config + "}");
}

class CrashTest : public ::testing::Test {
 protected:
  void SetUp() override { world.apply(web()); }

  // Lets every run last `run` and returns the seconds after the first start at which the
  // container was started again.
  std::vector<long> restarts(Milliseconds run, std::size_t count) {
    const auto first = world.clock.now().boot;
    std::vector<long> at;
    while (at.size() < count) {
      world.advance(run);
      world.docker().exit(kName, 1);
      world.settle();
      while (world.status("web").serviceStatus != ServiceStatusWord::Running) {
        world.advance(kSecond);
      }
      at.push_back((world.clock.now().boot - first) / kSecond);
    }
    return at;
  }
  World world;
};

// The kubelet's own table (docs/behaviour.md "Retry"; kubelet: kuberuntime_manager.go doBackOff).
TEST_F(CrashTest, RestartsFollowTheLadderForRunsOfNoTime) {
  EXPECT_THAT(restarts(Milliseconds{0}, 8), ElementsAre(0, 10, 30, 70, 150, 310, 610, 910));
}
TEST_F(CrashTest, RestartsFollowTheLadderForRunsOfFiveSeconds) {
  EXPECT_THAT(restarts(5 * kSecond, 7), ElementsAre(5, 20, 45, 90, 175, 340, 645));
}
TEST_F(CrashTest, RestartsFollowTheLadderForRunsOfAMinute) {
  EXPECT_THAT(restarts(60 * kSecond, 7), ElementsAre(60, 130, 210, 310, 450, 670, 1030));
}

TEST_F(CrashTest, ARunOf600SecondsClimbsAndOneOf601Resets) {
  restarts(Milliseconds{0}, 3);
  world.advance(600 * kSecond);
  EXPECT_EQ(3, world.status("web").crashCount);
  world.docker().exit(kName, 1);
  world.settle();
  EXPECT_EQ("CrashLoopBackOff", world.status("web").reason);
  EXPECT_EQ(4, world.status("web").error->retryCount);

  world.advance(40 * kSecond);
  ASSERT_EQ("Running", world.status("web").reason);
  world.advance(601 * kSecond);
  EXPECT_EQ(0, world.status("web").crashCount);
  EXPECT_EQ(1, world.countEvents("Recovered", "web"));
  world.docker().exit(kName, 1);
  world.settle();
  EXPECT_EQ("Running", world.status("web").reason);  // at once again
}

TEST_F(CrashTest, TheFirstRestartIsImmediateAndCounted) {
  world.docker().exit(kName, 3);
  world.settle();
  const auto status = world.status("web");
  EXPECT_EQ("Running", status.reason);
  EXPECT_EQ(1, status.restartCount);
  EXPECT_EQ(1, status.crashCount);
  ASSERT_TRUE(status.lastState);
  EXPECT_EQ(3, status.lastState->exitCode);
  EXPECT_EQ("Error", status.lastState->reason);
  EXPECT_THAT(world.docker().calls, Not(Contains("createContainer second")));
  EXPECT_EQ(1, std::count(world.counted.begin(), world.counted.end(), "restarted 1/web"));
}

// The container's own count begins anew with the next one; what is counted over all does not.
TEST_F(CrashTest, RestartsAreToldOnceEachWhateverBecomesOfTheContainer) {
  for (int round = 1; round <= 2; ++round) {
    world.docker().exit(kName, 3);
    world.settle();
    EXPECT_EQ(1, world.status("web").restartCount);
    EXPECT_EQ(round, std::count(world.counted.begin(), world.counted.end(), "restarted 1/web"));
    world.apply(web(R"({"environment": {"ROUND": ")" + std::to_string(round) + "\"}}"));
    EXPECT_EQ(0, world.status("web").restartCount);
  }
}

TEST_F(CrashTest, AnOomKillIsNamed) {
  world.docker().exit(kName, 137, true);
  world.settle();
  world.docker().exit(kName, 137, true);
  world.settle();
  EXPECT_EQ("CrashLoopBackOff", world.status("web").reason);
  EXPECT_EQ("OOMKilled", world.status("web").lastState->reason);
}

TEST_F(CrashTest, RestartPoliciesDecide) {
  world.apply(web(R"({"restart": "no"})"));
  world.docker().exit(kName, 1);
  world.settle();
  EXPECT_EQ(ServiceStatusWord::Stopped, world.status("web").serviceStatus);
  EXPECT_EQ("Error", world.status("web").reason);
  EXPECT_EQ(1, world.status("web").lastState->exitCode);

  world.apply(web(R"({"restart": "on-failure", "user": "1"})"));
  world.docker().exit(kName, 0);
  world.settle();
  EXPECT_EQ("Completed", world.status("web").reason);

  world.apply(web(R"({"restart": "on-failure:2", "user": "2"})"));
  for (int run = 0; run < 3; ++run) {
    ASSERT_EQ("Running", world.status("web").reason) << run;
    world.docker().exit(kName, 1);
    world.advance(30 * kSecond);
  }
  EXPECT_EQ(ServiceStatusWord::Stopped, world.status("web").serviceStatus);
  EXPECT_EQ("Error", world.status("web").reason);
}

TEST_F(CrashTest, AUsersStopHoldsAndIsNoCrash) {
  ASSERT_EQ(CommandResult::Code::Done, world.agent().stopService("app", "web").code);
  world.settle();
  EXPECT_EQ(ServiceStatusWord::Stopped, world.status("web").serviceStatus);
  EXPECT_EQ("stopped", world.status("web").override_);
  world.forgetCalls();
  world.advance(400 * kSecond);
  world.restartAgent(retry::Resume::Crash);
  world.apply(web());  // the same content does not end it
  EXPECT_THAT(world.newCalls(), ElementsAre());

  ASSERT_EQ(CommandResult::Code::Done, world.agent().startService("app", "web").code);
  world.settle();
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_EQ(0, world.status("web").restartCount);
  EXPECT_EQ(0, world.status("web").crashCount);

  ASSERT_EQ(CommandResult::Code::Done, world.agent().stopService("app", "web").code);
  world.settle();
  world.apply(web(R"({"user": "7"})"));  // a changed one does
  EXPECT_EQ("Running", world.status("web").reason);
}

// Whether an app was called by its name or its id: what is answered is what the user knows it by.
TEST_F(CrashTest, AnswersBearTheNamesOfAppAndService) {
  for (const char* app : {"app", "1"}) {
    auto& agent = world.agent();
    EXPECT_THAT(agent.retryService(app, "web").message, StartsWith("app/web: nothing is waiting"));
    EXPECT_EQ("app/web: restarting", agent.restartService(app, "web").message);
    EXPECT_THAT(agent.stopService(app, "web").message, StartsWith("app/web: stopping; "));
    EXPECT_EQ("app/web: starting", agent.startService(app, "web").message);
    EXPECT_THAT(agent.purgeApp(app).message, StartsWith("app app: removing"));
    world.settle();
  }
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:1", "state": "stopped"})"));
  EXPECT_THAT(world.agent().startService("1", "web").message, HasSubstr("app/web is stopped"));
  EXPECT_THAT(world.agent().restartService("1", "web").message, HasSubstr("app/web is stopped"));
}

TEST_F(CrashTest, AUsersRestartIsNotCounted) {
  world.forgetCalls();
  ASSERT_EQ(CommandResult::Code::Done, world.agent().restartService("app", "web").code);
  world.settle();
  EXPECT_THAT(world.newCalls(),
              ElementsAre("stopContainer app_web_web", "startContainer app_web_web"));
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_EQ(0, world.status("web").restartCount);
  EXPECT_EQ(0, world.status("web").crashCount);
  EXPECT_THAT(world.counted, Not(Contains("restarted 1/web")));
  world.advance(100 * kSecond);
  EXPECT_THAT(world.newCalls(), ElementsAre());
}

TEST_F(CrashTest, StoppedAndPausedTargetsHoldWithoutASingleStep) {
  for (const char* state : {"stopped", "paused"}) {
    world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:1", "state": ")" +
                         std::string(state) + "\"}"));
    world.forgetCalls();
    const int looks = world.docker().looks;
    world.advance(310 * kSecond);
    EXPECT_GE(world.docker().looks - looks, 10);
    EXPECT_THAT(world.newCalls(), ElementsAre()) << state;
  }
  EXPECT_EQ("Paused", world.status("web").reason);
  EXPECT_FALSE(world.status("web").ready);
}

// docs/behaviour.md "What a service shows": it is in error, though it runs.
TEST_F(CrashTest, AStopThatFailsIsToldAndTriedAgainByTheStartLadder) {
  world.docker().failures["stopContainer app_web_web"] =
      failure(sdk::ErrorClass::Transient, "it did not end in time");
  world.forgetCalls();
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:1", "state": "stopped"})"));
  EXPECT_THAT(world.newCalls(), ElementsAre("stopContainer app_web_web"));
  const auto failed = world.status("web");
  EXPECT_EQ(ServiceStatusWord::Error, failed.serviceStatus);
  EXPECT_EQ("KillContainerError", failed.reason);
  ASSERT_TRUE(failed.error);
  EXPECT_EQ("StartFailure", failed.error->type);
  EXPECT_EQ("KillContainerError", failed.error->reason);
  EXPECT_EQ("it did not end in time", failed.error->message);
  EXPECT_TRUE(failed.startedAt) << "it runs on";
  EXPECT_FALSE(world.snapshot->settled);
  EXPECT_EQ(1, world.countEvents("Killing", "web"));
  EXPECT_EQ("Failed", world.store.events.back().what.reason);
  EXPECT_EQ("Error: it did not end in time", world.store.events.back().what.message);

  world.advance(Milliseconds{9'999});
  EXPECT_THAT(world.newCalls(), ElementsAre());
  world.docker().failures.clear();
  world.advance(Milliseconds{1});
  EXPECT_THAT(world.newCalls(), ElementsAre("stopContainer app_web_web"));
  EXPECT_EQ(ServiceStatusWord::Stopped, world.status("web").serviceStatus);
  EXPECT_FALSE(world.status("web").error);
  EXPECT_EQ(0, world.status("web").crashCount);
  EXPECT_EQ(1, world.countEvents("Recovered", "web"));
  EXPECT_EQ("Recovered", world.store.events.back().what.reason);
  EXPECT_EQ("It stopped after 1 failure", world.store.events.back().what.message);
}

TEST_F(CrashTest, AnEngineThatGoesAwayIsNobodysCrash) {
  world.advance(5 * kSecond);
  world.docker().down = true;
  world.docker().crash();
  world.settle();
  EXPECT_TRUE(world.status("web").stale);
  EXPECT_EQ("Running", world.status("web").reason);  // the last that is known
  EXPECT_EQ(1, world.countEvents("EngineUnavailable"));
  world.advance(60 * kSecond);
  EXPECT_EQ(1, world.countEvents("EngineUnavailable"));
  world.docker().down = false;
  world.advance(30 * kSecond);
  EXPECT_EQ(1, world.countEvents("EngineRecovered"));
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_FALSE(world.status("web").stale);
  EXPECT_EQ(0, world.status("web").crashCount);
}

TEST_F(CrashTest, AnEndThatAnEngineTellsWhileItShutsDownIsNobodysCrash) {
  world.advance(5 * kSecond);
  world.docker().failures["startContainer app_web_web"] =
      failure(sdk::ErrorClass::Unavailable, "shutting down");
  world.docker().exit(kName, 137);
  world.settle();
  EXPECT_EQ(1, world.status("web").crashCount);
  world.docker().down = true;
  world.docker().crash();
  world.settle();
  world.docker().failures.clear();
  world.docker().down = false;
  world.advance(60 * kSecond);
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_EQ(0, world.status("web").crashCount);
}

TEST_F(CrashTest, AnExitThatTheEventTellsBeforeTheEngineShowsItIsLookedForAgain) {
  auto& container = world.docker().containers.at(kName);
  world.docker().exit(kName, 1);
  container.state = model::ContainerState::Running;  // the event is out, the state is not
  world.settle();
  world.clock.advance(Milliseconds{5});
  container.state = model::ContainerState::Exited;
  world.settle();
  EXPECT_EQ(1, world.status("web").crashCount);
}

// Podman without a log of events, a proxy that forbids them or lets no stream live.
TEST_F(CrashTest, WithoutAStreamOfEventsTheLadderIsClimbedAllTheSame) {
  for (const bool opens : {false, true}) {
    world.docker().eventless = !opens;
    world.docker().fickle = opens;
    world.docker().breakStream();
    world.apply(web(R"({"environment": {"OPENS": ")" + std::to_string(opens) + "\"}}"));
    for (int crash = 1; crash <= 3; ++crash) {
      ASSERT_EQ("Running", world.status("web").reason);
      world.docker().exit(kName, 1);
      world.advance(30 * kSecond);
      EXPECT_EQ(crash, world.status("web").crashCount) << (opens ? "fickle" : "eventless");
    }
  }
}

TEST_F(CrashTest, AStreamThatBreaksAfterALongTimeHidesWhatHappenedMeanwhile) {
  world.advance(11 * kSecond);
  world.docker().crash();
  world.settle();
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_EQ(0, world.status("web").crashCount);
}

TEST_F(CrashTest, AStopThatFailedAndIsWantedNoLongerLeavesNothingBehind) {
  const std::string stopped =
      targetOf(R"({"serviceName": "web", "imageName": "reg/web:1", "state": "stopped"})");
  world.docker().failures["stopContainer app_web_web"] =
      failure(sdk::ErrorClass::Transient, "cannot stop");
  world.apply(stopped);
  ASSERT_EQ("KillContainerError", world.status("web").reason);
  world.docker().failures.clear();
  world.forgetCalls();
  world.apply(web());
  world.advance(60 * kSecond);
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_FALSE(world.status("web").error);
  EXPECT_THAT(world.newCalls(), ::testing::IsEmpty()) << "it runs as the target says";

  world.docker().exit(kName, 1);
  world.settle();
  EXPECT_EQ(1, world.status("web").crashCount) << "its end is its own";
}

TEST_F(CrashTest, WhatTheTargetStoppedIsStartedForTheTargetsSake) {
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:1", "state": "stopped"})"));
  ASSERT_EQ("Stopped", world.status("web").reason);
  std::string why;
  world.agent().planTarget(TargetRequest{.text = web()},
                           [&](const DryRun& run) { why = run.actions.at(0).why; });
  world.settle();
  EXPECT_EQ("it was stopped, and should run", why);
}

TEST_F(CrashTest, ARecoveryIsToldInTheWordsOfWhatWorked) {
  world.docker().failures["stopContainer app_web_web"] =
      failure(sdk::ErrorClass::Transient, "cannot stop");
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:1", "state": "stopped"})"));
  world.advance(5 * kSecond);
  world.docker().failures.clear();
  world.advance(60 * kSecond);
  ASSERT_EQ("Stopped", world.status("web").reason);
  EXPECT_THAT(world.store.events,
              Contains(::testing::ResultOf([](const auto& event) { return event.what.message; },
                                           "It stopped after 1 failure")));
}

TEST_F(CrashTest, ARefusedStartOfAFormerContainerIsNoCrash) {
  world.docker().failures["reg/web:2"] = failure(sdk::ErrorClass::NotFound, "manifest unknown");
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:2"})"));
  world.docker().failures["startContainer app_web_web"] =
      failure(sdk::ErrorClass::Conflict, "port in use");
  world.docker().exit(kName, 1);
  world.advance(60 * kSecond);
  EXPECT_EQ(1, world.status("web").crashCount);
  world.docker().failures.erase("startContainer app_web_web");
  world.advance(60 * kSecond);
  EXPECT_EQ(model::ContainerState::Running, world.docker().containers.at(kName).state);
}

TEST_F(CrashTest, AnAgentThatWasAwayRestartsNothingThatRuns) {
  world.forgetCalls();
  world.restartAgent(retry::Resume::Crash);
  world.advance(60 * kSecond);
  EXPECT_THAT(world.newCalls(), ElementsAre());
  EXPECT_EQ("Running", world.status("web").reason);
}

TEST_F(CrashTest, AStartFailureClimbsItsOwnLadderAndLeavesTheCrashLadder) {
  world.docker().exit(kName, 1);
  world.settle();
  world.docker().failures["startContainer app_web_web"] =
      failure(sdk::ErrorClass::Conflict, "port is already allocated");
  world.docker().exit(kName, 1);
  world.advance(10 * kSecond);
  const auto status = world.status("web");
  EXPECT_EQ("RunContainerError", status.reason);
  EXPECT_EQ("StartFailure", status.error->type);
  EXPECT_EQ(1, status.error->retryCount);
  EXPECT_EQ(2, status.crashCount);
  world.docker().failures.clear();
  world.advance(10 * kSecond);
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_EQ(2, world.status("web").crashCount);
}

}  // namespace
}  // namespace holdfast::engine::test
