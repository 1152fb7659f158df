// SPDX-License-Identifier: Apache-2.0
//
// How containers start, end, fail and are told to: the desired states, the user's commands, the
// crash ladder and restart policies, and what an engine refuses at a start.

#include "engines/agent_test.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

namespace {

using namespace holdfast::engines;
using namespace std::chrono_literals;
using holdfast::fixtures::Lab;
using holdfast::fixtures::waitUntil;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kSleeper = Lab::image("sleeper:1.0");
const json::object kRunning{{"serviceStatus", "running"}, {"reason", "Running"}};

class Lifecycle : public AgentTest {
 protected:
  json::value state(const std::string& name) { return inspect(name).at("State"); }

  // Lines of the service's output, read through the agent.
  std::vector<std::string> lines(const std::string& name) {
    std::vector<std::string> all;
    for (const auto& line : agent().logs("lab/" + name)) {
      all.push_back(json::value_to<std::string>(line.at("line")));
    }
    return all;
  }
};

// The one thing that an agent cannot show of both engines alike: with control groups of version 1
// Podman is not told why the process was killed.
const char* outOfMemory(holdfast::fixtures::Engine engine) {
  const bool unified = std::filesystem::exists("/sys/fs/cgroup/cgroup.controllers");
  return engine == holdfast::fixtures::Engine::kDocker || unified ? "OOMKilled" : "Error";
}

// --- desired states and commands -----------------------------------------------------------------

TEST_F(Lifecycle, StoppedAndPausedHoldOverTenPassesAndCostNoStep) {
  startAgent();
  auto stopped = service("stopped", kSleeper);
  auto paused = service("paused", kSleeper);
  auto never = service("never-started", kSleeper);
  never["state"] = "stopped";
  ASSERT_TRUE(holds(target({stopped, paused, never, service("web", kSleeper)})));
  const auto pausedRun = run("paused");
  stopped["state"] = "stopped";
  paused["state"] = "paused";
  const auto wanted = target({stopped, paused, never, service("web", kSleeper)});
  ASSERT_TRUE(holds(wanted));
  ASSERT_TRUE(
      shows("lab/paused", {{"serviceStatus", "running"}, {"reason", "Paused"}, {"ready", false}}));
  ASSERT_TRUE(shows("lab/stopped", {{"serviceStatus", "stopped"}, {"reason", "Stopped"}}));
  ASSERT_TRUE(shows("lab/never-started", {{"serviceStatus", "stopped"}, {"reason", "Stopped"}}));
  EXPECT_EQ(state("paused").at("Status"), "paused");
  EXPECT_EQ(state("stopped").at("Status"), "exited");
  EXPECT_THAT(containersOf("never-started"), IsEmpty());

  const auto events = engine_->events();
  const auto ofPaused = agent().events("lab/paused");
  const auto ofStopped = agent().events("lab/stopped");
  ASSERT_TRUE(passes(10));
  EXPECT_THAT(agent().plan(), IsEmpty());
  EXPECT_EQ(agent().events("lab/paused"), ofPaused);
  EXPECT_EQ(agent().events("lab/stopped"), ofStopped);
  EXPECT_THAT(events->objects(), IsEmpty());

  paused["state"] = "running";
  stopped["state"] = "running";
  ASSERT_TRUE(holds(target({stopped, paused, never, service("web", kSleeper)})));
  EXPECT_EQ(run("paused"), pausedRun);
  EXPECT_TRUE(shows("lab/stopped", kRunning));
  EXPECT_EQ(agent().show("lab/stopped").at("crashCount"), 0);
}

TEST_F(Lifecycle, AUsersStopHoldsUntilStart) {
  const auto wanted = target({service("web", kSleeper), service("db", kSleeper)});
  const json::object stopped{
      {"serviceStatus", "stopped"}, {"reason", "Stopped"}, {"override", "stopped"}};
  startAgent();
  ASSERT_TRUE(holds(wanted));
  const auto before = run("web");
  const auto db = run("db");

  agent().command("lab/web", "stop");
  ASSERT_TRUE(shows("lab/web", stopped));
  EXPECT_TRUE(waitUntil([&] { return state("web").at("Status") == "exited"; }, kSoon));
  EXPECT_TRUE(holds(wanted));
  EXPECT_TRUE(shows("lab/web", stopped));
  agent().kill();
  agent().start();
  EXPECT_TRUE(settles());
  EXPECT_TRUE(shows("lab/web", stopped));
  EXPECT_EQ(state("web").at("Status"), "exited");

  agent().command("lab/web", "start");
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"},
                                {"override", nullptr},
                                {"restartCount", 0},
                                {"crashCount", 0}}));
  EXPECT_EQ(run("web").id, before.id);
  EXPECT_NE(run("web"), before);
  EXPECT_EQ(run("db"), db);
}

TEST_F(Lifecycle, AChangedSpecificationEndsAUsersStop) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  agent().command("lab/web", "stop");
  ASSERT_TRUE(shows("lab/web", {{"serviceStatus", "stopped"}}));
  EXPECT_TRUE(holds(target({service("web", kSleeper, {{"environment", {{"A", "1"}}}})})));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}, {"override", nullptr}}));
}

TEST_F(Lifecycle, ARestartStartsTheSameContainerAndIsNoCrash) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  const auto before = run("web");
  agent().command("lab/web", "restart");
  EXPECT_TRUE(tells("lab/web", "Started", "", 2));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"},
                                {"restartCount", 0},
                                {"crashCount", 0},
                                {"lastState", {{"exitCode", 0}}}}));
  EXPECT_EQ(run("web").id, before.id);
  EXPECT_NE(run("web"), before);
}

TEST_F(Lifecycle, CommandsForWhatIsNotThereAreRefused) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  EXPECT_EQ(agent().call("POST", "/v1/services/lab/wbe/stop").status, 404);
  EXPECT_EQ(agent().call("POST", "/v1/services/bal/web/stop").status, 404);
}

// --- exits ---------------------------------------------------------------------------------------

TEST_F(Lifecycle, ACrashLoopClimbsItsLadderInTheSameContainer) {
  startAgent({{"retry.crash.initial", "500ms"}, {"retry.crash.max", "1s"}});
  agent().apply(target(
      {service("crasher", Lab::image("crasher:1.0"), {{"environment", {{"EXIT_CODE", "7"}}}}),
       service("web", kSleeper)}));
  ASSERT_TRUE(hasFailed("lab/crasher", 4));
  EXPECT_TRUE(shows("lab/crasher", {{"serviceStatus", "error"},
                                    {"reason", "CrashLoopBackOff"},
                                    {"lastState", {{"exitCode", 7}, {"reason", "Error"}}},
                                    {"error", {{"type", "CrashLoopBackOff"}, {"maxRetries", 0}}}}));
  EXPECT_GE(agent().show("lab/crasher").at("restartCount").as_int64(), 3);
  EXPECT_EQ(containersOf("crasher").size(), 1U);
  EXPECT_TRUE(tells("lab/crasher", "BackOff", "Back-off restarting failed container", 2));
  EXPECT_TRUE(tells("lab/crasher", "Exited", "exit code 7", 3));
  EXPECT_TRUE(shows("lab/web", kRunning));
  EXPECT_EQ(agent().show("lab/web").at("restartCount"), 0);
}

TEST_F(Lifecycle, TheFirstRestartIsImmediateAndTheNextOneIsNot) {
  startAgent({{"retry.crash.initial", "10m"}, {"retry.crash.max", "10m"}});
  agent().apply(target({service("crasher", Lab::image("crasher:1.0"))}));
  EXPECT_TRUE(shows("lab/crasher", {{"reason", "CrashLoopBackOff"}, {"restartCount", 1}}));

  agent().command("lab/crasher", "retry");
  EXPECT_TRUE(shows("lab/crasher", {{"restartCount", 2}}));
}

TEST_F(Lifecycle, RestartPoliciesDecideWhatComesBack) {
  const auto ends = [](const char* name, const char* policy, const char* code) {
    return service(name, Lab::image("crasher:1.0"),
                   {{"restart", policy}, {"environment", {{"EXIT_CODE", code}}}});
  };
  startAgent();
  agent().apply(
      target({ends("no-0", "no", "0"), ends("no-3", "Never", "3"),
              ends("failure-0", "on-failure", "0"), ends("failure-3", "on-failure:2", "3"),
              ends("always-0", "always", "0"), ends("unless-3", "unless-stopped", "3")}));
  EXPECT_TRUE(shows("lab/no-0", {{"serviceStatus", "stopped"},
                                 {"reason", "Completed"},
                                 {"restartCount", 0},
                                 {"lastState", {{"exitCode", 0}}}}));
  EXPECT_TRUE(shows("lab/no-3", {{"serviceStatus", "stopped"},
                                 {"reason", "Error"},
                                 {"restartCount", 0},
                                 {"lastState", {{"exitCode", 3}}}}));
  EXPECT_TRUE(shows("lab/failure-0",
                    {{"serviceStatus", "stopped"}, {"reason", "Completed"}, {"restartCount", 0}}));
  EXPECT_TRUE(shows("lab/failure-3",
                    {{"serviceStatus", "stopped"}, {"reason", "Error"}, {"restartCount", 2}}));
  EXPECT_TRUE(tells("lab/failure-3", "MaxRetriesExceeded"));
  for (const auto& [name, how] :
       {std::pair("lab/always-0", "Completed"), std::pair("lab/unless-3", "Error")}) {
    EXPECT_TRUE(hasFailed(name, 3));
    EXPECT_TRUE(shows(name, {{"reason", "CrashLoopBackOff"}, {"lastState", {{"reason", how}}}}));
  }
}

TEST_F(Lifecycle, AnExitIsNoticedWithoutWaitingForALook) {
  startAgent();  // the next regular look is an hour away
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  const auto before = run("web");
  engine_->kill(before.id);
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}, {"restartCount", 1}}));
  EXPECT_EQ(run("web").id, before.id);
}

TEST_F(Lifecycle, AnOomKillIsCalledOneWhereTheEngineKnows) {
  const auto* reason = outOfMemory(kind());
  startAgent();
  agent().apply(
      target({service("oomer", Lab::image("oomer:1.0"),
                      {{"restart", "no"}, {"resources", {{"limits", {{"memory", "32Mi"}}}}}})}));
  EXPECT_TRUE(shows("lab/oomer", {{"serviceStatus", "stopped"},
                                  {"reason", reason},
                                  {"lastState", {{"exitCode", 137}, {"reason", reason}}}}));
}

// The container itself notes that it was told, and that it had time. SIGKILL it cannot note: that
// is its exit code.
TEST_F(Lifecycle, AContainerThatIgnoresSigtermIsKilledAfterItsGrace) {
  const json::array notes{"/bin/sh", "-c",
                          "trap 'echo told to end; sleep 0.5; echo goes on' TERM; echo ready; "
                          "while :; do sleep 1000000 & wait $!; done"};
  const auto stubborn =
      service("stubborn", kSleeper, {{"command", notes}, {"stopGracePeriodSeconds", 1}});
  startAgent();
  ASSERT_TRUE(holds(target({stubborn, service("web", kSleeper)})));
  const auto web = run("web");
  ASSERT_TRUE(waitUntil([&] { return lines("stubborn").size() == 1; }, kSoon));

  agent().command("lab/stubborn", "stop");
  EXPECT_TRUE(
      shows("lab/stubborn", {{"serviceStatus", "stopped"}, {"lastState", {{"exitCode", 137}}}}));
  EXPECT_THAT(lines("stubborn"), ElementsAre("ready", "told to end", "goes on"));
  const auto asked = millisecondsOf(event("lab/stubborn", "Killing")->at("firstTimestamp"));
  const auto ended = millisecondsOf(agent().show("lab/stubborn").at("lastState").at("finishedAt"));
  EXPECT_GE(ended - asked, 1000);
  EXPECT_EQ(run("web"), web);
}

// --- starts that fail ----------------------------------------------------------------------------

TEST_F(Lifecycle, AMissingProgramIsRejectedAndRetriedUntilTheTargetIsCorrected) {
  startAgent();
  agent().apply(target({service("web", kSleeper, {{"command", {"/no/such/program"}}}),
                        service("entry", Lab::image("badentry:1.0")), service("db", kSleeper)}));
  for (const auto* name : {"lab/web", "lab/entry"}) {
    EXPECT_TRUE(shows(
        name, {{"serviceStatus", "error"},
               {"reason", "RunContainerError"},
               {"crashCount", 0},
               {"restartCount", 0},
               {"startedAt", nullptr},
               {"lastState", nullptr},  // it never ran: there is no exit code
               {"error", {{"type", "StartFailure"}, {"class", "rejected"}, {"maxRetries", 10}}}}));
    EXPECT_TRUE(hasFailed(name, 2));
  }
  EXPECT_TRUE(shows("lab/db", kRunning));
  EXPECT_THAT(json::value_to<std::string>(agent().show("lab/web").at("error").at("message")),
              HasSubstr("/no/such/program"));
  EXPECT_FALSE(event("lab/web", "Exited"));
  EXPECT_EQ(state("web").at("Status"), "created");
  EXPECT_EQ(containersOf("web").size(), 1U);

  EXPECT_TRUE(holds(target({service("web", kSleeper)})));
  EXPECT_TRUE(shows("lab/web", kRunning));
  EXPECT_FALSE(agent().show("lab/web").contains("error"));
}

// The container that the failed start left behind is the one that runs in the end.
TEST_F(Lifecycle, ATakenPortIsRetriedInTheSameContainerUntilItIsFree) {
  engine_->pull(kSleeper);
  engine_->create("occupant", kSleeper,
                  {{"ExposedPorts", {{"80/tcp", json::object{}}}},
                   {"HostConfig", {{"PortBindings", {{"80/tcp", {{{"HostPort", "18090"}}}}}}}}});
  engine_->start("occupant");
  startAgent();
  agent().apply(
      target({service("web", kSleeper, {{"ports", {"18090:80"}}}), service("db", kSleeper)}));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "error"},
                                {"reason", "RunContainerError"},
                                {"error", {{"type", "StartFailure"}, {"class", "conflict"}}}}));
  EXPECT_TRUE(hasFailed("lab/web", 2));
  EXPECT_TRUE(shows("lab/db", kRunning));
  EXPECT_EQ(state("web").at("Status"), "created");
  const auto id = containersOf("web").front();

  engine_->remove("occupant");
  EXPECT_TRUE(shows("lab/web", kRunning));
  EXPECT_EQ(run("web").id, id);
  EXPECT_TRUE(tells("lab/web", "Recovered"));
}

TEST_F(Lifecycle, AContainerThatWasNeverStartedIsStarted) {
  startAgent({{"retry.start.initial", "10m"}, {"retry.start.max", "10m"}});
  agent().apply(target({service("web", kSleeper, {{"command", {"/no/such/program"}}})}));
  ASSERT_TRUE(shows("lab/web", {{"reason", "RunContainerError"}}));
  agent().command("lab/web", "retry");
  EXPECT_TRUE(tells("lab/web", "ForcedRetry"));
  EXPECT_TRUE(tells("lab/web", "Failed", "", 2));
}

// --- purge and output ----------------------------------------------------------------------------

TEST_F(Lifecycle, PurgeForgetsWhatTheAppStored) {
  const auto marks = runs(
      "if [ -e /data/mark ]; then echo kept; else echo fresh; fi; "
      "touch /data/mark");
  startAgent();
  ASSERT_TRUE(
      holds(target({service("web", kSleeper, {{"command", marks}, {"volumes", {"data:/data"}}})},
                   {{"volumes", {{{"name", "data"}}}}})));
  engine_->call("POST", "/volumes/create", {{"Name", "foreign"}});
  const auto before = run("web");
  agent().command("lab/web", "restart");
  ASSERT_TRUE(waitUntil([&] { return lines("web").size() == 2; }, kSoon));
  EXPECT_THAT(lines("web"), ElementsAre("fresh", "kept"));

  ASSERT_EQ(agent().call("POST", "/v1/apps/lab/purge").status, 202);
  EXPECT_TRUE(tells("", "Purged"));
  EXPECT_TRUE(shows("lab/web", kRunning));
  EXPECT_NE(run("web").id, before.id);
  EXPECT_TRUE(waitUntil([&] { return lines("web").size() == 1; }, kSoon));
  EXPECT_THAT(lines("web"), ElementsAre("fresh"));
  EXPECT_THAT(engine_->volumes(), ::testing::UnorderedElementsAre("1001_data", "foreign"));
}

TEST_F(Lifecycle, OutputIsReadThroughTheAgent) {
  const auto speaks = runs("echo one; echo two >&2; echo three");
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper, {{"command", speaks}})})));
  json::array lines;
  ASSERT_TRUE(waitUntil([&] { return (lines = agent().logs("lab/web")).size() == 3; }, kSoon));
  std::set<std::pair<std::string, std::string>> said;
  for (const auto& line : lines) {
    said.emplace(json::value_to<std::string>(line.at("stream")),
                 json::value_to<std::string>(line.at("line")));
    EXPECT_TRUE(line.at("time").is_string());
  }
  EXPECT_THAT(
      said, ::testing::UnorderedElementsAre(std::pair("stdout", "one"), std::pair("stderr", "two"),
                                            std::pair("stdout", "three")));
  EXPECT_EQ(agent().logs("lab/web", "?tail=1").size(), 1U);
}

}  // namespace
