// SPDX-License-Identifier: Apache-2.0
//
// The main job over a cloud: the target comes from there, what fails here is told there with its
// cause, and is gone there once it is put right.

#include "fixtures/cloud/cloud.hpp"

#include "engines/agent_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace holdfast::engines;
using holdfast::fixtures::Cloud;
using holdfast::fixtures::Lab;
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

class CloudLink : public AgentTest {
 protected:
  void startLinked() {
    makeAgent({{"retry.image.initial", "10s"}, {"retry.image.max", "5m"}});
    const auto key = agent().directory() / "provisioning.key";
    writeFile(key, Cloud::provisioningKey() + "\n");
    std::filesystem::permissions(key, std::filesystem::perms::owner_read);
    agent().configure({{"uplink.plugin", "iotistic"},
                       {"uplink.url", cloud_.url()},
                       {"uplink.provisioningKeyFile", key},
                       {"uplink.pollInterval", "1s"},
                       {"uplink.reportInterval", "1s"}});
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

}  // namespace
