// SPDX-License-Identifier: Apache-2.0
//
// A device on which the original agent ran: what it left behind is made here as it makes it, and
// runs on under ours.

#include "engines/agent_test.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace {

using namespace holdfast::engines;
using holdfast::fixtures::Lab;
using holdfast::fixtures::waitUntil;
using ::testing::Contains;
using ::testing::Not;

const std::string kSleeper = Lab::image("sleeper:1.0");
const std::string kNewer = Lab::image("sleeper:2.0");
const json::object kRunning{{"serviceStatus", "running"}};
constexpr const char* kWeb = "lab_web_1";
constexpr const char* kDb = "lab_db_2";

class TakeOver : public AgentTest {
 protected:
  void SetUp() override {
    engine_->pull(kSleeper);
    engine_->pull(kNewer);
    const json::object labels{{"iotistic.managed", "true"}, {"iotistic.app-id", kAppId}};
    engine_->call("POST", "/networks/create", {{"Name", "1001_front"}, {"Labels", labels}});
    // It makes a volume for the app, and then mounts the one of the bare name.
    engine_->call("POST", "/volumes/create", {{"Name", "1001_data"}, {"Labels", labels}});
    makeOriginal(kWeb, "1", "web");
    makeOriginal(kDb, "2", "db");
    makeForeign("plain", {});
    makeForeign("iotistica-agent", {{"com.docker.compose.service", "agent"}});
    makeForeign("half", {{"iotistic.app-id", kAppId}});
  }

  void makeOriginal(const std::string& name, const std::string& id, const std::string& service) {
    const json::object labels{{"iotistic.app-id", kAppId},
                              {"iotistic.app-name", kAppName},
                              {"iotistic.service-id", id},
                              {"iotistic.service-name", service}};
    engine_->create(
        name, kSleeper,
        {{"Cmd", runs("echo kept-by-" + service + " > /data/" + service)},
         {"Env", {"A=1"}},
         {"Labels", labels},
         {"HostConfig",
          {{"Binds", {"data:/data"}},
           {"NetworkMode", "bridge"},
           {"RestartPolicy", {{"Name", "unless-stopped"}, {"MaximumRetryCount", 0}}}}}});
    engine_->start(name);
    engine_->call("POST", "/networks/1001_front/connect", {{"Container", name}});
  }

  void makeForeign(const std::string& name, json::object labels) {
    engine_->create(name, kSleeper, {{"Labels", std::move(labels)}});
    engine_->start(name);
    foreign_[name] = runOf(name);
  }

  ContainerRun runOf(const std::string& container) {
    const auto found = engine_->inspect(container);
    if (!found) {
      return {"absent", ""};
    }
    return {json::value_to<std::string>(found->at("Id")),
            json::value_to<std::string>(found->at("State").at("StartedAt"))};
  }

  void expectForeignUntouched() {
    for (const auto& [name, run] : foreign_) {
      EXPECT_EQ(runOf(name), run) << name;
    }
  }

  // The name of the volume at /data.
  std::string volumeOf(const std::string& container) {
    const auto found = engine_->inspect(container);
    for (const auto& mount : found->at("Mounts").as_array()) {
      if (mount.at("Destination") == "/data") {
        return json::value_to<std::string>(mount.at("Name"));
      }
    }
    return {};
  }

  static json::object one(const std::string& name, int id, const std::string& image,
                          json::object more = {}) {
    more["volumes"] = {"data:/data"};
    more["networks"] = {"front"};
    more["environment"] = {{"A", "1"}};
    auto result = service(name, image, std::move(more));
    result["serviceId"] = id;
    return result;
  }

  static json::value wanted(const std::vector<json::object>& services) {
    return target(services,
                  {{"networks", {{{"name", "front"}}}}, {"volumes", {{{"name", "data"}}}}});
  }

  std::map<std::string, ContainerRun> foreign_;
};

TEST_F(TakeOver, RunsOnUntilItsServiceChangesAndItsDataStays) {
  const auto web = runOf(kWeb);
  const auto db = runOf(kDb);
  startAgent();
  ASSERT_TRUE(passes(2));  // no target: nothing is taken over, and nothing removed
  EXPECT_EQ(runOf(kWeb), web);

  const auto same = wanted({one("web", 1, kSleeper), one("db", 2, kSleeper)});
  ASSERT_TRUE(holds(same));
  EXPECT_TRUE(tells("lab/web", "TakenOver", kWeb));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}, {"containerId", web.id}}));
  ASSERT_TRUE(passes(2));
  agent().kill();
  agent().start();
  ASSERT_TRUE(settles());
  ASSERT_TRUE(passes(2));
  EXPECT_EQ(runOf(kWeb), web);
  EXPECT_EQ(runOf(kDb), db);

  const auto script = runs("cat /data/web; echo kept-by-successor > /data/web");
  ASSERT_TRUE(
      holds(wanted({one("web", 1, kNewer, {{"command", script}}), one("db", 2, kSleeper)})));
  EXPECT_TRUE(shows("lab/web", kRunning));
  EXPECT_NE(run("web").id, web.id);
  EXPECT_EQ(volumeOf(kWeb), "data");
  const auto lines = [&] { return json::serialize(agent().logs("lab/web")); };
  EXPECT_TRUE(waitUntil([&] { return lines().find("kept-by-web") != std::string::npos; }, kSoon))
      << lines();
  // What is still the original's is reached where it is.
  EXPECT_TRUE(
      inspect("web").at("NetworkSettings").at("Networks").as_object().contains("1001_front"));
  EXPECT_EQ(runOf(kDb), db);

  ASSERT_TRUE(
      holds(wanted({one("web", 1, kSleeper, {{"command", script}}), one("db", 2, kSleeper)})));
  EXPECT_EQ(volumeOf(kWeb), "data");
  EXPECT_TRUE(
      waitUntil([&] { return lines().find("kept-by-successor") != std::string::npos; }, kSoon))
      << lines();
  expectForeignUntouched();
}

TEST_F(TakeOver, WhatIsNotInTheTargetGoesWithoutItsVolumesAndNetworks) {
  const auto web = runOf(kWeb);
  startAgent();
  ASSERT_TRUE(holds(wanted({one("web", 1, kSleeper)})));
  EXPECT_TRUE(waitUntil([&] { return engine_->stateOf(kDb) == "absent"; }, kSoon));
  EXPECT_EQ(runOf(kWeb), web);
  ASSERT_TRUE(holds({{"apps", json::object()}}));
  EXPECT_TRUE(waitUntil([&] { return engine_->stateOf(kWeb) == "absent"; }, kSoon));
  ASSERT_TRUE(passes(2));
  EXPECT_THAT(engine_->volumes(), ::testing::UnorderedElementsAre("1001_data", "data"));
  EXPECT_THAT(engine_->networks(), Contains("1001_front"));
  expectForeignUntouched();

  ASSERT_TRUE(holds(wanted({one("web", 1, kSleeper)})));  // back again, with its data
  EXPECT_EQ(volumeOf(kWeb), "data");
}

TEST_F(TakeOver, ItsEndIsOursToAnswer) {
  const auto web = runOf(kWeb);
  startAgent();
  ASSERT_TRUE(holds(wanted({one("web", 1, kSleeper), one("db", 2, kSleeper)})));
  // Podman 4 has no call that changes this of a container that is there.
  const bool toldToLeaveItToUs = kind() == holdfast::fixtures::Engine::kDocker;
  if (toldToLeaveItToUs) {
    EXPECT_TRUE(waitUntil(
        [&] {
          return engine_->inspect(kWeb)->at("HostConfig").at("RestartPolicy").at("Name") == "no";
        },
        kSoon));
  }
  engine_->kill(kWeb);
  EXPECT_TRUE(waitUntil([&] { return runOf(kWeb) != web; }, kSoon));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}, {"restartCount", 1}}));
  EXPECT_EQ(runOf(kWeb).id, web.id);
  if (toldToLeaveItToUs) {
    EXPECT_TRUE(tells("lab/web", "Exited"));
    EXPECT_EQ(engine_->inspect(kWeb)->at("RestartCount"), 0);
  }
}

// Whenever the agent is killed, from before it knows the target until after the new container runs:
// what was to run on has run on, and what was to be replaced has its data.
TEST_F(TakeOver, AnAgentThatIsKilledMeanwhileComesToTheSameEnd) {
  const auto same = wanted({one("web", 1, kSleeper), one("db", 2, kSleeper)});
  const auto changed = wanted({one("web", 1, kNewer), one("db", 2, kSleeper)});
  std::mt19937 random(std::random_device{}());
  for (int round = 0; round < 6; ++round) {
    if (round > 0) {
      agent().kill();
      engine_->remove(kWeb);
      engine_->remove(kDb);
      makeOriginal(kWeb, "1", "web");
      makeOriginal(kDb, "2", "db");
    }
    startAgent();
    const auto web = runOf(kWeb);
    const auto db = runOf(kDb);
    const auto killAfter = [&](int limit) {
      const std::chrono::milliseconds instant(std::uniform_int_distribution<int>(0, limit)(random));
      SCOPED_TRACE("round " + std::to_string(round) + ", killed after " +
                   std::to_string(instant.count()) + " ms");
      std::this_thread::sleep_for(instant);  // the instant of the kill is what is tried here
      agent().kill();
      agent().start();
      ASSERT_TRUE(settles());
    };
    agent().apply(same);
    killAfter(100);
    ASSERT_EQ(runOf(kWeb), web);
    ASSERT_EQ(runOf(kDb), db);
    agent().apply(changed);
    killAfter(2'000);
    ASSERT_TRUE(shows("lab/web", kRunning));
    ASSERT_NE(run("web").id, web.id);
    ASSERT_EQ(volumeOf(kWeb), "data");
    ASSERT_EQ(runOf(kDb), db);
  }
  EXPECT_EQ(engine_->containers().size(), 5U);
  expectForeignUntouched();
}

}  // namespace
