// SPDX-License-Identifier: Apache-2.0
#include "model/container_spec.hpp"

#include "model/canonical_json.hpp"
#include "support/documents.hpp"
#include "support/full_service.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include <set>

namespace holdfast::model {
namespace {

namespace json = boost::json;

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kOwner = "6f1c1c1e-7f0e-4b7e-a2f5-1f6a3f1f7c55";

std::string hashOf(const Service& service) {
  return containerSpec(fullApp(), service, kOwner, {}).hash;
}

json::object specOf(const Service& service) {
  return json::parse(containerSpec(fullApp(), service, kOwner, {}).json).as_object();
}

TEST(ContainerSpec, TheDocumentedExample) {
  const auto target = strict(R"({"apps":{"1001":{"appId":1001,"appName":"monitoring",
    "networks":[{"name":"front"}],"volumes":[{"name":"mosquitto-data"}],
    "services":[{"serviceId":1,"serviceName":"mosquitto","imageName":"eclipse-mosquitto:2",
     "config":{"environment":{"TZ":"UTC"},"command":"mosquitto -c /mosquitto/config/mosquitto.conf",
      "ports":["1883:1883","127.0.0.1:9001:9001/tcp"],"networks":["front"],
      "volumes":["mosquitto-data:/mosquitto/data","/etc/localtime:/etc/localtime:ro"],
      "resources":{"limits":{"cpu":"0.5","memory":"256Mi"}}}}]}}})")
                          .target;
  ASSERT_TRUE(target);
  const App& app = target->apps[0];
  const auto spec = containerSpec(app, app.services[0], kOwner, {});
  EXPECT_EQ(spec.name, "monitoring_mosquitto_1");
  const auto expected = json::parse(R"({
    "name": "monitoring_mosquitto_1", "image": "eclipse-mosquitto:2",
    "command": ["mosquitto", "-c", "/mosquitto/config/mosquitto.conf"],
    "environment": {"TZ": "UTC"},
    "labels": {"io.holdfast.app": "1001", "io.holdfast.owner": ")" +
                                    kOwner + R"(",
      "io.holdfast.service": "mosquitto", "io.holdfast.spec": ")" +
                                    spec.hash + R"("},
    "mounts": [
      {"type": "bind", "source": "/etc/localtime", "target": "/etc/localtime", "readOnly": true},
      {"type": "volume", "source": "1001_mosquitto-data", "target": "/mosquitto/data"}],
    "networks": [{"name": "1001_front", "aliases": ["mosquitto"]}],
    "ports": [{"hostPort": 1883, "containerPort": 1883, "protocol": "tcp"},
      {"hostIp": "127.0.0.1", "hostPort": 9001, "containerPort": 9001, "protocol": "tcp"}],
    "resources": {"nanoCpus": 500000000, "memoryBytes": 268435456}})");
  EXPECT_EQ(spec.json, canonicalJson(expected));
}

TEST(ContainerSpec, EveryMember) {
  const auto spec = containerSpec(fullApp(), fullService(), kOwner, {});
  auto expected = json::parse(R"({
    "name": "monitoring_web_7", "image": "nginx:1",
    "command": ["run", "it"], "entrypoint": ["/init", "--"],
    "environment": {"A": "1", "B": "two\nlines"},
    "workingDir": "/srv", "user": "1000", "hostname": "h", "domainname": "d",
    "labels": {"l": "m", "n": "o", "io.holdfast.app": "1001", "io.holdfast.service": "web"},
    "ports": [{"containerPort": 53, "protocol": "udp"},
      {"hostIp": "127.0.0.1", "hostPort": 8080, "containerPort": 80, "protocol": "tcp"}],
    "mounts": [{"type": "volume", "source": "1001_data", "target": "/data"},
      {"type": "bind", "source": "/etc/localtime", "target": "/etc/localtime", "readOnly": true}],
    "tmpfs": {"/run": "", "/tmp": "size=1m"},
    "networks": [{"name": "1001_back", "aliases": ["web"]}, {"name": "1001_front", "aliases": ["web"]}],
    "privileged": true, "readOnly": true, "init": true,
    "capAdd": ["NET_ADMIN", "SYS_TIME"], "capDrop": ["ALL", "CHOWN"],
    "devices": [{"hostPath": "/dev/a", "containerPath": "/dev/b", "permissions": "rw"},
      {"hostPath": "/dev/c", "containerPath": "/dev/c", "permissions": "rwm"}],
    "extraHosts": {"db": "10.0.0.1"}, "dns": ["9.9.9.9", "1.1.1.1"],
    "securityOpt": ["no-new-privileges", "seccomp=unconfined"],
    "sysctls": {"net.core.somaxconn": "1024"}, "ulimits": {"nofile": {"soft": 1, "hard": 2}},
    "stopSignal": "SIGINT", "stopGracePeriodSeconds": 30,
    "logging": {"driver": "local", "options": {"max-size": "10m"}},
    "resources": {"nanoCpus": 500000000, "cpuShares": 256, "memoryBytes": 268435456,
      "memoryReservationBytes": 134217728}})")
                      .as_object();
  expected["labels"].as_object()["io.holdfast.owner"] = kOwner;
  expected["labels"].as_object()["io.holdfast.spec"] = spec.hash;
  EXPECT_EQ(spec.json, canonicalJson(expected));
}

TEST(ContainerSpec, WhatIsDefaultIsAbsent) {
  Service service;
  service.id = "1";
  service.name = "s";
  service.image = "x";
  std::vector<std::string> names;
  for (const auto& member : specOf(service))
    names.emplace_back(member.key());
  EXPECT_THAT(names, ElementsAre("image", "labels", "name", "networks"));
}

TEST(ContainerSpec, NetworkModes) {
  Service service = fullService();
  service.networks.clear();
  for (const char* mode : {"", "bridge", "default"}) {
    service.networkMode = mode;
    EXPECT_THAT(joinedNetworks(fullApp(), service), ElementsAre("1001_default")) << mode;
    EXPECT_FALSE(specOf(service).contains("networkMode")) << mode;
  }
  for (const char* mode : {"host", "none", "container:x", "slirp4netns"}) {
    service.networkMode = mode;
    EXPECT_THAT(joinedNetworks(fullApp(), service), IsEmpty()) << mode;
    EXPECT_EQ(specOf(service).at("networkMode"), mode);
    EXPECT_FALSE(specOf(service).contains("networks")) << mode;
  }
}

TEST(ContainerSpec, CpuSharesAsKubernetes) {
  const std::pair<std::int64_t, std::int64_t> cases[] = {{0, 2},
                                                         {1, 2},
                                                         {1'000'000, 2},
                                                         {2'000'000, 2},
                                                         {3'000'000, 3},
                                                         {10'000'000, 10},
                                                         {250'000'000, 256},
                                                         {1'000'000'000, 1024},
                                                         {1'500'000'000, 1536},
                                                         {256'000'000'000, 262'144},
                                                         {INT64_MAX, 262'144}};
  for (const auto& [nano, shares] : cases) {
    Service service = fullService();
    service.resources.cpuRequestNano = nano;
    EXPECT_EQ(specOf(service).at("resources").at("cpuShares"), shares) << nano;
  }
}

TEST(ContainerSpec, OtherVolumesOfAContainerTakenOver) {
  const std::map<std::string, std::string> names{{"data", "old_data"}};
  const auto spec = containerSpec(fullApp(), fullService(), kOwner, names);
  EXPECT_EQ(json::parse(spec.json).at("mounts").at(0).at("source"), "old_data");
  EXPECT_NE(spec.hash, hashOf(fullService()));
}

TEST(ObjectNames, OtherCharactersBecomeDashes) {
  App app;
  app.id = "1/2";
  app.name = "m n";
  Service service;
  service.id = "7";
  service.name = "caf\xC3\xA9!_.-";
  EXPECT_EQ(containerName(app, service), "m-n_caf--_.-_7");
  EXPECT_EQ(networkName(app, "a b"), "1-2_a-b");
  EXPECT_EQ(volumeName(app, "a b"), "1-2_a-b");
  EXPECT_EQ(defaultNetworkName(app), "1-2_default");
}

TEST(SpecHash, ChangesWithEverythingAContainerFeels) {
  std::set<std::string> hashes{hashOf(fullService())};
  for (const auto& change : feltChanges()) {
    Service service = fullService();
    change.apply(service);
    EXPECT_TRUE(hashes.insert(hashOf(service)).second) << change.what;
  }
}

TEST(SpecHash, StaysWithWhatTheAgentActsOnItself) {
  for (const auto& change : unfeltChanges()) {
    Service service = fullService();
    change.apply(service);
    EXPECT_EQ(hashOf(service), hashOf(fullService())) << change.what;
  }
  EXPECT_EQ(containerSpec(fullApp(), fullService(), "another owner", {}).hash,
            hashOf(fullService()));
}

TEST(SpecHash, StaysWithOtherWaysToSayTheSame) {
  for (const auto& change : sameMeaning()) {
    Service service = fullService();
    change.apply(service);
    EXPECT_EQ(hashOf(service), hashOf(fullService())) << change.what;
  }
}

// Whatever the target's text looks like.
TEST(SpecHash, ComparesTargetsByMeaning) {
  const auto hash = [](const std::string& members) {
    const auto target = strict(configOf(members)).target;
    if (!target) {
      ADD_FAILURE() << members;
      return std::string();
    }
    return containerSpec(target->apps[0], target->apps[0].services[0], kOwner, {}).hash;
  };
  const std::pair<const char*, const char*> same[] = {
      {R"("ports":["1:1","2:2/udp"])", R"("ports":["2:2/udp","1:1/tcp"])"},
      {R"("ports":["1-2:1-2"])", R"("ports":["2:2","1:1"])"},
      {R"("ports":["80"])", R"("ports":[80])"},
      {R"("networks":["front","back"])", R"("networks":["back","front"])"},
      {"", R"("networks":["default"])"},
      {"", R"("networkMode":"bridge")"},
      {"", R"("restart":"unless-stopped","imagePullPolicy":"IfNotPresent","privileged":false)"},
      {"", R"("init":false,"readOnly":false,"stopGracePeriodSeconds":10,"runtime":"docker")"},
      {"", R"("labels":{},"command":[],"entrypoint":"","capAdd":[],"devices":[],"tmpfs":[])"},
      {"", R"("sysctls":{},"ulimits":{},"logging":{},"resources":{"limits":{},"requests":{}})"},
      {R"("labels":{"a":"1","b":"2"})", R"("labels":{"b":2,"a":"1"})"},
      {R"("environment":{"A":"1","B":"true"})", R"("environment":["B=true","A=1"])"},
      {R"("volumes":["data:/d"])", R"("volumes":["data:/d/:rw"])"},
      {R"("command":["a","b c"])", R"("command":"a 'b c'")"},
      {R"("capAdd":["NET_ADMIN"])", R"("capAdd":["cap_net_admin"])"},
      {R"("devices":["/dev/a"])", R"("devices":["/dev/a:/dev/a:mrw"])"},
      {R"("ulimits":{"nofile":5})", R"("ulimits":{"nofile":{"hard":5,"soft":5}})"},
      {R"("stopSignal":"SIGTERM")", R"("stopSignal":"15")"},
      {R"("dns":["::1"])", R"("dns":["0:0::1"])"},
      {R"("resources":{"limits":{"cpu":"0.5","memory":"1Mi"}})",
       R"("resources":{"limits":{"cpu":"500m","memory":1048576}})"},
      {R"("livenessProbe":{"type":"http","port":1})", ""},
      {R"("dependsOn":[])", ""},
  };
  for (const auto& [one, other] : same)
    EXPECT_EQ(hash(one), hash(other)) << one << " | " << other;

  const std::pair<const char*, const char*> different[] = {
      {R"("volumes":["data:/d"])", R"("volumes":["data:/d:ro"])"},
      {R"("ports":["1:1"])", R"("ports":["1:1/udp"])"},
      {R"("ports":["1:1"])", R"("ports":["127.0.0.1:1:1"])"},
      {R"("environment":{"A":"1"})", R"("environment":{})"},
      {R"("environment":{"A":"1"})", R"("environment":{"A":"1.0"})"},
      {R"("resources":{"limits":{"memory":"1Mi"}})", R"("resources":{"limits":{"memory":"1M"}})"},
      {R"("networks":["front"])", ""},
      {R"("networkMode":"host")", ""},
  };
  for (const auto& [one, other] : different)
    EXPECT_NE(hash(one), hash(other)) << one << " | " << other;
}

// A change here would recreate every container of every device: docs/container-spec.md "The hash".
TEST(SpecHash, IsWhatItWasInEveryRelease) {
  EXPECT_EQ(hashOf(fullService()),
            "6bdcebdef24c0bf603ed177d79c448035c4234dd4fb04926c3530fda0a67d813");
}

}  // namespace
}  // namespace holdfast::model
