// SPDX-License-Identifier: Apache-2.0
//
// The main job over a cloud: the target comes from there, what fails here is told there with its
// cause, and is gone there once it is put right.

#include "fixtures/cloud/cloud.hpp"

#include "engines/agent_test.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace holdfast::engines;
using holdfast::fixtures::Cloud;
using holdfast::fixtures::CloudEndpoint;
using holdfast::fixtures::Lab;
using holdfast::fixtures::waitUntil;
using holdfast::fixtures::writeFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr const char* kEnvironmentSecret = "environment-canary-4711";

std::string onRegistry(const std::string& name) {
  return std::string(Lab::kRegistry) + "/" + name;
}

std::string seedTarget(const std::string& nodeRedTag) {
  auto nodered = service("nodered", onRegistry("nodered/node-red:" + nodeRedTag),
                         {{"environment", {{"TOKEN", kEnvironmentSecret}}}});
  auto mosquitto = service("mosquitto", onRegistry("eclipse-mosquitto:2"));
  nodered["serviceId"] = 2;
  mosquitto["serviceId"] = 1;
  auto document = target({nodered, mosquitto}).as_object();
  document["config"] = json::object();
  return json::serialize(document);
}

std::set<std::string> namesIn(const json::object& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object) {
    names.emplace(name);
  }
  return names;
}

json::object serviceIn(const json::object& report, const std::string& name) {
  for (const auto& [id, app] : report.at("apps").as_object()) {
    for (const auto& candidate : app.at("services").as_array()) {
      if (json::value_to<std::string>(candidate.at("serviceName")) == name) {
        return candidate.as_object();
      }
    }
  }
  return {};
}

bool showsIn(const json::object& report, const std::string& name, const json::object& expected) {
  return contains(serviceIn(report, name), expected);
}

// One service writes "out 1" and "err 1", and so on, ten times a second at most, another nothing.
std::string talkingTarget() {
  const auto counts =
      runs("i=0; while :; do i=$((i+1)); echo out $i; echo err $i >&2; sleep 0.1; done");
  return json::serialize(
      target({service("talks", onRegistry("demo/sleeper:1.0"), {{"command", counts}}),
              service("silent", onRegistry("demo/sleeper:1.0"))}));
}

// Which number a line of it has.
int numberIn(const json::value& line) {
  std::string word;
  int number = 0;
  std::istringstream(json::value_to<std::string>(line)) >> word >> number;
  return number;
}

std::int64_t millisecondsNow() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

class CloudLink : public AgentTest {
 protected:
  void startLinked(const Agent::Settings& settings = {}) {
    makeAgent({{"retry.image.initial", "10s"}, {"retry.image.max", "5m"}});
    const auto key = agent().directory() / "provisioning.key";
    writeFile(key, Cloud::provisioningKey() + "\n");
    std::filesystem::permissions(key, std::filesystem::perms::owner_read);
    agent().configure({{"uplink.plugin", "iotistic"},
                       {"uplink.url", cloud_.url()},
                       {"uplink.provisioningKeyFile", key},
                       {"uplink.pollInterval", "1s"},
                       {"uplink.reportInterval", "1s"}});
    agent().configure(settings);
    agent().start();
  }

  // The first report that fits among all that the cloud was sent.
  json::object report(const std::function<bool(const json::object&)>& fits) {
    const auto found = cloud_.waitForReport(fits, kSoon);
    if (!found) {
      ADD_FAILURE() << "no such report; the latest of " << cloud_.reports().size() << " is "
                    << (cloud_.reports().empty() ? "" : json::serialize(cloud_.reports().back()));
    }
    return found.value_or(json::object());
  }

  // Neither the key that the device registered with, nor its own, nor what the cloud gave a service
  // to keep to itself, is told to anybody.
  void expectNoSecretTold() {
    const auto uplink = json::serialize(cloud_.registrations().at(0).at("deviceApiKey"));
    const std::string told = agent().log() + json::serialize(agent().get("/v1/info")) +
                             json::serialize(agent().events()) +
                             json::serialize(agent().get("/v1/plugins")) +
                             json::serialize(agent().get("/v1/services")) +
                             json::serialize(json::value_from(cloud_.reports()));
    EXPECT_THAT(told, Not(HasSubstr(Cloud::provisioningKey())));
    EXPECT_THAT(told, Not(HasSubstr(uplink.substr(1, uplink.size() - 2))));
    EXPECT_THAT(told, Not(HasSubstr(kEnvironmentSecret)));
  }

  // The number of the first line that the cloud was sent of each stream of the talking service. All
  // others follow it, each with when it was written, not before `asked`; of two streams nobody
  // knows which line came first.
  std::map<std::string, int> firstNumbers(std::int64_t asked) {
    EXPECT_TRUE(cloud_.waitForLogs(40, kSoon));
    const auto lines = cloud_.logs();
    const auto arrived = millisecondsNow();
    const auto earliest = asked / 1000 * 1000;  // Podman before 5.8 tells whole seconds
    std::map<std::string, int> first;
    std::map<std::string, int> next;
    std::map<std::string, std::int64_t> latest;
    for (const auto& line : lines) {
      const std::string stream = line.at("isStderr").as_bool() ? "err" : "out";
      const int number =
          first.try_emplace(stream, numberIn(line.at("message"))).first->second + next[stream]++;
      const auto at = line.at("timestamp").as_int64();
      EXPECT_EQ(line, (json::object{{"serviceName", "talks"},
                                    {"timestamp", at},
                                    {"message", stream + " " + std::to_string(number)},
                                    {"isSystem", false},
                                    {"isStderr", stream == "err"}}));
      EXPECT_GE(at, latest.try_emplace(stream, earliest).first->second);
      EXPECT_LE(at, arrived);
      latest[stream] = at;
    }
    return first;
  }

  Cloud cloud_;
};

TEST_F(CloudLink, ABadTagIsToldWithItsCauseAndGoneOnceItIsPutRight) {
  cloud_.setTarget(seedTarget("invalid"));
  startLinked();

  const auto failing = report([](const json::object& sent) {
    return showsIn(sent, "nodered", {{"serviceStatus", "error"}, {"reason", "ImagePullBackOff"}}) &&
           showsIn(sent, "mosquitto", {{"serviceStatus", "running"}});
  });
  ASSERT_FALSE(failing.empty());
  EXPECT_EQ(failing.at("version"), 1);
  const auto error = serviceIn(failing, "nodered").at("error").as_object();
  EXPECT_THAT(namesIn(error),
              UnorderedElementsAre("type", "reason", "message", "class", "timestamp", "retryCount",
                                   "maxRetries", "nextRetry", "exhausted", "since", "firstError"));
  EXPECT_TRUE(contains(error, {{"type", "ImagePullBackOff"},
                               {"message", "manifest unknown"},
                               {"class", "not_found"},
                               {"retryCount", 1},
                               {"maxRetries", 10},
                               {"exhausted", false}}));
  EXPECT_EQ(failing.at("service_errors"),
            json::value({{{"appId", 1001},
                          {"appName", kAppName},
                          {"serviceId", 2},
                          {"serviceName", "nodered"},
                          {"imageName", onRegistry("nodered/node-red:invalid")},
                          {"errorType", "ImagePullBackOff"},
                          {"message", "manifest unknown"},
                          {"retryCount", 1},
                          {"nextRetry", error.at("nextRetry")},
                          {"timestamp", error.at("timestamp")}}}));
  EXPECT_FALSE(serviceIn(failing, "mosquitto").contains("error"));
  const auto mosquitto = run("mosquitto");

  cloud_.setTarget(seedTarget("3"));
  const auto healed = report([](const json::object& sent) {
    return showsIn(sent, "nodered", {{"serviceStatus", "running"}, {"reason", "Running"}});
  });
  ASSERT_FALSE(healed.empty());
  EXPECT_EQ(healed.at("version"), 2);
  EXPECT_EQ(healed.at("service_errors"), json::array());
  EXPECT_FALSE(serviceIn(healed, "nodered").contains("error"));
  EXPECT_EQ(run("mosquitto"), mosquitto);

  // Told once each, in their order, over all reports.
  std::vector<std::string> transitions;
  std::int64_t told = 0;
  for (const auto& sent : cloud_.reports()) {
    for (const auto& transition : sent.at("transitions").as_array()) {
      if (transition.at("seq").as_int64() > told) {
        told = transition.at("seq").as_int64();
        transitions.push_back(json::value_to<std::string>(transition.at("serviceName")) + " " +
                              json::value_to<std::string>(transition.at("type")) + ": " +
                              json::value_to<std::string>(transition.at("message")));
      }
    }
  }
  EXPECT_THAT(transitions,
              ElementsAre("nodered error: manifest unknown", "nodered resolved: manifest unknown"));
  expectNoSecretTold();
}

TEST_F(CloudLink, WhatTheCloudSaidLastRunsOnWithoutIt) {
  cloud_.setTarget(seedTarget("3"));
  startLinked();
  ASSERT_FALSE(report([](const json::object& sent) {
                 return showsIn(sent, "nodered", {{"serviceStatus", "running"}});
               }).empty());
  const auto nodered = run("nodered");

  cloud_.disconnect();
  agent().kill();
  engine_->kill(nodered.id);
  agent().start();
  EXPECT_TRUE(shows("lab/nodered", {{"serviceStatus", "running"}, {"restartCount", 1}}));
  EXPECT_EQ(run("nodered").id, nodered.id);

  const auto before = cloud_.reports().size();
  cloud_.reconnect();
  EXPECT_FALSE(report([&, number = std::size_t{0}](const json::object& sent) mutable {
                 return number++ >= before && showsIn(sent, "nodered", {{"restartCount", 1}});
               }).empty());
}

TEST_F(CloudLink, OutputArrivesOnlyFromWhenItIsAskedFor) {
  cloud_.setTarget(talkingTarget());
  startLinked();
  constexpr int kUnasked = 40;  // takes longer than a line would wait for others of its batch
  ASSERT_TRUE(shows("lab/talks", {{"serviceStatus", "running"}}));
  ASSERT_TRUE(waitUntil(
      [&] {
        const auto lines = agent().logs("lab/talks", "?tail=1");
        return !lines.empty() && numberIn(lines.at(0).at("line")) >= kUnasked;
      },
      kSoon));
  EXPECT_EQ(cloud_.count(CloudEndpoint::Logs), 0U);

  agent().stop();
  agent().configure({{"uplink.logs", "true"}});
  const auto asked = millisecondsNow();
  agent().start();
  const auto first = firstNumbers(asked);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_GT(first.at("out"), kUnasked);
  EXPECT_GT(first.at("err"), kUnasked);
}

TEST_F(CloudLink, OutputArrivesFromAContainersFirstLine) {
  cloud_.setTarget(talkingTarget());
  const auto asked = millisecondsNow();
  startLinked({{"uplink.logs", "true"}});
  EXPECT_EQ(firstNumbers(asked), (std::map<std::string, int>{{"err", 1}, {"out", 1}}));
}

}  // namespace
