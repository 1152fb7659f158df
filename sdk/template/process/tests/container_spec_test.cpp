// SPDX-License-Identifier: Apache-2.0
#include "container_spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace process {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string refusal(const std::string& members) {
  std::string problem;
  const auto spec = parseContainerSpec(
      R"({"name": "app", "image": "a:1", "labels": {})" + members + "}", problem);
  EXPECT_EQ(spec.has_value(), problem.empty());
  return problem;
}

TEST(ContainerSpec, TakesWhatAProcessCanHave) {
  std::string problem;
  const auto spec = parseContainerSpec(
      R"({"name": "app", "image": "a:1", "labels": {"k": "v"}, "environment": {"A": "b"},
          "command": ["x", "y"], "workingDir": "/tmp", "stopSignal": "SIGINT",
          "networkMode": "host", "init": true, "stopGracePeriodSeconds": 3,
          "ports": [{"hostPort": 80, "containerPort": 80, "protocol": "tcp"}],
          "mounts": [{"type": "bind", "source": "/srv", "target": "/srv"}]})",
      problem);
  ASSERT_TRUE(spec) << problem;
  EXPECT_EQ(spec->label("k"), "v");
  EXPECT_THAT(spec->command, ::testing::ElementsAre("x", "y"));
  EXPECT_THAT(spec->paths, ::testing::ElementsAre("/srv"));
  EXPECT_EQ(spec->stopSignal, SIGINT);
  EXPECT_EQ(refusal(R"(, "stopSignal": "34")"), "");
}

// Each would silently not be so.
TEST(ContainerSpec, RefusesTheRestByName) {
  EXPECT_THAT(refusal(R"(, "privileged": true)"), StartsWith("privileged: "));
  EXPECT_THAT(refusal(R"(, "resources": {"memoryBytes": 1})"), StartsWith("resources: "));
  EXPECT_THAT(refusal(R"(, "user": "1000")"), StartsWith("user: "));
  EXPECT_THAT(refusal(R"(, "invented": 1)"), StartsWith("invented: "));
  EXPECT_THAT(refusal(R"(, "networks": [{"name": "front"}])"),
              HasSubstr("\"networkMode\": \"host\""));
  EXPECT_THAT(refusal(R"(, "networkMode": "none")"), StartsWith("networks: "));
  EXPECT_THAT(refusal(R"(, "ports": [{"hostPort": 80, "containerPort": 8080}])"),
              HasSubstr("expected 8080:8080"));
  EXPECT_THAT(refusal(R"(, "ports": [{"hostIp": "127.0.0.1", "containerPort": 80}])"),
              StartsWith("ports: "));
  EXPECT_THAT(refusal(R"(, "mounts": [{"type": "volume", "source": "data", "target": "/data"}])"),
              StartsWith("volumes: "));
  EXPECT_THAT(refusal(R"(, "mounts": [{"type": "bind", "source": "/a", "target": "/b"}])"),
              StartsWith("volumes: "));
  EXPECT_THAT(refusal(R"(, "mounts": [{"type": "bind", "source": "/a", "target": "/a",
                                       "readOnly": true}])"),
              StartsWith("volumes: "));
  EXPECT_THAT(refusal(R"(, "stopSignal": "SIGNONE")"), StartsWith("stopSignal: "));
}

TEST(ContainerSpec, RefusesWhatIsNone) {
  std::string problem;
  EXPECT_FALSE(parseContainerSpec("[]", problem));
  EXPECT_FALSE(parseContainerSpec("{", problem));
  EXPECT_THAT(refusal(R"(, "command": "sh")"), StartsWith("command: "));
  EXPECT_THAT(refusal(R"(, "environment": {"A": 1})"), StartsWith("environment: "));
  EXPECT_THAT(refusal(R"(, "image": "../../bin/sh")"), StartsWith("image: "));
  EXPECT_THAT(refusal(R"(, "name": "a/b")"), HasSubstr("no file name"));
}

TEST(ImageReference, IsAPathThatStaysBelow) {
  for (const char* const good : {"sensor", "sensor:1.4", "plant/sensor:V1", "a.b-c_d"}) {
    EXPECT_TRUE(isImageReference(good)) << good;
  }
  for (const char* const bad : {"", "..", "../a", "a/../b", "/a", "a/", "a//b", "UPPER",
                                "a:", "a:b:c", ":1", "a b", "a:../b", "a@sha256:0"}) {
    EXPECT_FALSE(isImageReference(bad)) << bad;
  }
}

}  // namespace
}  // namespace process
