// SPDX-License-Identifier: Apache-2.0
// Every step on a real engine: twice, on what is foreign, and on what the engine refuses.

#include "engines/docker_plugin_fixture.hpp"
#include "fixtures/lab/temp_dir.hpp"

#include <signal.h>

namespace holdfast::docker_plugin_test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kSleeper = Lab::image("sleeper:1.0");

bool isDead(pid_t pid) {
  const std::string status = fixtures::readFile("/proc/" + std::to_string(pid) + "/status");
  return status.empty() || status.find("State:\tZ") != std::string::npos;
}

class DockerSteps : public DockerPlugin {
 protected:
  void SetUp() override { docker_.pull(kSleeper); }

  // The step twice: the second time there is nothing to do.
  void expectTwice(StepKind kind, const std::string& name, const std::string& spec = {}) {
    EXPECT_EQ(step(kind, name, spec), ErrorClass::Ok);
    EXPECT_EQ(step(kind, name, spec), ErrorClass::Ok) << "the second time";
  }

  static std::string objectSpec(const std::string& owner = kOwner) {
    return json::serialize(json::object{{"labels", {{"io.holdfast.owner", owner}}}});
  }
};

TEST_F(DockerSteps, AContainersLifeIsIdempotentAtEachStep) {
  const std::string body = json::serialize(spec("life", "sleeper:1.0"));
  expectTwice(StepKind::CreateContainer, "life", body);
  EXPECT_EQ(docker_.stateOf("life"), "created");
  const std::string id = idOf("life");
  expectTwice(StepKind::StartContainer, "life");
  EXPECT_EQ(docker_.stateOf("life"), "running");
  expectTwice(StepKind::PauseContainer, "life");
  EXPECT_EQ(docker_.stateOf("life"), "paused");
  expectTwice(StepKind::UnpauseContainer, "life");
  EXPECT_EQ(docker_.stateOf("life"), "running");
  expectTwice(StepKind::StopContainer, "life");
  EXPECT_EQ(docker_.stateOf("life"), "exited");
  EXPECT_EQ(start("life"), ErrorClass::Ok);
  EXPECT_EQ(idOf("life"), id) << "a restart keeps the container";
  EXPECT_EQ(step(StepKind::StopContainer, "life"), ErrorClass::Ok);
  expectTwice(StepKind::RemoveContainer, "life");
  EXPECT_EQ(docker_.stateOf("life"), "absent");
}

TEST_F(DockerSteps, WhatIsAbsentCannotBeStartedButNeedNotBeStopped) {
  EXPECT_EQ(start("nobody"), ErrorClass::NotFound);
  EXPECT_EQ(step(StepKind::PauseContainer, "nobody"), ErrorClass::NotFound);
  EXPECT_EQ(step(StepKind::StopContainer, "nobody"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveContainer, "nobody"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveNetwork, "nobody"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveVolume, "nobody"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveImage, Lab::image("nobody:1.0")), ErrorClass::Ok);
}

TEST_F(DockerSteps, NetworksVolumesAndImagesAreIdempotent) {
  expectTwice(StepKind::CreateNetwork, "1001_front", objectSpec());
  expectTwice(StepKind::CreateVolume, "1001_data", objectSpec());
  const Seen seen = observe();
  EXPECT_THAT(seen.networks, Contains("1001_front"));
  EXPECT_THAT(seen.volumes, Contains("1001_data"));
  expectTwice(StepKind::RemoveNetwork, "1001_front");
  expectTwice(StepKind::RemoveVolume, "1001_data");
  EXPECT_TRUE(observe().networks.empty());
  EXPECT_TRUE(observe().volumes.empty());

  docker_.pull(Lab::image("exit0:1.0"));
  expectTwice(StepKind::RemoveImage, Lab::image("exit0:1.0"));
  EXPECT_FALSE(docker_.hasImage(Lab::image("exit0:1.0")));
}

TEST_F(DockerSteps, AnImageInUseStays) {
  run(spec("user", "sleeper:1.0"));
  EXPECT_EQ(step(StepKind::RemoveImage, kSleeper), ErrorClass::Ok);
  EXPECT_TRUE(docker_.hasImage(kSleeper));
}

TEST_F(DockerSteps, AnImageInUseStaysAlsoWhenItHasASecondName) {
  // Docker itself refuses only as long as there is one name, and takes it away when there are two.
  ASSERT_EQ(
      docker_.call("POST", "/images/" + kSleeper + "/tag?repo=" + Lab::image("second") + "&tag=1.0")
          .status,
      201);
  run(spec("user", "sleeper:1.0"));
  EXPECT_EQ(step(StepKind::RemoveImage, kSleeper), ErrorClass::Ok);
  EXPECT_TRUE(docker_.hasImage(kSleeper));
  docker_.removeAll();
  EXPECT_EQ(step(StepKind::RemoveImage, kSleeper), ErrorClass::Ok);
  EXPECT_FALSE(docker_.hasImage(kSleeper)) << "nobody uses it any more";
  EXPECT_TRUE(docker_.hasImage(Lab::image("second:1.0"))) << "another name was not meant";
}

TEST_F(DockerSteps, ANetworkOrVolumeInUseIsAConflict) {
  ASSERT_EQ(step(StepKind::CreateNetwork, "1001_busy", objectSpec()), ErrorClass::Ok);
  ASSERT_EQ(step(StepKind::CreateVolume, "1001_busy", objectSpec()), ErrorClass::Ok);
  run(spec("user", "sleeper:1.0",
           {{"networks", {{{"name", "1001_busy"}, {"aliases", {"user"}}}}},
            {"mounts", {{{"type", "volume"}, {"source", "1001_busy"}, {"target", "/data"}}}}}));
  EXPECT_EQ(step(StepKind::RemoveNetwork, "1001_busy"), ErrorClass::Conflict);
  EXPECT_EQ(step(StepKind::RemoveVolume, "1001_busy"), ErrorClass::Conflict);
}

TEST_F(DockerSteps, ForeignThingsAreLeftAlone) {
  docker_.create("theirs", kSleeper);
  docker_.start("theirs");
  const std::string id = idOf("theirs");
  for (const StepKind kind :
       {StepKind::StartContainer, StepKind::StopContainer, StepKind::RemoveContainer,
        StepKind::PauseContainer, StepKind::UnpauseContainer}) {
    EXPECT_EQ(step(kind, "theirs"), ErrorClass::Conflict) << static_cast<int>(kind);
  }
  const Outcome created = create(spec("theirs", "sleeper:1.0"));
  EXPECT_EQ(created, ErrorClass::Conflict);
  EXPECT_THAT(created.message, HasSubstr("theirs"));
  EXPECT_EQ(docker_.stateOf("theirs"), "running");
  EXPECT_EQ(idOf("theirs"), id);

  ASSERT_EQ(docker_.call("POST", "/networks/create", {{"Name", "theirs"}}).status, 201);
  EXPECT_EQ(step(StepKind::CreateNetwork, "theirs", objectSpec()), ErrorClass::Conflict);
  EXPECT_EQ(step(StepKind::RemoveNetwork, "theirs"), ErrorClass::Conflict);
  ASSERT_EQ(docker_.call("POST", "/volumes/create", {{"Name", "theirs"}}).status, 201);
  EXPECT_EQ(step(StepKind::CreateVolume, "theirs", objectSpec()), ErrorClass::Ok)
      << "data that is there for the service is used";
  EXPECT_EQ(step(StepKind::RemoveVolume, "theirs"), ErrorClass::Conflict);

  const Seen seen = observe();
  EXPECT_TRUE(seen.containers.empty());
  EXPECT_TRUE(seen.networks.empty());
  EXPECT_TRUE(seen.volumes.empty());
}

TEST_F(DockerSteps, TheNameOfAnotherAgentOrAnotherSpecificationIsAConflict) {
  json::object other = spec("shared", "sleeper:1.0");
  ASSERT_EQ(create(other), ErrorClass::Ok);
  other["labels"].as_object()["io.holdfast.spec"] = "another hash";
  EXPECT_EQ(create(other), ErrorClass::Conflict);
  json::object stranger = spec("shared", "sleeper:1.0");
  stranger["labels"].as_object()["io.holdfast.owner"] = "another uuid";
  const Outcome outcome = create(stranger);
  EXPECT_EQ(outcome, ErrorClass::Conflict);
  EXPECT_THAT(outcome.message, HasSubstr("another agent"));
  ASSERT_EQ(step(StepKind::CreateNetwork, "1001_n", objectSpec()), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::CreateNetwork, "1001_n", objectSpec("another")), ErrorClass::Conflict);
  ASSERT_EQ(step(StepKind::CreateVolume, "1001_v", objectSpec()), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::CreateVolume, "1001_v", objectSpec("another")), ErrorClass::Conflict);
}

TEST_F(DockerSteps, AnotherContainerOfTheSameNameIsAConflict) {
  run(spec("replaced", "sleeper:1.0"));
  const std::string other(64, 'a');
  for (const StepKind kind : {StepKind::StopContainer, StepKind::RemoveContainer}) {
    EXPECT_EQ(step(kind, "replaced", {}, 1000, other), ErrorClass::Conflict);
  }
  EXPECT_EQ(docker_.stateOf("replaced"), "running");
  EXPECT_EQ(step(StepKind::StopContainer, "replaced", {}, 1000, idOf("replaced")), ErrorClass::Ok);
}

TEST_F(DockerSteps, ARunningContainerIsNotRemoved) {
  run(spec("busy", "sleeper:1.0"));
  EXPECT_EQ(step(StepKind::RemoveContainer, "busy"), ErrorClass::Conflict);
  EXPECT_EQ(docker_.stateOf("busy"), "running");
}

TEST_F(DockerSteps, APausedContainerIsStoppedBySignal) {
  run(spec("frozen", "sleeper:1.0"));
  ASSERT_EQ(step(StepKind::PauseContainer, "frozen"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::StopContainer, "frozen"), ErrorClass::Ok);
  EXPECT_EQ(observe().containers.at("frozen").exitCode, 0) << "it got to handle the signal";
}

TEST_F(DockerSteps, AContainerThatIgnoresTheSignalIsKilledAfterItsGrace) {
  docker_.pull(Lab::image("stubborn:1.0"));
  run(spec("stubborn", "stubborn:1.0"));
  EXPECT_EQ(step(StepKind::StopContainer, "stubborn", {}, 500), ErrorClass::Ok);
  EXPECT_EQ(observe().containers.at("stubborn").exitCode, 137);
}

TEST_F(DockerSteps, AContainerIsStartedRightAfterItsDeath) {
  run(spec("reborn", "sleeper:1.0"));
  for (int round = 0; round < 5; ++round) {
    const auto before = docker_.inspect("reborn");
    ASSERT_TRUE(before.has_value());
    const auto pid = static_cast<pid_t>(before->at("State").at("Pid").as_int64());
    ASSERT_GT(pid, 1);
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    ASSERT_TRUE(waitUntil([pid] { return isDead(pid); }, kSoon, 1ms));
    // dockerd still believes that it runs, and would answer "already started".
    EXPECT_EQ(start("reborn"), ErrorClass::Ok);
    const SeenContainer seen = observe().containers.at("reborn");
    EXPECT_EQ(seen.state, sdk::ContainerState::Running) << "round " << round;
    EXPECT_NE(seen.pid, pid) << "round " << round;
  }
}

TEST_F(DockerSteps, SeveralNetworksAreJoinedWithAliases) {
  for (const char* network : {"1001_a", "1001_b", "1001_c"}) {
    ASSERT_EQ(step(StepKind::CreateNetwork, network, objectSpec()), ErrorClass::Ok);
  }
  const json::array networks{{{"name", "1001_a"}, {"aliases", {"svc"}}},
                             {{"name", "1001_b"}, {"aliases", {"svc"}}},
                             {{"name", "1001_c"}, {"aliases", {"svc"}}}};
  run(spec("many", "sleeper:1.0", {{"networks", networks}}));
  const auto container = docker_.inspect("many");
  ASSERT_TRUE(container.has_value());
  for (const char* network : {"1001_a", "1001_b", "1001_c"}) {
    const json::value& endpoint = container->at("NetworkSettings").at("Networks").at(network);
    EXPECT_THAT(json::value_to<std::vector<std::string>>(endpoint.at("Aliases")), Contains("svc"));
  }
  EXPECT_EQ(observe().containers.at("many").addresses.size(), 3u);
}

TEST_F(DockerSteps, ANetworkThatACrashLeftOutIsJoinedBeforeTheStart) {
  for (const char* network : {"1001_a", "1001_b"}) {
    ASSERT_EQ(step(StepKind::CreateNetwork, network, objectSpec()), ErrorClass::Ok);
  }
  const json::array networks{{{"name", "1001_a"}, {"aliases", {"svc"}}},
                             {{"name", "1001_b"}, {"aliases", {"svc"}}}};
  ASSERT_EQ(create(spec("half", "sleeper:1.0", {{"networks", networks}})), ErrorClass::Ok);
  ASSERT_EQ(docker_.call("POST", "/networks/1001_b/disconnect", {{"Container", "half"}}).status,
            200);
  ASSERT_EQ(start("half"), ErrorClass::Ok);
  EXPECT_EQ(observe().containers.at("half").addresses.count("1001_b"), 1u);
}

struct StartFailure {
  const char* name;
  json::object more;
  ErrorClass errorClass;
  const char* message;
};

TEST_F(DockerSteps, StartFailuresHaveTheirClassAndRootCause) {
  run(spec("holder", "sleeper:1.0",
           {{"ports", {{{"hostPort", 18095}, {"containerPort", 80}, {"protocol", "tcp"}}}}}));
  const StartFailure failures[] = {
      {"missing",
       {{"command", {"nosuch"}}},
       ErrorClass::Rejected,
       "exec: \"nosuch\": executable file not found in $PATH"},
      {"noexec",
       {{"command", {"/usr/bin/noexec"}}},
       ErrorClass::Rejected,
       "exec: \"/usr/bin/noexec\": permission denied"},
      {"ghost",
       {{"user", "ghost"}},
       ErrorClass::Rejected,
       "unable to find user ghost: no matching entries in passwd file"},
      {"nonet",
       {{"networks", {{{"name", "1001_none"}, {"aliases", {"x"}}}}}},
       ErrorClass::NotFound,
       "network 1001_none not found"},
      {"port",
       {{"ports", {{{"hostPort", 18095}, {"containerPort", 80}, {"protocol", "tcp"}}}}},
       ErrorClass::Conflict,
       "Bind for 0.0.0.0:18095 failed: port is already allocated"},
      {"taken",
       {{"ports", {{{"hostPort", 5055}, {"containerPort", 80}, {"protocol", "tcp"}}}}},
       ErrorClass::Conflict,
       "listen tcp4 0.0.0.0:5055: bind: address already in use"},
      {"address",
       {{"ports",
         {{{"hostIp", "10.99.99.99"},
           {"hostPort", 1},
           {"containerPort", 80},
           {"protocol", "tcp"}}}}},
       ErrorClass::Transient,
       "listen tcp4 10.99.99.99:1: bind: cannot assign requested address"},
      {"device",
       {{"devices",
         {{{"hostPath", "/dev/nope"}, {"containerPath", "/dev/nope"}, {"permissions", "rwm"}}}}},
       ErrorClass::Rejected,
       "error gathering device information while adding custom device \"/dev/nope\": no such file "
       "or directory"},
      {"sysctl",
       {{"sysctls", {{"net.nosuch", "1"}}}},
       ErrorClass::Rejected,
       "open /proc/sys/net/nosuch: no such file or directory"},
  };
  for (const StartFailure& failure : failures) {
    ASSERT_EQ(create(spec(failure.name, "sleeper:1.0", failure.more)), ErrorClass::Ok);
    const Outcome outcome = start(failure.name);
    EXPECT_EQ(outcome, failure.errorClass) << failure.name;
    EXPECT_EQ(outcome.message, failure.message);
    EXPECT_THAT(outcome.raw, StartsWith("HTTP "));
    EXPECT_EQ(observe().containers.at(failure.name).state, sdk::ContainerState::Created);
    EXPECT_FALSE(observe().containers.at(failure.name).engineError.empty());
  }
}

TEST_F(DockerSteps, AStartMayBeRepeatedWhenItsCauseIsGone) {
  ASSERT_EQ(create(spec("late", "sleeper:1.0",
                        {{"networks", {{{"name", "1001_late"}, {"aliases", {"late"}}}}}})),
            ErrorClass::Ok);
  EXPECT_EQ(start("late"), ErrorClass::NotFound);
  ASSERT_EQ(step(StepKind::CreateNetwork, "1001_late", objectSpec()), ErrorClass::Ok);
  EXPECT_EQ(start("late"), ErrorClass::Ok);
}

TEST_F(DockerSteps, CreateFailuresHaveTheirClass) {
  EXPECT_EQ(create(spec("noimage", "absent:1.0")), ErrorClass::NotFound);
  EXPECT_EQ(create(spec(
                "nopath", "sleeper:1.0",
                {{"mounts", {{{"type", "bind"}, {"source", "/no/such/dir"}, {"target", "/d"}}}}})),
            ErrorClass::NotFound);
  const Outcome memory =
      create(spec("tiny", "sleeper:1.0", {{"resources", {{"memoryBytes", 4096}}}}));
  EXPECT_EQ(memory, ErrorClass::Invalid);
  const Outcome cap = create(spec("cap", "sleeper:1.0", {{"capAdd", {"NOSUCH"}}}));
  EXPECT_EQ(cap, ErrorClass::Invalid);
  EXPECT_THAT(cap.message, HasSubstr("unknown capability"));
  EXPECT_EQ(step(StepKind::CreateContainer, "garbage", "not json"), ErrorClass::Invalid);
  EXPECT_EQ(create(spec("future", "sleeper:1.0", {{"teleport", true}})), ErrorClass::Invalid);
  EXPECT_EQ(docker_.containers().size(), 0u) << "nothing is left of a failed creation";
}

TEST_F(DockerSteps, EveryMemberOfTheSpecificationReachesTheContainer) {
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
  const auto container = docker_.inspect("whole");
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
  EXPECT_THAT(seen.mounts,
              ::testing::UnorderedElementsAre("1001_data -> /data", "/etc/hostname -> /host"));
  EXPECT_EQ(seen.labels.at("io.holdfast.service"), "whole");
}

TEST_F(DockerSteps, CallsOfSeveralThreadsDoNotDisturbEachOther) {
  constexpr int kThreads = 8;
  Watch watch(plugin_);
  std::vector<std::future<void>> threads;
  for (int number = 0; number < kThreads; ++number) {
    threads.push_back(std::async(std::launch::async, [this, number] {
      const std::string name = "parallel" + std::to_string(number);
      run(spec(name, "sleeper:1.0"));
      EXPECT_EQ(observe({kSleeper}).containers.at(name).state, sdk::ContainerState::Running);
      EXPECT_EQ(pull(kSleeper), ErrorClass::Ok);
      EXPECT_EQ(step(StepKind::StopContainer, name), ErrorClass::Ok);
      EXPECT_EQ(observe({kSleeper}).containers.at(name).state, sdk::ContainerState::Exited);
      EXPECT_EQ(step(StepKind::RemoveContainer, name), ErrorClass::Ok);
    }));
  }
  for (std::future<void>& thread : threads) {
    thread.get();
  }
  EXPECT_TRUE(observe().containers.empty());
}

// Two services of one app start side by side, and each needs the app's network.
TEST_F(DockerSteps, ANetworkThatSeveralAskForAtOnceIsMadeOnce) {
  constexpr int kThreads = 8;
  for (int round = 0; round < 3; ++round) {
    const std::string network = "1001_shared" + std::to_string(round);
    std::vector<std::future<void>> threads;
    for (int number = 0; number < kThreads; ++number) {
      threads.push_back(std::async(std::launch::async, [this, &network] {
        EXPECT_EQ(step(StepKind::CreateNetwork, network, objectSpec()), ErrorClass::Ok);
      }));
    }
    for (std::future<void>& thread : threads) {
      thread.get();
    }
    // With two of that name the engine would not know which one is meant.
    EXPECT_EQ(step(StepKind::RemoveNetwork, network), ErrorClass::Ok);
    EXPECT_EQ(step(StepKind::CreateNetwork, network, objectSpec()), ErrorClass::Ok);
    EXPECT_EQ(step(StepKind::RemoveNetwork, network), ErrorClass::Ok);
  }
}

TEST_F(DockerSteps, TheImagesOwnHealthCheckIsOff) {
  docker_.pull(Lab::image("health:1.0"));
  run(spec("checked", "health:1.0"));
  const auto container = docker_.inspect("checked");
  ASSERT_TRUE(container.has_value());
  EXPECT_FALSE(container->at("State").as_object().contains("Health"));
}

TEST_F(DockerSteps, AContainerOfTheOriginalAgentCountsAsOurs) {
  docker_.create("legacy", kSleeper,
                 {{"Labels", {{"iotistic.app-id", "1001"}, {"iotistic.service-id", "1"}}}});
  docker_.start("legacy");
  EXPECT_EQ(observe().containers.count("legacy"), 1u);
  EXPECT_EQ(step(StepKind::StopContainer, "legacy"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveContainer, "legacy"), ErrorClass::Ok);
  EXPECT_EQ(docker_.stateOf("legacy"), "absent");
}

}  // namespace
}  // namespace holdfast::docker_plugin_test
