// SPDX-License-Identifier: Apache-2.0
//
// Agent and engine are killed at any instant: what comes after is the same as if they had not been,
// with nothing twice and nothing restarted that ran.

#include "engines/agent_test.hpp"
#include "engines/container_process.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <thread>

namespace {

using namespace holdfast::engines;
using namespace std::chrono_literals;
using holdfast::fixtures::Lab;
using holdfast::fixtures::waitUntil;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kSleeper = Lab::image("sleeper:1.0");
const json::object kRunning{{"serviceStatus", "running"}};

// --- the agent -----------------------------------------------------------------------------------

class AgentKilled : public AgentTest {
 protected:
  static constexpr int kServices = 6;

  // What a round deploys. "steady-*" are the same in every round, "changing-*" never; one image is
  // new each time.
  static json::value deployment(int round) {
    std::vector<json::object> services;
    const json::object same{{"networks", {"front"}}, {"volumes", {"data:/data"}}};
    for (const auto* name : {"steady-1", "steady-2", "steady-3"}) {
      services.push_back(service(name, kSleeper, same));
    }
    auto changed = same;
    changed["environment"] = {{"ROUND", round}};
    services.push_back(service("changing-1", kSleeper, changed));
    services.push_back(service("changing-2", kSleeper, changed));
    services.push_back(service(
        "changing-3", Lab::faultyImage("ok/killed-" + std::to_string(round) + ":1.0"), same));
    return target(services,
                  {{"networks", {{{"name", "front"}}}}, {"volumes", {{{"name", "data"}}}}});
  }

  // Runs that the deployment of this round wants as they are, by container id: what it replaces is
  // not among them.
  std::map<std::string, std::string> wantedRuns(int round) {
    std::map<std::string, std::string> runs;
    const auto image = "ok/killed-" + std::to_string(round) + ":1.0";
    for (const auto& listed : engine_->containers("io.holdfast.owner")) {
      const auto id = json::value_to<std::string>(listed.at("Id"));
      const auto container = engine_->inspect(id);
      if (!container || !container->at("State").at("Running").as_bool()) {
        continue;
      }
      const auto name = json::value_to<std::string>(listed.at("Labels").at("io.holdfast.service"));
      const auto config = json::serialize(container->at("Config"));
      const bool wanted =
          name.starts_with("steady") ||
          config.find("ROUND=" + std::to_string(round) + "\"") != std::string::npos ||
          config.find(image) != std::string::npos;
      if (wanted) {
        runs[id] = json::value_to<std::string>(container->at("State").at("StartedAt"));
      }
    }
    return runs;
  }

  static unsigned seed() {
    const auto* given = std::getenv("HOLDFAST_TEST_SEED");
    return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
  }
};

TEST_F(AgentKilled, AtTwentyInstantsOfADeployment) {
  constexpr int kRounds = 20;
  const auto seed = AgentKilled::seed();
  std::cout << "HOLDFAST_TEST_SEED=" << seed << "\n";
  std::mt19937 random(seed);

  // How long a deployment takes here, so that the instants lie all over it.
  startAgent();
  ASSERT_TRUE(holds(deployment(0)));
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(holds(deployment(1)));
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  std::uniform_int_distribution<std::int64_t> instants(0, whole.count());

  for (int round = 2; round < 2 + kRounds; ++round) {
    const std::chrono::milliseconds instant(instants(random));
    SCOPED_TRACE("round " + std::to_string(round) + ", killed after " +
                 std::to_string(instant.count()) + " of " + std::to_string(whole.count()) + " ms");
    const auto revision = agent().apply(deployment(round));
    std::this_thread::sleep_for(instant);  // the instant of the kill is what is tried here
    agent().kill();
    const auto ran = wantedRuns(round);
    agent().start();

    ASSERT_EQ(agent().revision(), revision);  // what was accepted is never lost
    ASSERT_TRUE(settles());
    const auto runs = wantedRuns(round);
    ASSERT_EQ(runs.size(), static_cast<std::size_t>(kServices));
    ASSERT_EQ(engine_->containers().size(), static_cast<std::size_t>(kServices));
    for (const auto& [id, since] : ran) {
      ASSERT_TRUE(runs.contains(id));
      ASSERT_EQ(runs.at(id), since);
    }
    const auto shown = agent().get("/v1/services");
    for (const auto& one : shown.at("services").as_array()) {
      ASSERT_TRUE(contains(one, {{"serviceStatus", "running"}, {"crashCount", 0}}))
          << json::serialize(one);
    }
  }
  EXPECT_THAT(engine_->networks(), ::testing::ElementsAre("1001_front"));
  EXPECT_THAT(engine_->volumes(), ::testing::ElementsAre("1001_data"));
}

TEST_F(AgentKilled, WhatEndedMeanwhileIsStartedAgain) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper), service("db", kSleeper)})));
  const auto web = run("web");
  const auto db = run("db");
  agent().kill();
  engine_->kill(web.id);
  ASSERT_TRUE(waitUntil([&] { return engine_->stateOf(web.id) == "exited"; }, kSoon));
  agent().start();
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}, {"restartCount", 1}}));
  EXPECT_EQ(run("web").id, web.id);
  EXPECT_EQ(run("db"), db);
}

TEST_F(AgentKilled, AnOrderlyStopLeavesContainersRunning) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  const auto web = run("web");
  agent().stop();
  EXPECT_EQ(run("web"), web);
  agent().start();
  ASSERT_TRUE(settles());
  EXPECT_EQ(run("web"), web);
}

// --- the engine ----------------------------------------------------------------------------------

class EngineKilled : public AgentTest {
 protected:
  // A service's run, and the process that it is to the kernel.
  struct Before {
    ContainerRun run;
    ContainerProcess process;
  };

  Before before(const std::string& name) {
    return {run(name), ContainerProcess(processOf(inspect(name)))};
  }

  // Whether an engine takes its containers along is its own affair, and the kernel knows: what was
  // ended runs again, in the same container and started once; what lived was not touched.
  void expectStartedAgainOnlyIfEnded(const std::string& name, const Before& before) {
    const bool ended = before.process.ended();
    std::cout << name << (ended ? " was ended\n" : " lived on\n");
    EXPECT_TRUE(tells("lab/" + name, "Started", "", ended ? 2 : 1));
    EXPECT_EQ(starts(name), ended ? 2 : 1);
    EXPECT_EQ(run(name).id, before.run.id);
    EXPECT_EQ(run(name) == before.run, !ended);
  }

  std::int64_t starts(const std::string& name) {
    std::int64_t times = 0;
    for (const auto& event : agent().events("lab/" + name)) {
      times += event.at("reason") == "Started" ? event.at("count").as_int64() : 0;
    }
    return times;
  }

  void expectNothingCharged(const std::string& service) {
    EXPECT_TRUE(shows(service, kRunning));
    const auto shown = agent().show(service);
    EXPECT_FALSE(shown.contains("error")) << json::serialize(shown);
    EXPECT_EQ(shown.at("crashCount"), 0);
  }
};

TEST_F(EngineKilled, InTheMiddleOfAPull) {
  const auto slow = Lab::faultyImage("slow/app:1.0");
  faults_.set("slow/app", "slow", "bytes-per-second=100000");
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  const auto web = before("web");
  agent().apply(target({service("web", kSleeper), service("slow", slow)}));
  ASSERT_TRUE(waitUntil(
      [&] {
        const auto pull = agent().show("lab/slow").at("pull");
        return pull.is_object() && pull.at("done").as_int64() > 0;
      },
      kSoon));

  lab_.kill(kind());
  EXPECT_TRUE(tells("", "EngineUnavailable"));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}, {"stale", true}}));
  faults_.set("slow/app", "ok");
  lab_.start(kind());

  EXPECT_TRUE(tells("", "EngineRecovered"));
  expectNothingCharged("lab/slow");
  expectNothingCharged("lab/web");
  EXPECT_TRUE(shows("lab/web", {{"stale", false}}));
  expectStartedAgainOnlyIfEnded("web", web);
  EXPECT_EQ(engine_->containers().size(), 2U);
}

// Containers that an engine takes down with it have not crashed; those that it leaves alone go on.
TEST_F(EngineKilled, ByAnOrderlyStop) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper), service("db", kSleeper)})));
  const auto web = before("web");
  const auto db = before("db");
  lab_.stop(kind());
  ASSERT_TRUE(tells("", "EngineUnavailable"));
  lab_.start(kind());
  EXPECT_TRUE(waitUntil(
      [&] {
        return engine_->stateOf(web.run.id) == "running" &&
               engine_->stateOf(db.run.id) == "running";
      },
      kSoon));
  expectNothingCharged("lab/web");
  expectNothingCharged("lab/db");
  expectStartedAgainOnlyIfEnded("web", web);
  expectStartedAgainOnlyIfEnded("db", db);
}

TEST_F(EngineKilled, BeforeTheAgentStarts) {
  lab_.stop(kind());
  startAgent({}, false);
  agent().apply(target({service("web", kSleeper)}));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "pending"}}));
  EXPECT_EQ(agent().call("GET", "/readyz").status, 503);
  lab_.start(kind());
  EXPECT_TRUE(shows("lab/web", kRunning));
}

// Connections are accepted and nothing is answered: only an unanswered question shows that.
TEST_F(EngineKilled, OrOnlyFrozen) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  const auto web = run("web");
  lab_.freeze(kind());
  agent().apply(target({service("web", kSleeper), service("db", kSleeper)}));
  EXPECT_TRUE(tells("", "EngineUnavailable"));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}, {"stale", true}}));
  lab_.thaw(kind());
  EXPECT_TRUE(shows("lab/db", {{"serviceStatus", "running"}, {"stale", false}}));
  expectNothingCharged("lab/web");
  expectNothingCharged("lab/db");
  EXPECT_EQ(run("web"), web);
}

}  // namespace
