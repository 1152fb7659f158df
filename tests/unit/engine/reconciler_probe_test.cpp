// SPDX-License-Identifier: Apache-2.0
// What follows from probes: readiness, dependents, ends for liveness and startup probes, and the
// crash ladder after them. The verdicts themselves are given by the test.
#include "support/world.hpp"

#include <gmock/gmock.h>

namespace holdfast::engine::test {
namespace {

using model::Milliseconds;
using model::ServiceStatusWord;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Milliseconds kSecond{1'000};
const std::string kLiveness = R"("livenessProbe": {"type": "tcp", "port": 80})";
const std::string kReadiness = R"("readinessProbe": {"type": "tcp", "port": 80})";
const std::string kStartup = R"("startupProbe": {"type": "tcp", "port": 80})";

std::string web(const std::string& config) {
  return targetOf(R"({"serviceName": "web", "imageName": "reg/web:1", "config": {)" + config +
                  "}}");
}

class ProbeTest : public ::testing::Test {
 protected:
  // The service runs, and a probe of it comes to this verdict.
  void say(ProbeKind kind, ProbeResult result, const std::string& output = "") {
    ASSERT_TRUE(world.probes.say("web", kind, result, output));
    world.settle();
  }
  void failLiveness() { say(ProbeKind::Liveness, ProbeResult::Failure, "connection refused"); }

  [[nodiscard]] std::vector<std::string> messages(const std::string& reason) const {
    std::vector<std::string> result;
    for (const auto& event : world.store.events) {
      if (event.what.reason == reason)
        result.push_back(event.what.message);
    }
    return result;
  }
  World world;
};

TEST_F(ProbeTest, AServiceIsReadyWhenItsReadinessProbeSaysSo) {
  world.apply(web(kReadiness));
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_FALSE(world.status("web").ready);
  EXPECT_TRUE(world.status("web").startedAt) << "it runs, ready or not";
  say(ProbeKind::Readiness, ProbeResult::Success);
  EXPECT_TRUE(world.status("web").ready);

  world.forgetCalls();
  say(ProbeKind::Readiness, ProbeResult::Failure, "503");
  world.advance(120 * kSecond);
  EXPECT_FALSE(world.status("web").ready);
  EXPECT_EQ(ServiceStatusWord::Running, world.status("web").serviceStatus);
  EXPECT_THAT(world.newCalls(), IsEmpty()) << "a readiness failure restarts nothing";
  EXPECT_EQ(0, world.status("web").crashCount);
}

TEST_F(ProbeTest, ItIsNotReadyBeforeItHasStarted) {
  world.apply(web(kStartup));
  EXPECT_FALSE(world.status("web").ready);
  say(ProbeKind::Startup, ProbeResult::Success);
  EXPECT_TRUE(world.status("web").ready);
}

TEST_F(ProbeTest, WithoutProbesWhatRunsIsReady) {
  world.apply(web(""));
  EXPECT_TRUE(world.status("web").ready);
  EXPECT_FALSE(world.status("web").probes);
}

TEST_F(ProbeTest, OnlyDependentsWaitForReadiness) {
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:1", "config": {)" +
                       kReadiness + R"(}},
      {"serviceName": "needs", "imageName": "reg/a:1", "config":
        {"dependsOn": {"web": {"condition": "healthy"}}}},
      {"serviceName": "after", "imageName": "reg/a:1", "config": {"dependsOn": ["web"]}},
      {"serviceName": "other", "imageName": "reg/a:1"})"));
  EXPECT_EQ("DependencyNotReady", world.status("needs").reason);
  EXPECT_THAT(world.view("needs").decision, HasSubstr("'web', which is not ready"));
  EXPECT_EQ("Running", world.status("after").reason);
  EXPECT_EQ("Running", world.status("other").reason);
  EXPECT_FALSE(world.snapshot->settled) << "somebody is still waiting";

  say(ProbeKind::Readiness, ProbeResult::Success);
  EXPECT_EQ("Running", world.status("needs").reason);
  EXPECT_TRUE(world.snapshot->settled);
  say(ProbeKind::Readiness, ProbeResult::Failure);
  EXPECT_EQ("Running", world.status("needs").reason) << "what has started goes on";
}

TEST_F(ProbeTest, ALivenessFailureStopsAndStartsTheSameContainer) {
  world.apply(web(kLiveness));
  const std::string id = *world.status("web").containerId;
  world.advance(5 * kSecond);
  world.forgetCalls();
  failLiveness();
  EXPECT_THAT(world.newCalls(),
              ElementsAre("stopContainer app_web_web", "startContainer app_web_web"));
  const auto status = world.status("web");
  EXPECT_EQ("Running", status.reason);
  EXPECT_EQ(id, status.containerId);
  EXPECT_EQ(1, status.restartCount);
  EXPECT_EQ(1, status.crashCount);
  ASSERT_TRUE(status.lastState);
  EXPECT_EQ(143, status.lastState->exitCode);
  EXPECT_THAT(messages("Killing"),
              ElementsAre("Container app_web_web failed liveness probe, will be restarted"));
  world.advance(300 * kSecond);
  EXPECT_THAT(world.newCalls(), IsEmpty()) << "the new run has not failed";
}

TEST_F(ProbeTest, FurtherFailuresFollowTheCrashLadderAndSayWhichProbeItWas) {
  world.apply(web(kLiveness));
  const auto first = world.clock.now().boot;
  std::vector<long> restarts;
  for (int failure = 1; failure <= 10; ++failure) {
    failLiveness();
    if (failure > 1) {
      const auto status = world.status("web");
      EXPECT_EQ("CrashLoopBackOff", status.reason);
      ASSERT_TRUE(status.error);
      EXPECT_EQ("CrashLoopBackOff", status.error->type);
      EXPECT_EQ(failure, status.error->retryCount);
      EXPECT_THAT(status.error->message,
                  AllOf(HasSubstr("liveness probe failed: connection refused"), HasSubstr("143")));
    }
    while (world.status("web").reason != "Running")
      world.advance(kSecond);
    restarts.push_back((world.clock.now().boot - first) / kSecond);
  }
  EXPECT_THAT(restarts, ElementsAre(0, 10, 30, 70, 150, 310, 610, 910, 1210, 1510));
  EXPECT_EQ(10, world.status("web").restartCount);
}

TEST_F(ProbeTest, AnEndWithCodeZeroIsACrashAllTheSame) {
  world.apply(web(kLiveness + R"(, "restart": "on-failure")"));
  world.docker().stopCode = 0;
  failLiveness();
  EXPECT_EQ("Running", world.status("web").reason) << "killed is a failure, whatever its code";
  EXPECT_EQ(1, world.status("web").crashCount);
}

TEST_F(ProbeTest, WithRestartPolicyNeverItStaysDown) {
  world.apply(web(kLiveness + R"(, "restart": "no")"));
  failLiveness();
  world.advance(600 * kSecond);
  EXPECT_EQ(ServiceStatusWord::Stopped, world.status("web").serviceStatus);
  EXPECT_EQ("Error", world.status("web").reason);
  EXPECT_EQ(0, world.status("web").crashCount);
  EXPECT_THAT(messages("Killing"), ElementsAre("Container app_web_web failed liveness probe"));
  EXPECT_THAT(world.view("web").decision, HasSubstr("liveness probe failed: connection refused"));
}

TEST_F(ProbeTest, OnFailureWithALimitGivesUp) {
  world.apply(web(kLiveness + R"(, "restart": "on-failure:2")"));
  for (int run = 0; run < 3; ++run) {
    ASSERT_EQ("Running", world.status("web").reason) << run;
    failLiveness();
    world.advance(30 * kSecond);
  }
  EXPECT_EQ(ServiceStatusWord::Stopped, world.status("web").serviceStatus);
  EXPECT_EQ(1, world.countEvents("MaxRetriesExceeded", "web"));
}

TEST_F(ProbeTest, AStartupFailureIsTheSame) {
  world.apply(web(kStartup));
  say(ProbeKind::Startup, ProbeResult::Failure, "too slow");
  EXPECT_EQ(1, world.status("web").restartCount);
  EXPECT_THAT(messages("Killing"), Contains(HasSubstr("failed startup probe, will be restarted")));
  say(ProbeKind::Startup, ProbeResult::Failure, "too slow");
  EXPECT_THAT(world.status("web").error->message, HasSubstr("startup probe failed: too slow"));
}

TEST_F(ProbeTest, WithPolicyRecreateAnotherContainerIsMade) {
  world.apply(web(kLiveness + R"(, "unhealthyPolicy": "recreate")"));
  const std::string id = *world.status("web").containerId;
  world.forgetCalls();
  failLiveness();
  EXPECT_THAT(world.newCalls(),
              ElementsAre("stopContainer app_web_web", "removeContainer app_web_web",
                          "createContainer app_web_web", "startContainer app_web_web"));
  EXPECT_NE(id, world.status("web").containerId);
  EXPECT_EQ(1, world.status("web").crashCount);
  failLiveness();
  EXPECT_EQ("CrashLoopBackOff", world.status("web").reason) << "by the same ladder";
  world.advance(10 * kSecond);
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_EQ(2, world.status("web").crashCount);
}

TEST_F(ProbeTest, WithPolicyAlertNothingIsTouched) {
  world.apply(web(kLiveness + R"(, "unhealthyPolicy": "alert")"));
  world.forgetCalls();
  failLiveness();
  world.advance(120 * kSecond);
  EXPECT_THAT(world.newCalls(), IsEmpty());
  EXPECT_EQ("Running", world.status("web").reason);
  ASSERT_TRUE(world.status("web").probes->liveness);
  EXPECT_TRUE(world.status("web").probes->liveness->failing);
}

TEST_F(ProbeTest, ProbesAndPolicyTakeEffectWithoutAnotherContainer) {
  world.apply(web(""));
  world.forgetCalls();
  world.apply(web(kLiveness + R"(, "unhealthyPolicy": "alert")"));
  ASSERT_TRUE(world.probes.task("web").probes.liveness);
  failLiveness();
  EXPECT_THAT(world.newCalls(), IsEmpty());
  world.apply(web(kReadiness));  // no liveness probe any more: what it said does not count
  EXPECT_THAT(world.newCalls(), IsEmpty());
  world.apply(web(kLiveness));
  failLiveness();
  EXPECT_THAT(world.newCalls(),
              ElementsAre("stopContainer app_web_web", "startContainer app_web_web"));
}

TEST_F(ProbeTest, AnAgentKilledBetweenStopAndStartChargesTheEndOnce) {
  world.apply(web(kLiveness));
  failLiveness();
  failLiveness();  // waits for the second restart
  ASSERT_EQ(2, world.status("web").crashCount);
  world.restartAgent(retry::Resume::Crash);
  EXPECT_EQ(2, world.status("web").crashCount);
  EXPECT_EQ("CrashLoopBackOff", world.status("web").reason);
  world.advance(10 * kSecond);
  EXPECT_EQ("Running", world.status("web").reason);
}

// The stop was sent, and carried out, and nobody was there to see it.
TEST_F(ProbeTest, AnAgentKilledBeforeItSawTheEndStillChargesIt) {
  world.apply(web(kLiveness));
  ASSERT_TRUE(world.probes.say("web", ProbeKind::Liveness, ProbeResult::Failure, "no answer"));
  while (world.docker().calls.back() != "stopContainer app_web_web")
    ASSERT_TRUE(world.step());
  world.restartAgent(retry::Resume::Crash);
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_EQ(1, world.status("web").crashCount);
  EXPECT_EQ(1, world.status("web").restartCount);
  failLiveness();
  EXPECT_EQ(2, world.status("web").crashCount);
}

// It was written down that the run ends, and then the agent was killed: the engine never heard.
TEST_F(ProbeTest, AnEndThatWasBegunIsGoneOnWith) {
  world.apply(web(kLiveness));
  world.docker().failures["stopContainer app_web_web"] =
      failure(sdk::ErrorClass::Transient, "not now");
  failLiveness();
  world.docker().failures.clear();
  world.forgetCalls();
  world.restartAgent(retry::Resume::OrderlyStop);
  EXPECT_THAT(world.newCalls(),
              ElementsAre("stopContainer app_web_web", "startContainer app_web_web"));
  EXPECT_EQ(1, world.status("web").crashCount);
}

TEST_F(ProbeTest, AnAgentThatWasAwayRestartsNothing) {
  world.apply(web(kLiveness + "," + kReadiness));
  say(ProbeKind::Readiness, ProbeResult::Success);
  world.forgetCalls();
  world.restartAgent(retry::Resume::Crash);
  world.advance(60 * kSecond);
  EXPECT_THAT(world.newCalls(), IsEmpty());
  EXPECT_FALSE(world.status("web").ready) << "not before it was probed again";
}

TEST_F(ProbeTest, AStartupProbeIsRunOncePerRunWhateverTheAgentDoes) {
  world.apply(web(kStartup));
  say(ProbeKind::Startup, ProbeResult::Success);
  world.restartAgent(retry::Resume::Crash);
  EXPECT_TRUE(world.probes.task("web").hasStarted);
  EXPECT_TRUE(world.status("web").ready);
  world.docker().exit("app_web_web", 1);
  world.settle();
  ASSERT_EQ("Running", world.status("web").reason);
  EXPECT_FALSE(world.probes.task("web").hasStarted) << "another run";
  EXPECT_FALSE(world.status("web").ready);
}

TEST_F(ProbeTest, AStopByTheUserMeanwhileIsNoCrash) {
  world.apply(web(kLiveness));
  world.docker().failures["stopContainer app_web_web"] =
      failure(sdk::ErrorClass::Transient, "not now");
  failLiveness();
  world.docker().failures.clear();
  ASSERT_EQ(CommandResult::Code::Done, world.agent().stopService("app", "web").code);
  world.advance(20 * kSecond);
  EXPECT_EQ("Stopped", world.status("web").reason);
  EXPECT_EQ(0, world.status("web").crashCount);
}

TEST_F(ProbeTest, TheContainerOfAFailingUpdateIsProbedByItsOwnRules) {
  world.apply(web(R"("livenessProbe": {"type": "tcp", "port": 80}, "environment": {"A": "1"})"));
  world.apply(web(R"("livenessProbe": {"type": "tcp", "port": 81}, "environment": {"A": "1"})"));
  world.docker().failures["reg/web:2"] = failure(sdk::ErrorClass::NotFound, "manifest unknown");
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:2", "config": {)" +
                       kReadiness + "}}"));
  ASSERT_EQ("ImagePullBackOff", world.status("web").reason);
  ASSERT_TRUE(world.probes.task("web").probes.liveness);
  EXPECT_EQ(81, world.probes.task("web").probes.liveness->port) << "as it was set last";
  EXPECT_FALSE(world.probes.task("web").probes.readiness);
  EXPECT_TRUE(world.status("web").ready);

  world.forgetCalls();
  failLiveness();
  EXPECT_THAT(world.newCalls(),
              ElementsAre("stopContainer app_web_web", "startContainer app_web_web"));
  EXPECT_EQ("ImagePullBackOff", world.status("web").reason) << "the failure that is to be mended";
  EXPECT_EQ(1, world.status("web").crashCount);
  EXPECT_TRUE(world.status("web").ready);
}

class FormerContainerTest : public ProbeTest {
 protected:
  // It stays since its update fails, should end for its probe, and cannot be stopped.
  FormerContainerTest() {
    world.apply(web(kLiveness));
    world.docker().failures["reg/web:2"] = failure(sdk::ErrorClass::NotFound, "manifest unknown");
    world.apply(update);
    world.docker().failures["stopContainer app_web_web"] =
        failure(sdk::ErrorClass::Transient, "not now");
    failLiveness();
  }
  [[nodiscard]] bool stopFailed() const { return world.store.ledgerHas("start:service:1/web"); }

  const std::string update = targetOf(R"({"serviceName": "web", "imageName": "reg/web:2"})");
};

TEST_F(FormerContainerTest, AStopThatFailedIsForgottenWithTheTargetThatKeptItUp) {
  ASSERT_TRUE(stopFailed());
  world.docker().failures.erase("stopContainer app_web_web");
  world.apply(web(kLiveness));
  world.apply(targetOf(""));
  EXPECT_FALSE(stopFailed());
}

TEST_F(FormerContainerTest, AStopThatFailedIsForgottenOnceTheUpdateIsDone) {
  ASSERT_TRUE(stopFailed());
  world.docker().failures.clear();
  world.docker().images["reg/web:2"] = {.id = "sha256:2"};
  world.apply(update);
  ASSERT_EQ("Running", world.status("web").reason);
  EXPECT_FALSE(stopFailed());
}

TEST_F(FormerContainerTest, AStopThatFailedIsTriedAgainWhenAUserAsksForIt) {
  world.docker().failures.erase("stopContainer app_web_web");
  world.forgetCalls();
  ASSERT_EQ(CommandResult::Code::Done, world.agent().retryService("app", "web").code);
  world.settle();
  EXPECT_THAT(world.newCalls(), Contains("stopContainer app_web_web"));
}

TEST_F(ProbeTest, AnImagesOwnCheckIsTheReadinessProbeWhereTheTargetHasNone) {
  model::ImageCheck check{.command = {"/bin/sh", "-c", "test -e /ready"},
                          .interval = Milliseconds{1'500},
                          .startPeriod = 20 * kSecond,
                          .retries = 2};
  world.docker().images["reg/web:1"] = {.id = "sha256:1", .check = check};
  world.apply(web(""));
  const auto probe = world.probes.task("web").probes.readiness;
  ASSERT_TRUE(probe);
  EXPECT_EQ(model::Probe::Type::Exec, probe->type);
  EXPECT_EQ(check.command, probe->command);
  EXPECT_EQ(std::chrono::seconds{2}, probe->period);
  EXPECT_EQ(std::chrono::seconds{30}, probe->timeout) << "Docker's default";
  EXPECT_EQ(2, probe->failureThreshold);
  EXPECT_FALSE(world.status("web").ready);
  say(ProbeKind::Readiness, ProbeResult::Failure);
  EXPECT_FALSE(world.status("web").probes->readiness->failing) << "within its start period";
  world.clock.jumpWall(std::chrono::hours{24});
  world.advance(kSecond);
  EXPECT_FALSE(world.status("web").probes->readiness->failing) << "which no clock's step ends";
  world.clock.jumpWall(-std::chrono::hours{48});
  world.advance(20 * kSecond);
  world.advance(30 * kSecond);
  EXPECT_TRUE(world.status("web").probes->readiness->failing);
  say(ProbeKind::Readiness, ProbeResult::Success);
  EXPECT_TRUE(world.status("web").ready);

  // The container outlives the target that named its image.
  world.docker().failures["reg/web:2"] = failure(sdk::ErrorClass::NotFound, "manifest unknown");
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:2"})"));
  ASSERT_TRUE(world.probes.task("web").probes.readiness);
  EXPECT_EQ(check.command, world.probes.task("web").probes.readiness->command);

  world.apply(web(kReadiness));
  EXPECT_EQ(model::Probe::Type::Tcp, world.probes.task("web").probes.readiness->type);
}

TEST_F(ProbeTest, ATaskSaysWhatThereIsToProbe) {
  world.apply(web(kLiveness + R"(, "networkMode": "host", "environment":
      {"PASSWORD": "s3cret-word", "ON": "1"})"));
  const ProbeTask& task = world.probes.task("web");
  EXPECT_EQ("1", task.app);
  EXPECT_EQ("docker", task.runtime);
  EXPECT_EQ(*world.status("web").containerId, task.containerId);
  EXPECT_TRUE(task.running);
  EXPECT_FALSE(task.stopping);
  EXPECT_TRUE(task.startedAt);
  EXPECT_TRUE(task.hostNetwork);
  EXPECT_THAT(task.secrets, ElementsAre("1", "s3cret-word"));

  ASSERT_EQ(CommandResult::Code::Done, world.agent().stopService("app", "web").code);
  EXPECT_TRUE(world.probes.task("web").stopping);
  world.settle();
  EXPECT_FALSE(world.probes.task("web").running);
}

TEST_F(ProbeTest, AServiceIsReadyAsSoonAsItIsPausedNoLonger) {
  world.apply(web(""));
  world.docker().containers.at("app_web_web").state = model::ContainerState::Paused;
  world.forgetCalls();
  while (world.newCalls().empty())
    world.advance(kSecond);
  EXPECT_EQ("unpauseContainer app_web_web", world.docker().calls.back());
  EXPECT_EQ("Running", world.status("web").reason);
  EXPECT_TRUE(world.status("web").ready) << "without another look";
}

TEST_F(ProbeTest, WhatAPausedServiceSaysIsNotActedOn) {
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:1", "state": "paused",
      "config": {)" + kLiveness +
                       "}}"));
  EXPECT_TRUE(world.probes.task("web").paused);
  EXPECT_FALSE(world.probes.task("web").running);
}

}  // namespace
}  // namespace holdfast::engine::test
