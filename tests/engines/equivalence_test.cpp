// SPDX-License-Identifier: Apache-2.0
//
// A container is made anew when it would feel the difference, and only then: another order, another
// spelling or a default that is written out is no difference.

#include "engines/agent_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <tuple>

namespace {

using namespace holdfast::engines;
using holdfast::fixtures::Lab;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Equivalence : public AgentTest {};

json::object config() {
  return {{"ports", {"18080:80", "127.0.0.1:18081:81", "18053:53/udp"}},
          {"volumes", {"data:/data", "/etc/hostname:/name:ro"}},
          {"networks", {"front", "back"}},
          {"labels", {{"one", "1"}, {"two", "2"}}},
          {"environment", {{"A", "1"}, {"B", "2"}}},
          {"capAdd", {"NET_ADMIN", "SYS_TIME"}},
          {"resources", {{"limits", {{"cpu", "0.5"}, {"memory", "64Mi"}}}}}};
}

json::value with(json::object config) {
  return target(
      {service("web", Lab::image("sleeper:1.0"), std::move(config))},
      {{"networks", {{{"name", "front"}}, {{"name", "back"}}}}, {"volumes", {{{"name", "data"}}}}});
}

struct Variant {
  const char* name;
  std::function<void(json::object&)> change;
};

const std::vector<Variant> kSame{
    {"ports in another order",
     [](auto& c) {
       c["ports"] = {"18053:53/udp", "127.0.0.1:18081:81", "18080:80"};
     }},
    {"the default protocol",
     [](auto& c) {
       c["ports"] = {"18080:80/tcp", "127.0.0.1:18081:81/tcp", "18053:53/udp"};
     }},
    {"networks in another order",
     [](auto& c) {
       c["networks"] = {"back", "front"};
     }},
    {"labels in another order",
     [](auto& c) {
       c["labels"] = {{"two", "2"}, {"one", "1"}};
     }},
    {"volumes in another order, with the default mode",
     [](auto& c) {
       c["volumes"] = {"/etc/hostname:/name:ro", "data:/data:rw"};
     }},
    {"environment as a list",
     [](auto& c) {
       c["environment"] = {"B=2", "A=1"};
     }},
    {"environment as numbers",
     [](auto& c) {
       c["environment"] = {{"A", 1}, {"B", 2}};
     }},
    {"capabilities in another order",
     [](auto& c) {
       c["capAdd"] = {"SYS_TIME", "NET_ADMIN"};
     }},
    {"quantities in other units",
     [](auto& c) {
       c["resources"] = {{"limits", {{"cpu", "500m"}, {"memory", 67108864}}}};
     }},
    {"defaults written out",
     [](auto& c) {
       c["networkMode"] = "bridge";
       c["restart"] = "always";
       c["privileged"] = false;
       c["readOnly"] = false;
       c["init"] = false;
       c["stopGracePeriodSeconds"] = 10;
       c["imagePullPolicy"] = "IfNotPresent";
       c["runtime"] = holdfast::fixtures::nameOf(engineUnderTest());
       for (const auto* list :
            {"capDrop", "devices", "tmpfs", "extraHosts", "dns", "securityOpt", "dependsOn"}) {
         c[list] = json::array();
       }
       for (const auto* map : {"sysctls", "ulimits"}) {
         c[map] = json::object();
       }
     }},
    {"a probe", [](auto& c) {
       c["readinessProbe"] = {{"type", "tcp"}, {"port", 80}};
     }}};

// Each on top of the ones before.
const std::vector<Variant> kDifferent{
    {"another memory limit",
     [](auto& c) {
       c["resources"] = {{"limits", {{"cpu", "0.5"}, {"memory", "48Mi"}}}};
     }},
    {"another CPU limit",
     [](auto& c) {
       c["resources"] = {{"limits", {{"cpu", "0.4"}, {"memory", "48Mi"}}}};
     }},
    {"no limits", [](auto& c) { c.erase("resources"); }},
    {"a variable removed",
     [](auto& c) {
       c["environment"] = {{"A", "1"}};
     }},
    {"a label removed",
     [](auto& c) {
       c["labels"] = {{"one", "1"}};
     }},
    {"another protocol",
     [](auto& c) {
       c["ports"] = {"18080:80", "127.0.0.1:18081:81", "18053:53/tcp"};
     }},
    {"another address",
     [](auto& c) {
       c["ports"] = {"18080:80", "18081:81", "18053:53/tcp"};
     }},
    {"a port removed",
     [](auto& c) {
       c["ports"] = {"18080:80", "18081:81"};
     }},
    {"writable instead of read-only",
     [](auto& c) {
       c["volumes"] = {"data:/data", "/etc/hostname:/name"};
     }},
    {"a network left", [](auto& c) { c["networks"] = {"front"}; }},
    {"another command", [](auto& c) { c["command"] = runs("true"); }}};

TEST_F(Equivalence, NothingIsMadeAnewForAnotherSpelling) {
  startAgent();
  ASSERT_TRUE(holds(with(config())));
  const auto first = run("web");
  for (const auto& [name, change] : kSame) {
    auto changed = config();
    change(changed);
    EXPECT_THAT(agent().plan(with(changed)), IsEmpty()) << name;
    ASSERT_TRUE(holds(with(changed))) << name;
    ASSERT_EQ(run("web"), first) << name;
  }
}

TEST_F(Equivalence, WhatTheContainerFeelsMakesItAnew) {
  auto changed = config();
  startAgent();
  ASSERT_TRUE(holds(with(changed)));
  for (const auto& [name, change] : kDifferent) {
    const auto before = run("web");
    change(changed);
    ASSERT_TRUE(holds(with(changed))) << name;
    ASSERT_NE(run("web").id, before.id) << name;
  }
}

// What was asked for is what the engine was told.
TEST_F(Equivalence, TheEngineHasWhatTheTargetSays) {
  startAgent();
  ASSERT_TRUE(holds(with(config())));
  const auto web = inspect("web");
  const auto& host = web.at("HostConfig");
  EXPECT_EQ(host.at("Memory"), 64 << 20);
  EXPECT_EQ(host.at("NanoCpus"), 500'000'000);
  EXPECT_EQ(host.at("RestartPolicy").at("Name"), "no");
  EXPECT_EQ(host.at("PortBindings").at("81/tcp").at(0).at("HostIp"), "127.0.0.1");
  EXPECT_EQ(host.at("PortBindings").at("53/udp").at(0).at("HostPort"), "18053");
  const auto& networks = web.at("NetworkSettings").at("Networks").as_object();
  EXPECT_EQ(networks.size(), 2U);
  for (const auto* network : {"1001_front", "1001_back"}) {
    ASSERT_TRUE(networks.contains(network));
    EXPECT_THAT(json::serialize(networks.at(network).at("Aliases")), HasSubstr("\"web\""));
  }
  EXPECT_THAT(json::value_to<std::vector<std::string>>(web.at("Config").at("Env")),
              ::testing::IsSupersetOf({"A=1", "B=2"}));
}

}  // namespace
