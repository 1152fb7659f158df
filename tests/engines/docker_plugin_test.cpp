// SPDX-License-Identifier: Apache-2.0
// What only Docker does.

#include "engines/plugin_fixture.hpp"

namespace holdfast::plugin_test {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const std::string kSleeper = Lab::image("sleeper:1.0");

class DockerOnly : public EnginePlugin {
 protected:
  void SetUp() override { view_.pull(kSleeper); }

  static std::string objectSpec() {
    return json::serialize(json::object{{"labels", {{"io.holdfast.owner", kOwner}}}});
  }
};

TEST_F(DockerOnly, ANetworkThatACrashLeftOutIsJoinedBeforeTheStart) {
  for (const char* network : {"1001_a", "1001_b"}) {
    ASSERT_EQ(step(StepKind::CreateNetwork, network, objectSpec()), ErrorClass::Ok);
  }
  const json::array networks{{{"name", "1001_a"}, {"aliases", {"svc"}}},
                             {{"name", "1001_b"}, {"aliases", {"svc"}}}};
  ASSERT_EQ(create(spec("half", "sleeper:1.0", {{"networks", networks}})), ErrorClass::Ok);
  ASSERT_EQ(view_.call("POST", "/networks/1001_b/disconnect", {{"Container", "half"}}).status, 200);
  ASSERT_EQ(start("half"), ErrorClass::Ok);
  EXPECT_EQ(observe().containers.at("half").addresses.count("1001_b"), 1u);
}

TEST_F(DockerOnly, AStartWithoutItsNetworkMayBeRepeated) {
  ASSERT_EQ(create(spec("late", "sleeper:1.0",
                        {{"networks", {{{"name", "1001_late"}, {"aliases", {"late"}}}}}})),
            ErrorClass::Ok);
  EXPECT_EQ(start("late"), ErrorClass::NotFound);
  ASSERT_EQ(step(StepKind::CreateNetwork, "1001_late", objectSpec()), ErrorClass::Ok);
  EXPECT_EQ(start("late"), ErrorClass::Ok);
}

// Podman could do so from 5.1 on only, and its containers keep what they were made with.
TEST_F(DockerOnly, AStartTakesTheRestartsOfTheOriginalAgentsContainersOver) {
  view_.create("legacy", kSleeper,
               {{"Labels", {{"iotistic.app-id", "1001"}, {"iotistic.service-id", "1"}}},
                {"HostConfig", {{"RestartPolicy", {{"Name", "unless-stopped"}}}}}});
  view_.start("legacy");
  const auto before = view_.inspect("legacy")->at("State").at("StartedAt");
  EXPECT_EQ(start("legacy"), ErrorClass::Ok);
  const auto after = view_.inspect("legacy");
  EXPECT_EQ(after->at("HostConfig").at("RestartPolicy").at("Name"), "no");
  EXPECT_EQ(after->at("State").at("StartedAt"), before);
}

TEST_F(DockerOnly, EveryMemberOfTheSpecificationReachesTheContainer) {
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
      {"ulimits", {{"nofile", {{"soft", 512}, {"hard", 1024}}}}},
      {"stopSignal", "SIGTERM"},
      {"stopGracePeriodSeconds", 7},
      {"logging", {{"driver", "json-file"}, {"options", {{"max-size", "1m"}}}}},
      {"resources",
       {{"nanoCpus", 500000000},
        {"cpuShares", 512},
        {"memoryBytes", 67108864},
        {"memoryReservationBytes", 33554432}}}};
  run(spec("whole", "sleeper:1.0", more));
  const auto container = view_.inspect("whole");
  ASSERT_TRUE(container.has_value());
  const json::value& config = container->at("Config");
  const json::value& host = container->at("HostConfig");
  EXPECT_EQ(config.at("WorkingDir"), "/tmp");
  EXPECT_EQ(config.at("User"), "1000");
  EXPECT_EQ(config.at("Hostname"), "host1");
  EXPECT_EQ(config.at("Domainname"), "example.org");
  EXPECT_EQ(config.at("StopSignal"), "SIGTERM");
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
  EXPECT_EQ(host.at("LogConfig").at("Config").at("max-size"), "1m");
  EXPECT_EQ(host.at("LogConfig").at("Config").at("max-file"), "3");
  EXPECT_EQ(host.at("Tmpfs").at("/scratch"), "size=1m");
  EXPECT_EQ(host.at("Sysctls").at("net.ipv4.ip_forward"), "1");
  EXPECT_EQ(json::serialize(host.at("ExtraHosts")), R"(["db:10.0.0.7"])");
  EXPECT_EQ(json::serialize(host.at("Dns")), R"(["10.0.0.53"])");
  EXPECT_EQ(json::serialize(host.at("SecurityOpt")), R"(["no-new-privileges"])");
  EXPECT_EQ(json::serialize(host.at("Ulimits")), R"([{"Name":"nofile","Hard":1024,"Soft":512}])");
  EXPECT_THAT(json::serialize(host.at("CapAdd")), HasSubstr("NET_ADMIN"));
  EXPECT_THAT(json::serialize(host.at("CapDrop")), HasSubstr("MKNOD"));
  EXPECT_THAT(json::serialize(host.at("Devices")), HasSubstr("/dev/void"));
  const json::value& ports = container->at("NetworkSettings").at("Ports");
  EXPECT_EQ(json::serialize(ports.at("80/tcp")), R"([{"HostIp":"127.0.0.1","HostPort":"18096"}])");
  EXPECT_FALSE(ports.at("53/udp").as_array().empty()) << "the engine chose a port";
  const SeenContainer seen = observe().containers.at("whole");
  EXPECT_EQ(seen.image, kSleeper);
  EXPECT_THAT(seen.mounts, UnorderedElementsAre("1001_data -> /data", "/etc/hostname -> /host"));
  EXPECT_EQ(seen.labels.at("io.holdfast.service"), "whole");
}

TEST_F(DockerOnly, SaysThatItOnlyWaitsForAPlaceInTheEngine) {
  FakeCall stalledCall;
  Progress stalledProgress;
  sdk::PullRequest stalled;
  const std::string stalledReference = Lab::faultyImage("stall-blobs/slots:1.0");
  stalled.reference = stalledReference;
  auto holder = std::async(std::launch::async,
                           [&] { return plugin_->pull(stalled, stalledCall, stalledProgress); });
  ASSERT_TRUE(waitUntil([&] { return faults_.open("/slots/blobs/") == 3; }, kSoon));

  FakeCall call;
  Progress progress;
  sdk::PullRequest request;
  const std::string reference = Lab::faultyImage("ok/waits:1.0");
  request.reference = reference;
  auto waiter =
      std::async(std::launch::async, [&] { return plugin_->pull(request, call, progress); });
  EXPECT_TRUE(waitUntil([&] { return progress.sawPhase("waiting"); }, kSoon));
  EXPECT_TRUE(progress.lines().back().waiting);
  for (const Progress::Line& line : stalledProgress.lines()) {
    EXPECT_FALSE(line.waiting) << "a stalled pull must not look like one that waits";
  }
  stalledCall.cancel();
  EXPECT_EQ(holder.get().code, ErrorClass::Cancelled);
  EXPECT_EQ(waiter.get().code, ErrorClass::Ok) << call.message();
}

}  // namespace
}  // namespace holdfast::plugin_test
