// SPDX-License-Identifier: Apache-2.0
//
// What the agent may touch: only what carries its own uuid, and nothing at all as long as it has no
// target. A lost or damaged memory never costs a container.

#include "engines/agent_test.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace {

using namespace holdfast::engines;
using holdfast::fixtures::Lab;
using holdfast::fixtures::waitUntil;
using holdfast::fixtures::writeFile;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace fs = std::filesystem;

const std::string kSleeper = Lab::image("sleeper:1.0");
const std::string kOtherOwner = "0f0e0d0c-0b0a-4009-8807-060504030201";

class Ownership : public AgentTest {
 protected:
  void SetUp() override { engine_->pull(kSleeper); }

  ContainerRun runOf(const std::string& container) {
    const auto found = engine_->inspect(container);
    return {json::value_to<std::string>(found->at("Id")),
            json::value_to<std::string>(found->at("State").at("StartedAt"))};
  }

  ContainerRun foreign(const std::string& name, json::object labels) {
    engine_->create(name, kSleeper, {{"Labels", std::move(labels)}});
    engine_->start(name);
    return runOf(name);
  }

  // Loses what the agent knows: removes or overwrites files of its database.
  void damage(const std::string& content) {
    for (const auto* suffix : {"", "-wal", "-shm"}) {
      fs::remove(agent().stateDirectory() / (std::string("holdfast.db") + suffix));
    }
    if (!content.empty()) {
      writeFile(agent().stateDirectory() / "holdfast.db", content);
    }
  }
};

TEST_F(Ownership, WhatIsForeignOrAnothersIsNeverTouched) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  const auto own = inspect("web").at("Config").at("Labels").as_object();
  auto another = own;
  another["io.holdfast.owner"] = kOtherOwner;
  another["io.holdfast.service"] = "theirs";
  const auto plain = foreign("plain", {});
  const auto similar = foreign("similar", {{"io.holdfast.app", kAppId}});
  const auto theirs = foreign("theirs", another);
  engine_->call("POST", "/networks/create", {{"Name", "1001_foreign"}});
  engine_->call("POST", "/networks/create",
                {{"Name", "1001_theirs"}, {"Labels", {{"io.holdfast.owner", kOtherOwner}}}});

  ASSERT_TRUE(passes(2));
  EXPECT_TRUE(holds(target({service("web", kSleeper, {{"environment", {{"A", "1"}}}})})));
  EXPECT_TRUE(holds({{"apps", json::object()}}));
  EXPECT_TRUE(waitUntil([&] { return containersOf("web").empty(); }, kSoon));
  ASSERT_TRUE(passes(2));

  EXPECT_EQ(runOf("plain"), plain);
  EXPECT_EQ(runOf("similar"), similar);
  EXPECT_EQ(runOf("theirs"), theirs);
  EXPECT_THAT(engine_->networks(), ::testing::UnorderedElementsAre("1001_foreign", "1001_theirs"));
}

// A name that a foreign container has is an error of the service, not a reason to take it.
TEST_F(Ownership, AForeignContainerKeepsItsName) {
  const auto foreigner = foreign("lab_web_7", {});
  auto web = service("web", kSleeper);
  web["serviceId"] = 7;
  startAgent();
  agent().apply(target({web, service("db", kSleeper)}));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "error"},
                                {"reason", "CreateContainerError"},
                                {"error", {{"class", "conflict"}}}}));
  EXPECT_TRUE(hasFailed("lab/web", 2));
  EXPECT_TRUE(shows("lab/db", {{"serviceStatus", "running"}}));
  EXPECT_EQ(runOf("lab_web_7"), foreigner);

  engine_->remove("lab_web_7");
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}}));
}

TEST_F(Ownership, AnEmptyOrDamagedStoreRemovesNothing) {
  const auto wanted = target({service("web", kSleeper), service("db", kSleeper)});
  startAgent();
  ASSERT_TRUE(holds(wanted));
  const auto web = run("web");
  const auto db = run("db");
  const std::string garbage(20'000, 'x');
  for (const auto& content : {std::string(), garbage, garbage.substr(0, 10)}) {
    agent().kill();
    damage(content);
    agent().start();
    EXPECT_EQ(agent().call("GET", "/v1/target").status, 404) << content.size();
    ASSERT_TRUE(passes(3));
    ASSERT_EQ(run("web"), web) << content.size();
    ASSERT_EQ(run("db"), db) << content.size();
    if (!content.empty()) {
      EXPECT_TRUE(tells("", "StateDamaged")) << content.size();
    }
    ASSERT_TRUE(holds(wanted)) << content.size();
    ASSERT_EQ(run("web"), web) << content.size();  // known again, not made again
    ASSERT_EQ(run("db"), db) << content.size();
  }
}

TEST_F(Ownership, ADatabaseCutOffInTheMiddleRemovesNothing) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  const auto web = run("web");
  agent().stop();
  const auto file = agent().stateDirectory() / "holdfast.db";
  fs::resize_file(file, fs::file_size(file) / 2);
  agent().start();
  ASSERT_TRUE(passes(3));
  EXPECT_EQ(run("web"), web);
  EXPECT_TRUE(tells("", "StateDamaged"));
}

TEST_F(Ownership, ALostStateDirectoryIsTakenOverOnlyByAdopt) {
  const auto wanted = target({service("web", kSleeper), service("db", kSleeper)});
  startAgent();
  ASSERT_TRUE(holds(wanted));
  const auto web = run("web");
  const auto db = run("db");
  const auto owner = json::value_to<std::string>(agent().get("/v1/info").at("owner"));
  agent().kill();
  fs::remove_all(agent().stateDirectory());
  agent().start();

  agent().apply(wanted);
  EXPECT_TRUE(shows("lab/web", {{"error", {{"class", "conflict"}}}}));
  EXPECT_EQ(run("web"), web);
  const auto orphans = agent().get("/v1/adopt");
  EXPECT_FALSE(contains(orphans, {{"owner", owner}}));
  EXPECT_EQ(orphans.at("orphans").as_array().size(), 2U);
  EXPECT_TRUE(contains(orphans.at("orphans").at(0), {{"owner", owner}}));
  EXPECT_EQ(agent().call("POST", "/v1/adopt", R"({"owner": ")" + kOtherOwner + R"("})").status,
            404);

  const auto adopted = agent().call("POST", "/v1/adopt", R"({"owner": ")" + owner + R"("})");
  EXPECT_EQ(adopted.status, 202) << adopted.body;
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}}));
  EXPECT_TRUE(shows("lab/db", {{"serviceStatus", "running"}}));
  EXPECT_EQ(run("web"), web);
  EXPECT_EQ(run("db"), db);

  agent().kill();  // it is remembered
  agent().start();
  EXPECT_TRUE(holds(target({service("web", kSleeper)})));
  EXPECT_TRUE(waitUntil([&] { return containersOf("db").empty(); }, kSoon));
  EXPECT_EQ(run("web"), web);
}

}  // namespace
