// SPDX-License-Identifier: Apache-2.0
// What only Podman does.

#include "engines/plugin_fixture.hpp"
#include "fixtures/lab/process.hpp"
#include "fixtures/lab/temp_dir.hpp"

#include <signal.h>

#include <cstdlib>
#include <fstream>

namespace holdfast::plugin_test {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const std::string kSleeper = Lab::image("sleeper:1.0");

class PodmanOnly : public EnginePlugin {
 protected:
  void SetUp() override { view_.pull(kSleeper); }

  static std::string objectSpec() {
    return json::serialize(json::object{{"labels", {{"io.holdfast.owner", kOwner}}}});
  }

  // In Podman's own words, which say more than those of Docker's API.
  [[nodiscard]] json::object inspectOwn(const std::string& name) const {
    const fixtures::EngineAnswer answer = fixtures::request(
        lab_.podmanSocket(), "GET", "/v4.0.0/libpod/containers/" + name + "/json", {}, kSoon);
    return answer.json().as_object();
  }

  std::string commandOutput(const std::string& name, const std::vector<std::string_view>& argv) {
    FakeCall call;
    Output output;
    sdk::ExecResult result;
    const std::string id = idOf(name);
    sdk::ExecRequest request;
    request.timeoutMs = 10'000;
    request.containerId = id;
    request.argv = argv;
    EXPECT_EQ(plugin_->exec(request, call, output, result).code, ErrorClass::Ok) << call.message();
    std::string text;
    for (const std::string& part : output.texts()) {
      text += part;
    }
    return text;
  }
};

TEST_F(PodmanOnly, EveryMemberOfTheSpecificationReachesTheContainer) {
  ASSERT_EQ(step(StepKind::CreateNetwork, "1001_front", objectSpec()), ErrorClass::Ok);
  ASSERT_EQ(step(StepKind::CreateVolume, "1001_data", objectSpec()), ErrorClass::Ok);
  const json::object more{
      {"command", {"/bin/sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"}},
      {"environment", {{"COLOUR", "red"}}},
      {"workingDir", "/tmp"},
      {"user", "1000"},
      {"hostname", "host1"},
      {"domainname", "example.org"},
      {"ports",
       {{{"hostIp", "127.0.0.1"}, {"hostPort", 18096}, {"containerPort", 80}, {"protocol", "tcp"}},
        {{"containerPort", 53}, {"protocol", "udp"}}}},
      {"mounts",
       {{{"type", "volume"}, {"source", "1001_data"}, {"target", "/data"}},
        {{"type", "bind"}, {"source", "/etc/hostname"}, {"target", "/host"}, {"readOnly", true}}}},
      {"tmpfs", {{"/scratch", "size=1m"}}},
      {"networks", {{{"name", "1001_front"}, {"aliases", {"web"}}}}},
      {"readOnly", true},
      {"init", true},
      {"capAdd", {"NET_ADMIN"}},
      {"capDrop", {"MKNOD"}},
      {"devices",
       {{{"hostPath", "/dev/null"}, {"containerPath", "/dev/void"}, {"permissions", "rw"}}}},
      {"extraHosts", {{"db", "10.0.0.7"}}},
      {"dns", {"10.0.0.53"}},
      {"securityOpt", {"no-new-privileges"}},
      {"sysctls", {{"net.ipv4.ip_forward", "1"}}},
      {"ulimits",
       {{"nofile", {{"soft", 512}, {"hard", 1024}}}, {"nproc", {{"soft", 512}, {"hard", 1024}}}}},
      {"stopSignal", "SIGTERM"},
      {"stopGracePeriodSeconds", 7},
      {"logging", {{"driver", "json-file"}, {"options", {{"max-size", "1m"}}}}},
      {"resources",
       {{"nanoCpus", 500000000},
        {"cpuShares", 512},
        {"memoryBytes", 67108864},
        {"memoryReservationBytes", 33554432}}}};
  run(spec("whole", "sleeper:1.0", more));
  const json::object container = inspectOwn("whole");
  const json::value& config = container.at("Config");
  const json::value& host = container.at("HostConfig");
  EXPECT_EQ(config.at("WorkingDir"), "/tmp");
  EXPECT_EQ(config.at("User"), "1000");
  EXPECT_EQ(config.at("Hostname"), "host1");
  EXPECT_EQ(config.at("StopSignal"), 15);
  EXPECT_EQ(config.at("StopTimeout"), 7);
  EXPECT_THAT(json::serialize(config.at("Env")), HasSubstr("COLOUR=red"));
  EXPECT_THAT(json::serialize(config.at("Cmd")), HasSubstr("sleep 1000"));
  EXPECT_EQ(host.at("RestartPolicy").at("Name"), "no");
  EXPECT_EQ(host.at("ReadonlyRootfs"), true);
  EXPECT_EQ(host.at("Init"), true);
  EXPECT_EQ(host.at("NanoCpus"), 500000000);
  EXPECT_EQ(host.at("CpuShares"), 512);
  EXPECT_EQ(host.at("Memory"), 67108864);
  EXPECT_EQ(host.at("MemorySwap"), 67108864);
  EXPECT_EQ(host.at("MemoryReservation"), 33554432);
  EXPECT_EQ(host.at("LogConfig").at("Type"), "k8s-file");
  EXPECT_EQ(host.at("LogConfig").at("Size"), "1.049MB");
  EXPECT_THAT(json::serialize(host.at("Tmpfs")), HasSubstr("size=1m"));
  EXPECT_EQ(json::serialize(host.at("ExtraHosts")), R"(["db:10.0.0.7"])");
  EXPECT_EQ(json::serialize(host.at("Dns")), R"(["10.0.0.53"])");
  EXPECT_EQ(json::serialize(host.at("SecurityOpt")), R"(["no-new-privileges"])");
  EXPECT_THAT(json::serialize(host.at("Ulimits")),
              HasSubstr(R"({"Name":"RLIMIT_NOFILE","Soft":512,"Hard":1024})"));
  EXPECT_THAT(json::serialize(host.at("CapAdd")), HasSubstr("NET_ADMIN"));
  EXPECT_THAT(json::serialize(host.at("CapDrop")), HasSubstr("MKNOD"));
  EXPECT_THAT(json::serialize(host.at("Devices")), HasSubstr("/dev/void"));
  const json::value& ports = container.at("NetworkSettings").at("Ports");
  EXPECT_EQ(json::serialize(ports.at("80/tcp")), R"([{"HostIp":"127.0.0.1","HostPort":"18096"}])");
  EXPECT_FALSE(ports.at("53/udp").as_array().empty()) << "the engine chose a port";
  EXPECT_THAT(commandOutput("whole", {"cat", "/proc/sys/kernel/domainname"}), "example.org\n");
  EXPECT_THAT(commandOutput("whole", {"cat", "/proc/sys/net/ipv4/ip_forward"}), "1\n");
  const SeenContainer seen = observe().containers.at("whole");
  EXPECT_EQ(seen.image, kSleeper);
  EXPECT_THAT(seen.mounts, UnorderedElementsAre("1001_data -> /data", "/etc/hostname -> /host"));
  EXPECT_EQ(seen.labels.at("io.holdfast.service"), "whole");
}

TEST_F(PodmanOnly, ADeathIsReportedByTheProcessItself) {
  run(spec("watched", "sleeper:1.0"));
  Watch watch(*plugin_);
  const int pid = observe().containers.at("watched").pid;
  ASSERT_GT(pid, 1);
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  ASSERT_TRUE(watch.waitFor(sdk::EventKind::Died, "watched"));
  const SeenContainer seen = observe().containers.at("watched");
  EXPECT_EQ(seen.state, sdk::ContainerState::Exited) << "whoever looks then finds it";
  EXPECT_EQ(seen.exitCode, 137);
  EXPECT_TRUE(waitUntil(
      [&] {
        for (const Watch::Event& event : watch.events()) {
          if (event.action == "process ended") {
            return true;
          }
        }
        return false;
      },
      kSoon));
}

TEST_F(PodmanOnly, ContainersOfUnitsAndComposeFilesAreNotAdopted) {
  const json::object legacy{{"iotistic.app-id", "1001"}, {"iotistic.service-id", "1"}};
  for (const char* label : {"PODMAN_SYSTEMD_UNIT", "com.docker.compose.project"}) {
    json::object labels = legacy;
    labels[label] = "x";
    view_.create(std::string("kept-") + label, kSleeper, {{"Labels", labels}});
  }
  EXPECT_TRUE(observe().containers.empty());
  EXPECT_EQ(step(StepKind::RemoveContainer, "kept-PODMAN_SYSTEMD_UNIT"), ErrorClass::Conflict);
}

// The plugin's `podman` is one that runs in the lab.
TEST_F(PodmanOnly, StartsAServiceWhereNobodyAnswersAndEndsItWithThePlugin) {
  const fixtures::TempDir directory("hf-podman-");
  const std::string program = directory.path() / "podman";
  const std::string path = std::getenv("PATH");
  {
    std::ofstream script(program);
    script << "#!/bin/sh\nPATH='" << path << "' exec";
    for (const std::string& word : lab_.inside({"podman"})) {
      script << " '" << word << "'";
    }
    script << " \"$@\"\n";
  }
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  ASSERT_EQ(::setenv("PATH", (directory.path().string() + ":" + path).c_str(), 1), 0);
  const std::string socket = lab_.directory() / "own" / "podman.sock";
  testing::FakeHost host(
      testing::FakeHost::Options{{"url", "unix://" + socket}, {"autostart", "true"}});
  const auto plugin = engine_.plugin(host);
  FakeCall call;
  ASSERT_EQ(plugin->health(call).code, ErrorClass::Ok) << call.message();
  EXPECT_TRUE(fixtures::PodmanClient(socket).answers());
  EXPECT_EQ(plugin->health(call).code, ErrorClass::Ok) << call.message();
  EXPECT_EQ(host.lines().size(), 1u) << "one start";
  plugin->stop();
  EXPECT_FALSE(fixtures::PodmanClient(socket).answers());

  const auto second = engine_.plugin(host);  // where the first one left its socket, or not
  EXPECT_EQ(second->health(call).code, ErrorClass::Ok) << call.message();
  second->stop();
  ASSERT_EQ(::setenv("PATH", path.c_str(), 1), 0);
}

TEST_F(PodmanOnly, WithoutAutostartNothingIsStarted) {
  testing::FakeHost host(testing::FakeHost::Options{
      {"url", "unix://" + (lab_.directory() / "none.sock").string()}, {"autostart", "false"}});
  const auto plugin = engine_.plugin(host);
  FakeCall call;
  EXPECT_EQ(plugin->health(call).code, ErrorClass::Unavailable);
  EXPECT_TRUE(host.lines().empty());
}

}  // namespace
}  // namespace holdfast::plugin_test
