// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/container_spec.hpp"

#include <gtest/gtest.h>

namespace holdfast::runtime {
namespace {

std::string problemOf(const std::string& text) {
  std::string problem;
  const auto spec = parseContainerSpec(text, problem);
  EXPECT_EQ(spec.has_value(), problem.empty()) << problem;
  return problem;
}

std::string with(const std::string& member) {
  return R"({"name":"n","image":"i","labels":{},)" + member + "}";
}

TEST(ContainerSpec, ReadsTheExampleOfTheDocumentation) {
  std::string problem;
  const auto spec = parseContainerSpec(R"({
    "name": "monitoring_mosquitto_1", "image": "eclipse-mosquitto:2",
    "command": ["mosquitto", "-c", "/mosquitto/config/mosquitto.conf"],
    "environment": {"TZ": "UTC"},
    "labels": {"io.holdfast.app": "1001"},
    "mounts": [
      {"type": "bind", "source": "/etc/localtime", "target": "/etc/localtime", "readOnly": true},
      {"type": "volume", "source": "1001_mosquitto-data", "target": "/mosquitto/data"}],
    "networks": [{"name": "1001_front", "aliases": ["mosquitto"]}],
    "ports": [
      {"hostPort": 1883, "containerPort": 1883, "protocol": "tcp"},
      {"hostIp": "127.0.0.1", "hostPort": 9001, "containerPort": 9001, "protocol": "tcp"}],
    "resources": {"nanoCpus": 500000000, "memoryBytes": 268435456}})",
                                       problem);
  ASSERT_TRUE(spec.has_value()) << problem;
  EXPECT_EQ(spec->name, "monitoring_mosquitto_1");
  EXPECT_EQ(spec->command.size(), 3u);
  EXPECT_EQ(spec->environment.at("TZ"), "UTC");
  ASSERT_EQ(spec->mounts.size(), 2u);
  EXPECT_TRUE(spec->mounts[0].readOnly);
  EXPECT_EQ(spec->mounts[1].type, "volume");
  EXPECT_EQ(spec->networks[0].aliases, StringList{"mosquitto"});
  EXPECT_EQ(spec->ports[0].hostIp, "");
  EXPECT_EQ(spec->ports[1].hostPort, 9001);
  EXPECT_EQ(spec->resources.memoryBytes, 268435456);
  EXPECT_EQ(spec->stopGracePeriodSeconds, 10);
}

TEST(ContainerSpec, NamesWhatItDoesNotKnow) {
  EXPECT_EQ(problemOf(with(R"("teleport":true)")), "teleport: this plugin does not know it");
  EXPECT_EQ(problemOf(with(R"("resources":{"gpus":1})")).find("resources: "), 0u);
}

TEST(ContainerSpec, RefusesOtherForms) {
  for (const char* member :
       {R"("command":"text")", R"("command":[1])", R"("environment":["A=1"])",
        R"("environment":{"A":1})", R"("privileged":"yes")", R"("stopGracePeriodSeconds":"10")",
        R"("ports":[{"containerPort":0,"protocol":"tcp"}])",
        R"("ports":[{"containerPort":70000,"protocol":"tcp"}])",
        R"("ports":[{"containerPort":80,"protocol":"sctp"}])", R"("ports":{})",
        R"("mounts":[{"type":"npipe","source":"a","target":"/b"}])",
        R"("mounts":[{"type":"bind","source":"/a","target":"relative"}])",
        R"("networks":[{"aliases":[]}])", R"("ulimits":{"nofile":1024})", R"("logging":"none")",
        R"("devices":["/dev/a"])", R"("resources":{"memoryBytes":1.5})"}) {
    EXPECT_FALSE(problemOf(with(member)).empty()) << member;
  }
}

TEST(ContainerSpec, RefusesWhatIsNoSpecification) {
  for (const std::string& text :
       {std::string(""), std::string("[]"), std::string("{"), std::string("null"),
        std::string(R"({"name":"n","labels":{}})"), std::string(R"({"image":"i"})"),
        std::string(100'000, '['), with(R"("user":")" + std::string(2'000'000, 'x') + "\"")}) {
    EXPECT_FALSE(problemOf(text).empty()) << text.substr(0, 40);
  }
}

TEST(ContainerSpec, ReadsNetworksAndVolumes) {
  std::string problem;
  const auto network = parseNetworkSpec(
      R"({"driver":"bridge","options":{"a":"b"},"internal":true,"labels":{"l":"v"}})", problem);
  ASSERT_TRUE(network.has_value()) << problem;
  EXPECT_EQ(network->driver, "bridge");
  EXPECT_TRUE(network->internal);
  const auto volume = parseVolumeSpec(R"({"labels":{"l":"v"}})", problem);
  ASSERT_TRUE(volume.has_value()) << problem;
  EXPECT_EQ(volume->driver, "");
  EXPECT_EQ(volume->labels.at("l"), "v");
  EXPECT_FALSE(parseVolumeSpec(R"({"internal":true})", problem).has_value());
  EXPECT_EQ(problem, "internal: this plugin does not know it");
}

}  // namespace
}  // namespace holdfast::runtime
