// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/create_body.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace holdfast::docker {
namespace {

namespace json = boost::json;

constexpr int kOldApi = 41;
constexpr int kNewApi = 44;

runtime::ContainerSpec specOf(const std::string& members) {
  std::string problem;
  const auto spec = runtime::parseContainerSpec(
      R"({"name":"n","image":"nginx:1","labels":{"io.holdfast.owner":"o"})" +
          (members.empty() ? "" : "," + members) + "}",
      problem);
  EXPECT_TRUE(spec.has_value()) << problem;
  return spec.value_or(runtime::ContainerSpec{});
}

// One member of the specification, and where its meaning stands in Docker's words.
struct Row {
  std::string members;
  std::string pointer;
  std::string value;  // JSON
  friend std::ostream& operator<<(std::ostream& out, const Row& row) {
    return out << row.members << " at " << row.pointer;
  }
};

class CreateBody : public ::testing::TestWithParam<Row> {};

TEST_P(CreateBody, HasTheMember) {
  const Row& row = GetParam();
  const json::value body = createBody(specOf(row.members), kOldApi);
  boost::system::error_code error;
  const json::value* found = body.find_pointer(row.pointer, error);
  ASSERT_NE(found, nullptr) << row.pointer << " of " << json::serialize(body);
  EXPECT_EQ(*found, json::parse(row.value)) << json::serialize(*found);
}

const Row kRows[] = {
    {"", "/Image", R"("nginx:1")"},
    {"", "/Labels", R"({"io.holdfast.owner":"o"})"},
    {"", "/Env", "[]"},
    {"", "/Healthcheck", R"({"Test":["NONE"]})"},
    {"", "/StopTimeout", "10"},
    {"", "/HostConfig/RestartPolicy", R"({"Name":"no"})"},
    {"", "/HostConfig/NetworkMode", R"("default")"},
    {"", "/HostConfig/LogConfig",
     R"({"Type":"json-file","Config":{"max-size":"10m","max-file":"3"}})"},
    {"", "/HostConfig/Privileged", "false"},
    {R"("command":["a","b c"])", "/Cmd", R"(["a","b c"])"},
    {R"("entrypoint":["/e"])", "/Entrypoint", R"(["/e"])"},
    {R"("environment":{"A":"1","B":"x=y"})", "/Env", R"(["A=1","B=x=y"])"},
    {R"("workingDir":"/w")", "/WorkingDir", R"("/w")"},
    {R"("user":"1000:1000")", "/User", R"("1000:1000")"},
    {R"("hostname":"h")", "/Hostname", R"("h")"},
    {R"("domainname":"d")", "/Domainname", R"("d")"},
    {R"("ports":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}])", "/ExposedPorts",
     R"({"80/tcp":{}})"},
    {R"("ports":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}])",
     "/HostConfig/PortBindings", R"({"80/tcp":[{"HostIp":"","HostPort":"8080"}]})"},
    {R"("ports":[{"containerPort":53,"protocol":"udp"}])", "/HostConfig/PortBindings",
     R"({"53/udp":[{"HostIp":"","HostPort":""}]})"},
    {R"("ports":[{"hostIp":"127.0.0.1","hostPort":1,"containerPort":80,"protocol":"tcp"},)"
     R"({"hostPort":2,"containerPort":80,"protocol":"tcp"}])",
     "/HostConfig/PortBindings/80~1tcp",
     R"([{"HostIp":"127.0.0.1","HostPort":"1"},{"HostIp":"","HostPort":"2"}])"},
    {R"("mounts":[{"type":"volume","source":"v","target":"/d"}])", "/HostConfig/Mounts",
     R"([{"Type":"volume","Source":"v","Target":"/d","ReadOnly":false}])"},
    {R"("mounts":[{"type":"bind","source":"/h","target":"/d","readOnly":true}])",
     "/HostConfig/Mounts", R"([{"Type":"bind","Source":"/h","Target":"/d","ReadOnly":true}])"},
    {R"("tmpfs":{"/t":"size=1m","/u":""})", "/HostConfig/Tmpfs", R"({"/t":"size=1m","/u":""})"},
    {R"("networks":[{"name":"1_a","aliases":["s"]}])", "/HostConfig/NetworkMode", R"("1_a")"},
    {R"("networks":[{"name":"1_a","aliases":["s"]}])", "/NetworkingConfig/EndpointsConfig",
     R"({"1_a":{"Aliases":["s"]}})"},
    {R"("networkMode":"host")", "/HostConfig/NetworkMode", R"("host")"},
    {R"("networkMode":"container:x")", "/HostConfig/NetworkMode", R"("container:x")"},
    {R"("privileged":true)", "/HostConfig/Privileged", "true"},
    {R"("readOnly":true)", "/HostConfig/ReadonlyRootfs", "true"},
    {R"("init":true)", "/HostConfig/Init", "true"},
    {R"("capAdd":["NET_ADMIN"])", "/HostConfig/CapAdd", R"(["NET_ADMIN"])"},
    {R"("capDrop":["ALL"])", "/HostConfig/CapDrop", R"(["ALL"])"},
    {R"("devices":[{"hostPath":"/dev/a","containerPath":"/dev/b","permissions":"rw"}])",
     "/HostConfig/Devices",
     R"([{"PathOnHost":"/dev/a","PathInContainer":"/dev/b","CgroupPermissions":"rw"}])"},
    {R"("extraHosts":{"db":"10.0.0.7","gw":"host-gateway"})", "/HostConfig/ExtraHosts",
     R"(["db:10.0.0.7","gw:host-gateway"])"},
    {R"("dns":["1.1.1.1","8.8.8.8"])", "/HostConfig/Dns", R"(["1.1.1.1","8.8.8.8"])"},
    {R"("securityOpt":["no-new-privileges"])", "/HostConfig/SecurityOpt",
     R"(["no-new-privileges"])"},
    {R"("sysctls":{"net.core.somaxconn":"1024"})", "/HostConfig/Sysctls",
     R"({"net.core.somaxconn":"1024"})"},
    {R"("ulimits":{"nofile":{"soft":1,"hard":-1}})", "/HostConfig/Ulimits",
     R"([{"Name":"nofile","Soft":1,"Hard":-1}])"},
    {R"("stopSignal":"SIGINT")", "/StopSignal", R"("SIGINT")"},
    {R"("stopGracePeriodSeconds":3)", "/StopTimeout", "3"},
    {R"("logging":{"driver":"journald","options":{"tag":"x"}})", "/HostConfig/LogConfig",
     R"({"Type":"journald","Config":{"tag":"x"}})"},
    {R"("logging":{"driver":"json-file","options":{"max-size":"1m"}})", "/HostConfig/LogConfig",
     R"({"Type":"json-file","Config":{"max-size":"1m","max-file":"3"}})"},
    {R"("resources":{"nanoCpus":500000000})", "/HostConfig/NanoCpus", "500000000"},
    {R"("resources":{"cpuShares":256})", "/HostConfig/CpuShares", "256"},
    {R"("resources":{"memoryBytes":268435456})", "/HostConfig/Memory", "268435456"},
    {R"("resources":{"memoryBytes":268435456})", "/HostConfig/MemorySwap", "268435456"},
    {R"("resources":{"memoryReservationBytes":134217728})", "/HostConfig/MemoryReservation",
     "134217728"},
};

INSTANTIATE_TEST_SUITE_P(Members, CreateBody, ::testing::ValuesIn(kRows));

TEST(CreateBodyNetworks, AreAllJoinedInOneCallWhereTheEngineCan) {
  const auto spec =
      specOf(R"("networks":[{"name":"a","aliases":["s"]},{"name":"b","aliases":["s"]}])");
  const json::object body = createBody(spec, kNewApi);
  EXPECT_EQ(json::serialize(body.at("NetworkingConfig").at("EndpointsConfig")),
            R"({"a":{"Aliases":["s"]},"b":{"Aliases":["s"]}})");
  EXPECT_FALSE(body.at("Labels").as_object().contains("io.holdfast.docker.networks"));
}

TEST(CreateBodyNetworks, AreNotedForLaterWhereItCannot) {
  const auto spec =
      specOf(R"("networks":[{"name":"a","aliases":["s"]},{"name":"b","aliases":["s"]}])");
  const json::object body = createBody(spec, kOldApi);
  EXPECT_EQ(json::serialize(body.at("NetworkingConfig").at("EndpointsConfig")),
            R"({"a":{"Aliases":["s"]}})");
  EXPECT_EQ(body.at("Labels").at("io.holdfast.docker.networks").as_string(),
            R"({"b":{"Aliases":["s"]}})");
}

TEST(CreateBodyDefaults, LeaveTheImagesOwnSettings) {
  const json::object body = createBody(specOf(""), kOldApi);
  for (const char* member : {"Cmd", "Entrypoint", "WorkingDir", "User", "Hostname", "StopSignal"}) {
    EXPECT_FALSE(body.contains(member)) << member;
  }
  EXPECT_FALSE(body.at("HostConfig").as_object().contains("Memory"));
}

TEST(Refusal, NamesTheMember) {
  struct Refused {
    std::string members;
    std::string beginning;
  };
  const Refused rows[] = {
      {R"("networkMode":"slirp4netns")", "networkMode: "},
      {R"("logging":{"driver":"k8s-file"})", "logging.driver: "},
      {R"("resources":{"memoryBytes":1048576})", "resources.limits.memory: "},
      {R"("resources":{"nanoCpus":1000})", "resources.limits.cpu: "},
      {R"("networkMode":"host","sysctls":{"net.core.somaxconn":"1"})",
       "sysctls.net.core.somaxconn: "},
  };
  for (const Refused& row : rows) {
    EXPECT_EQ(refusalOf(specOf(row.members)).find(row.beginning), 0u)
        << row.members << ": " << refusalOf(specOf(row.members));
  }
  EXPECT_EQ(refusalOf(specOf("")), "");
  runtime::ContainerSpec badImage = specOf("");
  badImage.image = "Bad Image";
  EXPECT_EQ(refusalOf(badImage), "image: invalid reference format");
}

}  // namespace
}  // namespace holdfast::docker
