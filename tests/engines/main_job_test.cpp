// SPDX-License-Identifier: Apache-2.0
//
// The agent's main job on a real engine: a target becomes running containers, what changes in the
// target changes here and nothing else does, and what cannot be had leaves the rest alone.

#include "engines/agent_test.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace holdfast::engines;
using namespace std::chrono_literals;
using holdfast::fixtures::Lab;
using holdfast::fixtures::waitUntil;
using holdfast::fixtures::writeFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const std::string kSleeper = Lab::image("sleeper:1.0");

class MainJob : public AgentTest {};

std::string onRegistry(const std::string& name) {
  return std::string(Lab::kRegistry) + "/" + name;
}

json::value seedTarget(const std::string& nodeRedTag) {
  auto nodered = service("nodered", onRegistry("nodered/node-red:" + nodeRedTag));
  auto mosquitto = service("mosquitto", onRegistry("eclipse-mosquitto:2"));
  nodered["serviceId"] = 2;
  mosquitto["serviceId"] = 1;
  return target({nodered, mosquitto});
}

// `raw` of the first link of that step in a causal chain.
std::string rawOf(const json::value& why, std::string_view step) {
  for (const auto& link : why.at("chain").as_array()) {
    if (link.at("step").as_string() == step)
      return json::serialize(link.at("raw"));
  }
  return "no link " + std::string(step);
}

// The default ladder, since its numbers are what people are shown.
TEST_F(MainJob, SeedScenario) {
  startAgent({{"retry.image.initial", "10s"}, {"retry.image.max", "5m"}});
  agent().apply(seedTarget("invalid"));

  EXPECT_TRUE(shows("lab/nodered", {{"serviceStatus", "error"},
                                    {"reason", "ImagePullBackOff"},
                                    {"containerId", nullptr},
                                    {"error",
                                     {{"type", "ImagePullBackOff"},
                                      {"message", "manifest unknown"},
                                      {"class", "not_found"},
                                      {"retryCount", 1},
                                      {"maxRetries", 10},
                                      {"exhausted", false}}}}));
  // At once, before the next attempt.
  const auto failed = agent().show("lab/nodered").at("error").as_object();
  const json::value why = agent().get("/v1/services/lab/nodered/why");
  EXPECT_TRUE(shows("lab/mosquitto", {{"serviceStatus", "running"}, {"ready", true}}));
  ASSERT_TRUE(settles());

  const auto at = [&](const char* member) {
    return instantsOf({{"firstTimestamp", failed.at(member)}, {"lastTimestamp", failed.at(member)}})
        .first;
  };
  EXPECT_NEAR(static_cast<double>(at("nextRetry") - at("timestamp")), 10'000, 5);
  EXPECT_EQ(inspect("mosquitto").at("Name"), "/lab_mosquitto_1");
  EXPECT_THAT(containersOf("nodered"), IsEmpty());
  EXPECT_TRUE(tells("lab/nodered", "Failed", "manifest unknown"));
  EXPECT_TRUE(tells("lab/nodered", "Failed", "ErrImagePull"));
  EXPECT_TRUE(tells("lab/nodered", "BackOff", "Back-off pulling image"));
  EXPECT_THAT(agent().log(), HasSubstr("reconciled: 2 services, 1 failing: 1001/nodered "
                                       "ImagePullBackOff (manifest unknown), retry 1/10 at "));

  // Why it is so: the tag that was asked for, and what the engine answered, as it came.
  const std::string words = json::serialize(why.at("words"));
  EXPECT_THAT(words, HasSubstr("download image " + onRegistry("nodered/node-red:invalid")));
  EXPECT_THAT(words, HasSubstr("The answer was: manifest unknown"));
  EXPECT_THAT(words, HasSubstr("That is 'not_found'"));
  EXPECT_THAT(words, HasSubstr("attempt 1/10 comes 10s after the failure"));
  EXPECT_THAT(words, HasSubstr("another tag, or this one appearing in registry"));
  EXPECT_EQ(why.at("next").at("what"), "retry 1/10");
  // Made from the monotonic clock each time it is shown.
  EXPECT_NEAR(static_cast<double>(millisecondsOf(why.at("next").at("at"))),
              static_cast<double>(millisecondsOf(failed.at("nextRetry"))), 5);
  EXPECT_THAT(rawOf(why, "answer"), HasSubstr("manifest unknown"));
  const json::value healthy = agent().get("/v1/services/lab/mosquitto/why");
  EXPECT_THAT(json::serialize(healthy.at("words")), HasSubstr("Nothing has to be done."));

  const auto mosquitto = run("mosquitto");
  EXPECT_TRUE(holds(seedTarget("3")));
  EXPECT_TRUE(shows("lab/nodered", {{"serviceStatus", "running"}, {"reason", "Running"}}));
  EXPECT_FALSE(agent().show("lab/nodered").contains("error"));
  EXPECT_EQ(run("mosquitto"), mosquitto);
}

TEST_F(MainJob, AnUpdateTouchesOneContainer) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper), service("db", kSleeper)})));
  const auto web = run("web");
  const auto db = run("db");

  const auto next = Lab::image("sleeper:2.0");
  EXPECT_TRUE(holds(target({service("web", next), service("db", kSleeper)})));

  EXPECT_NE(run("web").id, web.id);
  EXPECT_TRUE(contains(inspect("web"), {{"Config", {{"Image", next}}}}));
  const auto name = json::value_to<std::string>(
      engine_->call("GET", "/images/" + next + "/json").json().at("RepoDigests").at(0));
  EXPECT_TRUE(shows("lab/web", {{"runningImage", next},
                                {"runningImageDigest", name.substr(name.find('@') + 1)}}));
  EXPECT_EQ(run("db"), db);
}

TEST_F(MainJob, WhatLeavesTheTargetIsRemoved) {
  startAgent();
  ASSERT_TRUE(holds(
      target({service("web", kSleeper), service("db", kSleeper, {{"volumes", {"data:/data"}}})},
             {{"volumes", {{{"name", "data"}}}}})));
  const auto web = run("web");

  EXPECT_TRUE(holds(target({service("web", kSleeper)})));
  EXPECT_THAT(containersOf("db"), IsEmpty());
  EXPECT_EQ(run("web"), web);
  EXPECT_THAT(engine_->volumes(), ElementsAre("1001_data"));  // what it knows is never thrown away

  EXPECT_TRUE(holds({{"apps", json::object()}}));
  EXPECT_TRUE(waitUntil([&] { return engine_->containers().empty(); }, kSoon));
  EXPECT_TRUE(waitUntil([&] { return engine_->networks().empty(); }, kSoon));
}

TEST_F(MainJob, AnUpdateToAnAbsentImageLeavesTheOldContainerRunning) {
  const auto absent = Lab::faultyImage("flaky/web:2.0");
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  const auto old = run("web");

  agent().apply(target({service("web", absent)}));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "error"},
                                {"imageName", absent},
                                {"runningImage", kSleeper},
                                {"containerId", old.id},
                                {"ready", true},
                                {"error", {{"class", "not_found"}}}}));
  EXPECT_TRUE(hasFailed("lab/web", 2));
  EXPECT_EQ(run("web"), old);

  // It is looked after by the specification that it was made from ...
  engine_->kill(old.id);
  EXPECT_TRUE(waitUntil(
      [&] {
        return engine_->stateOf(old.id) == "running" && run("web").startedAt != old.startedAt;
      },
      kSoon));

  // ... until the image appears, which is all that it takes.
  faults_.set("flaky/web:2.0", "ok");
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}, {"runningImage", absent}}));
  EXPECT_NE(run("web").id, old.id);
}

TEST_F(MainJob, AServiceStartsAfterWhatItDependsOn) {
  const auto late = Lab::faultyImage("flaky/db:1.0");
  startAgent();
  agent().apply(target({service("web", kSleeper, {{"dependsOn", {"cache"}}}),
                        service("cache", kSleeper, {{"dependsOn", {"db"}}}), service("db", late),
                        service("apart", kSleeper)}));
  EXPECT_TRUE(shows("lab/db", {{"serviceStatus", "error"}}));
  EXPECT_TRUE(shows("lab/cache", {{"serviceStatus", "pending"}, {"reason", "DependencyNotReady"}}));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "pending"}, {"reason", "DependencyNotReady"}}));
  EXPECT_TRUE(shows("lab/apart", {{"serviceStatus", "running"}}));

  faults_.set("flaky/db:1.0", "ok");
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}}));
  EXPECT_LT(run("db").startedAt, run("cache").startedAt);
  EXPECT_LT(run("cache").startedAt, run("web").startedAt);
}

TEST_F(MainJob, ARefusedTargetChangesNothing) {
  startAgent();
  ASSERT_TRUE(holds(target({service("web", kSleeper)})));
  const auto web = run("web");
  const auto revision = agent().revision();

  const auto answer = agent().call(
      "PUT", "/v1/target",
      json::serialize(target({service("web", kSleeper, {{"enviroment", json::object()}}),
                              service("web", kSleeper), service("db", "Not A Reference")})));
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, HasSubstr("environment"));
  EXPECT_THAT(answer.body, HasSubstr("/apps/1001/services/1"));
  EXPECT_THAT(answer.body, HasSubstr("/apps/1001/services/2"));
  EXPECT_EQ(agent().revision(), revision);
  EXPECT_EQ(run("web"), web);
}

TEST_F(MainJob, APlanSaysWhatWouldBeDoneAndDoesNothing) {
  startAgent();
  const auto wanted = target({service("web", kSleeper)});
  const auto steps = [&](const json::array& actions) {
    std::vector<std::string> names;
    for (const auto& action : actions) {
      names.push_back(json::value_to<std::string>(action.at("step")));
    }
    return names;
  };
  EXPECT_THAT(steps(agent().plan(wanted)),
              ::testing::AnyOf(ElementsAre("downloadImage"),
                               ElementsAre("createNetwork", "createContainer", "startContainer")));
  EXPECT_THAT(engine_->containers(), IsEmpty());

  ASSERT_TRUE(holds(wanted));
  EXPECT_THAT(agent().plan(), IsEmpty());
  EXPECT_THAT(steps(agent().plan(target({}))), ElementsAre("stopContainer", "removeContainer"));
  EXPECT_EQ(containersOf("web").size(), 1U);
}

// --- the watched file ----------------------------------------------------------------------------

class TargetFile : public AgentTest {
 protected:
  Agent& startWatching() {
    makeAgent();
    path_ = agent().directory() / "target.json";
    agent().configure({{"target.file", path_}});
    agent().start();
    return agent();
  }

  void write(const json::value& target) { writeFile(path_, json::serialize(target)); }

  std::filesystem::path path_;
};

// The interval of the agents here is an hour: only the watch can notice.
TEST_F(TargetFile, IsNoticedAtOnceWhenItIsReplaced) {
  startWatching();
  write(target({service("web", kSleeper)}));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}}));
  EXPECT_EQ(agent().revision(), 1);
  const auto web = run("web");

  write(target({service("web", kSleeper), service("db", kSleeper)}));
  EXPECT_TRUE(waitUntil([&] { return agent().revision() == 2; }, 5s));
  EXPECT_TRUE(shows("lab/db", {{"serviceStatus", "running"}}));
  EXPECT_EQ(run("web"), web);
}

TEST_F(TargetFile, ThatSaysNothingNewDoesNotUndoWhatCameAfterIt) {
  startWatching();
  write(target({service("web", kSleeper)}));
  ASSERT_TRUE(shows("lab/web", {{"serviceStatus", "running"}}));
  ASSERT_TRUE(holds(target({service("db", kSleeper)})));

  agent().stop();
  agent().start();
  ASSERT_TRUE(settles());
  EXPECT_EQ(agent().revision(), 2);
  EXPECT_EQ(containersOf("db").size(), 1U);
  EXPECT_THAT(containersOf("web"), IsEmpty());

  write(target({service("web", kSleeper), service("db", kSleeper)}));
  EXPECT_TRUE(waitUntil([&] { return agent().revision() == 3; }, kSoon));
  EXPECT_TRUE(shows("lab/web", {{"serviceStatus", "running"}}));
}

TEST_F(TargetFile, WithAFaultInOneServiceHoldsUpNoOther) {
  startWatching();
  write(target({service("web", kSleeper), service("db", kSleeper)}));
  ASSERT_TRUE(shows("lab/web", {{"serviceStatus", "running"}}));
  ASSERT_TRUE(shows("lab/db", {{"serviceStatus", "running"}}));
  const auto old = run("db");

  write(target({service("web", kSleeper, {{"environment", {{"A", "1"}}}}),
                service("db", kSleeper, {{"ports", {"no port"}}}),
                service("new", kSleeper, {{"unheardOf", 1}})}));
  EXPECT_TRUE(waitUntil([&] { return agent().revision() == 2; }, kSoon));
  EXPECT_TRUE(shows("lab/db", {{"serviceStatus", "error"},
                               {"reason", "CreateContainerConfigError"},
                               {"containerId", old.id},
                               {"ready", true},
                               {"error", {{"type", "StartFailure"}, {"retryCount", 0}}}}));
  EXPECT_FALSE(agent().show("lab/db").at("error").as_object().contains("nextRetry"));
  EXPECT_TRUE(shows("lab/new", {{"serviceStatus", "running"}}));
  EXPECT_TRUE(waitUntil([&] { return agent().settled(); }, kSoon));
  EXPECT_THAT(json::serialize(inspect("web").at("Config").at("Env")), HasSubstr("A=1"));
  EXPECT_EQ(run("db"), old);
  EXPECT_TRUE(tells("", "TargetWarning", "unheardOf"));
}

TEST_F(TargetFile, ThatIsNoTargetLeavesTheLastGoodOneInForce) {
  startWatching();
  write(target({service("web", kSleeper)}));
  ASSERT_TRUE(shows("lab/web", {{"serviceStatus", "running"}}));
  const auto web = run("web");

  writeFile(path_, "{\"apps\": ");
  EXPECT_TRUE(tells("", "TargetRefused"));
  writeFile(path_, "{\"apps\": 5}");
  EXPECT_TRUE(tells("", "TargetRefused", "/apps"));
  EXPECT_EQ(agent().revision(), 1);
  EXPECT_EQ(run("web"), web);

  std::filesystem::remove(path_);
  ASSERT_TRUE(passes(2));
  EXPECT_EQ(run("web"), web);
}

}  // namespace
