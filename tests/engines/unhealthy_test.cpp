// SPDX-License-Identifier: Apache-2.0
//
// What follows from probes: readiness and who waits for it, ends by liveness and startup probes
// with the crash ladder after them, and the service's unhealthyPolicy.

#include "engines/agent_test.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>

namespace {

using namespace holdfast::engines;
using namespace std::chrono_literals;
using holdfast::fixtures::Lab;
using holdfast::fixtures::waitUntil;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kSleeper = Lab::image("sleeper:1.0");
const json::object kRunning{{"serviceStatus", "running"}, {"reason", "Running"}};
const json::object kReady{{"serviceStatus", "running"}, {"ready", true}};
const json::object kNotReady{{"serviceStatus", "running"}, {"reason", "Running"}, {"ready", false}};

class Unhealthy : public AgentTest {
 protected:
  // A folder of the host that the service sees as /faults. A probe fails as long as its file is
  // there.
  std::filesystem::path faults() {
    const auto folder = agent().directory() / "faults";
    std::filesystem::create_directories(folder);
    return folder;
  }
  void breakIt(const std::string& probe) {
    std::ofstream(faults() / probe) << "broken\n";
    brokenAt_ = std::chrono::system_clock::now();
  }
  void mend(const std::string& probe) { std::filesystem::remove(faults() / probe); }
  // From the fault to this run's start, by the clock that engine and test share.
  [[nodiscard]] std::chrono::milliseconds afterTheFault(const ContainerRun& run) const {
    const auto broken =
        std::chrono::duration_cast<std::chrono::milliseconds>(brokenAt_.time_since_epoch());
    return std::chrono::milliseconds(millisecondsOf(json::value(run.startedAt))) - broken;
  }

  // Every second; the third failure counts. It says what is wrong.
  static json::object probe(const std::string& name) {
    return {{"type", "exec"},
            {"command",
             {"/bin/sh", "-c",
              "if test -e /faults/" + name + "; then echo no " + name + " today; exit 1; fi"}},
            {"periodSeconds", 1},
            {"failureThreshold", 3}};
  }

  json::object serviceWith(const std::string& name, json::object config,
                           const std::string& image = kSleeper) {
    config["volumes"] = {faults().string() + ":/faults:ro"};
    return service(name, image, std::move(config));
  }

  // The run that there is now, of the only container; nothing while there is none.
  std::optional<ContainerRun> runNow(const std::string& name) {
    const auto ids = containersOf(name);
    const auto container = ids.size() == 1 ? engine_->inspect(ids.front()) : std::nullopt;
    if (!container || !container->at("State").at("Running").as_bool()) {
      return std::nullopt;
    }
    return ContainerRun{ids.front(),
                        json::value_to<std::string>(container->at("State").at("StartedAt"))};
  }

  // Another run than this one, of this container or, where that may be, of another.
  ::testing::AssertionResult runsAnew(const std::string& name, const ContainerRun& former) {
    const bool anew = waitUntil(
        [&] {
          const auto now = runNow(name);
          return now && !(*now == former);
        },
        kSoon);
    return anew ? ::testing::AssertionSuccess()
                : ::testing::AssertionFailure() << name << " goes on as " << former;
  }

  // All that `holdfast describe` is made of.
  std::string detailsOf(const std::string& service) {
    return json::serialize(agent().get("/v1/services/" + service + "?detail=true"));
  }

  json::array firing() { return agent().get("/v1/alerts").at("alerts").as_array(); }
  bool fires(const std::string& probe) {
    for (const auto& alert : firing()) {
      if (contains(alert, {{"alert", "ProbeFailed"}, {"probe", probe}, {"state", "firing"}})) {
        return true;
      }
    }
    return false;
  }

 private:
  std::chrono::system_clock::time_point brokenAt_;
};

// The members of a container that a start must not change.
json::object lasting(const json::object& container) {
  return {{"HostConfig", container.at("HostConfig")},
          {"Config", container.at("Config")},
          {"Mounts", container.at("Mounts")}};
}

TEST_F(Unhealthy, ALivenessFailureRestartsTheContainerWithinFourSeconds) {
  startAgent({{"retry.crash.initial", "10s"}, {"retry.crash.max", "10s"}});
  ASSERT_TRUE(holds(target(
      {serviceWith("web", {{"livenessProbe", probe("life")},
                           {"readinessProbe", probe("readiness")},
                           {"labels", {{"org.example.note", "kept"}}},
                           {"resources", {{"limits", {{"memory", "64Mi"}, {"cpu", "0.5"}}}}}})})));
  ASSERT_TRUE(shows("lab/web", kReady));
  const auto former = run("web");
  const auto before = lasting(inspect("web"));

  breakIt("life");
  ASSERT_TRUE(runsAnew("web", former));
  const auto took = afterTheFault(run("web"));
  std::cout << "restarted " << took.count() << " ms after the fault\n";
  EXPECT_LT(took, 4s);
  mend("life");
  EXPECT_EQ(run("web").id, former.id);
  ASSERT_TRUE(shows("lab/web", {{"ready", true},
                                {"restartCount", 1},
                                {"crashCount", 1},
                                {"probes", {{"liveness", {{"result", "success"}}}}}}));
  EXPECT_EQ(lasting(inspect("web")), before) << "limits, labels and mounts";

  EXPECT_TRUE(
      event("lab/web", "Unhealthy", "Liveness probe failed: command ended with exit code 1"));
  EXPECT_TRUE(tells("lab/web", "Killing", "failed liveness probe, will be restarted"));
  EXPECT_TRUE(agent().show("lab/web").at("lastState").is_object());
  EXPECT_THAT(detailsOf("lab/web"),
              AllOf(HasSubstr("liveness probe failed: "), HasSubstr("no life today")));

  // Its probes are the same as before: it ends again, and then waits.
  const auto second = run("web");
  breakIt("life");
  ASSERT_TRUE(shows("lab/web", {{"serviceStatus", "error"},
                                {"reason", "CrashLoopBackOff"},
                                {"error", {{"type", "CrashLoopBackOff"}, {"retryCount", 2}}}}));
  EXPECT_THAT(json::serialize(agent().show("lab/web").at("error").at("message")),
              AllOf(HasSubstr("liveness probe failed: "), HasSubstr("no life today")));
  mend("life");
  ASSERT_TRUE(runsAnew("web", second));
  ASSERT_TRUE(shows("lab/web", {{"restartCount", 2}, {"crashCount", 2}, {"ready", true}}));
}

TEST_F(Unhealthy, FailuresThatGoOnFollowTheLadder) {
  startAgent({{"retry.crash.initial", "500ms"}, {"retry.crash.max", "1s"}});
  auto config = json::object{{"livenessProbe", probe("life")}};
  config["livenessProbe"].as_object()["failureThreshold"] = 1;
  breakIt("life");
  agent().apply(target({serviceWith("web", config)}));
  ASSERT_TRUE(hasFailed("lab/web", 10, 120s));
  EXPECT_TRUE(shows("lab/web",
                    {{"reason", "CrashLoopBackOff"}, {"error", {{"type", "CrashLoopBackOff"}}}}));
  // Restart 1 was immediate; 2 came 0.5 s after its end, and 3 to 9 each 1 s after theirs.
  const auto started = event("lab/web", "Started");
  ASSERT_TRUE(started);
  const auto all = agent().events("lab/web");
  std::int64_t latest = 0;
  for (const auto& one : all) {
    if (contains(one, {{"reason", "Started"}})) {
      latest = std::max(latest, instantsOf(one.as_object()).last);
    }
  }
  EXPECT_GE(latest - instantsOf(*started).first, 7'500);
}

TEST_F(Unhealthy, AReadinessFailureRestartsNothingAndHoldsBackItsDependentsOnly) {
  startAgent();
  breakIt("readiness");
  const auto db = serviceWith("db", {{"readinessProbe", probe("readiness")}});
  const json::object healthy{{"db", {{"condition", "healthy"}}}};
  agent().apply(
      target({db, service("needs", kSleeper, {{"dependsOn", healthy}}),
              service("after", kSleeper, {{"dependsOn", {"db"}}}), service("other", kSleeper)}));
  ASSERT_TRUE(shows("lab/db", kNotReady));
  ASSERT_TRUE(shows("lab/after", kRunning));
  ASSERT_TRUE(shows("lab/other", kRunning));
  ASSERT_TRUE(waitUntil(
      [&] {
        return event("lab/db", "Unhealthy", "Readiness probe failed: command ended").has_value();
      },
      kSoon));
  ASSERT_TRUE(waitUntil([&] { return fires("readiness"); }, kSoon));
  EXPECT_TRUE(contains(agent().show("lab/needs"),
                       {{"serviceStatus", "pending"}, {"reason", "DependencyNotReady"}}));
  const auto before = run("db");

  mend("readiness");
  ASSERT_TRUE(shows("lab/db", kReady));
  ASSERT_TRUE(shows("lab/needs", kRunning));
  ASSERT_TRUE(waitUntil([&] { return !fires("readiness"); }, kSoon));
  const auto dependent = run("needs");
  breakIt("readiness");
  ASSERT_TRUE(shows("lab/db", kNotReady));
  EXPECT_EQ(run("db"), before) << "nothing was restarted";
  EXPECT_EQ(run("needs"), dependent) << "what has started goes on";
  EXPECT_TRUE(contains(agent().show("lab/db"), {{"restartCount", 0}, {"crashCount", 0}}));
}

TEST_F(Unhealthy, AnImagesHealthcheckIsItsReadiness) {
  startAgent();
  const auto folder = faults();
  std::filesystem::permissions(folder, std::filesystem::perms::all);
  auto checked = service("web", Lab::image("health:1.0"));
  checked["config"] = {{"volumes", {folder.string() + ":/tmp"}}};
  ASSERT_TRUE(holds(target({checked})));
  ASSERT_TRUE(
      shows("lab/web",
            {{"ready", true},
             {"probes",
              {{"readiness", {{"type", "exec"}}}, {"liveness", nullptr}, {"startup", nullptr}}}}));
  const auto before = run("web");
  breakIt("bad");
  ASSERT_TRUE(shows("lab/web", kNotReady));
  mend("bad");
  ASSERT_TRUE(shows("lab/web", kReady));
  EXPECT_EQ(run("web"), before);
}

TEST_F(Unhealthy, AStartupFailureEndsTheContainerAndASuccessLetsTheOthersBegin) {
  startAgent();
  breakIt("startup");
  auto config = json::object{{"startupProbe", probe("startup")}, {"livenessProbe", probe("life")}};
  agent().apply(target({serviceWith("web", config)}));
  ASSERT_TRUE(tells("lab/web", "Killing", "failed startup probe, will be restarted"));
  ASSERT_TRUE(shows("lab/web", {{"restartCount", 1}}));
  mend("startup");
  ASSERT_TRUE(shows("lab/web", {{"ready", true},
                                {"probes",
                                 {{"startup", {{"result", "success"}}},
                                  {"liveness", {{"streakOf", "success"}}}}}}));
}

TEST_F(Unhealthy, WithPolicyRecreateAnotherContainerIsMade) {
  startAgent();
  ASSERT_TRUE(holds(target(
      {serviceWith("web", {{"livenessProbe", probe("life")}, {"unhealthyPolicy", "recreate"}})})));
  const auto former = run("web");
  breakIt("life");
  ASSERT_TRUE(runsAnew("web", former));
  mend("life");
  EXPECT_NE(run("web").id, former.id);
  EXPECT_TRUE(shows("lab/web", {{"crashCount", 1}, {"ready", true}}));
}

TEST_F(Unhealthy, WithPolicyAlertNothingIsTouchedAndItIsToldUntilItWorksAgain) {
  startAgent();
  ASSERT_TRUE(holds(target(
      {serviceWith("web", {{"livenessProbe", probe("life")}, {"unhealthyPolicy", "alert"}})})));
  const auto before = run("web");
  breakIt("life");
  ASSERT_TRUE(shows("lab/web", {{"serviceStatus", "running"},
                                {"probes", {{"liveness", {{"result", "failure"}}}}}}));
  ASSERT_TRUE(waitUntil([&] { return fires("liveness"); }, kSoon));
  mend("life");
  ASSERT_TRUE(shows("lab/web", {{"probes", {{"liveness", {{"result", "success"}}}}}}));
  ASSERT_TRUE(waitUntil([&] { return !fires("liveness"); }, kSoon));
  EXPECT_EQ(run("web"), before);
}

TEST_F(Unhealthy, WithRestartPolicyNeverItStaysDown) {
  startAgent();
  ASSERT_TRUE(
      holds(target({serviceWith("web", {{"livenessProbe", probe("life")}, {"restart", "no"}})})));
  breakIt("life");
  ASSERT_TRUE(shows("lab/web", {{"serviceStatus", "stopped"}, {"crashCount", 0}}));
  EXPECT_TRUE(tells("lab/web", "Killing", "failed liveness probe"));
}

TEST_F(Unhealthy, AnAgentRestartedBetweenFailuresCountsAnewAndRestartsOnce) {
  startAgent();
  auto config = json::object{{"livenessProbe", probe("life")}};
  config["livenessProbe"].as_object()["failureThreshold"] = 4;
  ASSERT_TRUE(holds(target({serviceWith("web", config)})));
  const auto former = run("web");
  breakIt("life");
  ASSERT_TRUE(tells("lab/web", "Unhealthy", "Liveness probe failed", 2));
  agent().kill();
  agent().start();
  EXPECT_EQ(run("web"), former) << "it was not restarted because the agent was away";
  ASSERT_TRUE(runsAnew("web", former));
  mend("life");
  ASSERT_TRUE(shows("lab/web", {{"restartCount", 1}, {"crashCount", 1}}));
}

// The stop takes as long as the grace period, since the container ignores the signal.
TEST_F(Unhealthy, AnAgentKilledBetweenTheStopAndTheStartChargesItOnce) {
  startAgent();
  ASSERT_TRUE(holds(
      target({serviceWith("web", {{"livenessProbe", probe("life")}, {"stopGracePeriodSeconds", 3}},
                          Lab::image("stubborn:1.0"))})));
  const auto former = run("web");
  breakIt("life");
  ASSERT_TRUE(tells("lab/web", "Killing", "failed liveness probe"));
  agent().kill();
  mend("life");
  agent().start();
  ASSERT_TRUE(runsAnew("web", former));
  ASSERT_TRUE(shows("lab/web", {{"restartCount", 1}, {"crashCount", 1}}));
  EXPECT_TRUE(passes(2));
  EXPECT_TRUE(contains(agent().show("lab/web"), {{"restartCount", 1}, {"crashCount", 1}}));
}

TEST_F(Unhealthy, SecretsOfTheEnvironmentAreNotInWhatAProbeSaid) {
  startAgent();
  auto config = json::object{{"livenessProbe", probe("life")},
                             {"environment", {{"PASSWORD", "hunter2-and-more"}}}};
  config["livenessProbe"].as_object()["command"] = {
      "/bin/sh", "-c",
      "if test -e /faults/life; then echo login with $PASSWORD refused; exit 1; fi"};
  ASSERT_TRUE(holds(target({serviceWith("web", config)})));
  breakIt("life");
  ASSERT_TRUE(tells("lab/web", "Killing", "failed liveness probe"));
  ASSERT_TRUE(shows("lab/web", {{"crashCount", 1}}));
  EXPECT_THAT(detailsOf("lab/web"),
              AllOf(HasSubstr("login with *** refused"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(json::serialize(agent().events("lab/web")), Not(HasSubstr("hunter2")));
  EXPECT_THAT(json::serialize(firing()), Not(HasSubstr("hunter2")));
  EXPECT_THAT(agent().log(), Not(HasSubstr("hunter2")));
}

}  // namespace
