// SPDX-License-Identifier: Apache-2.0
// Every step on a real engine: twice, on what is foreign, and on what the engine refuses.

#include "engines/container_process.hpp"
#include "engines/plugin_fixture.hpp"
#include "fixtures/lab/temp_dir.hpp"

#include <signal.h>

namespace holdfast::plugin_test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kSleeper = Lab::image("sleeper:1.0");

class PluginSteps : public EnginePlugin {
 protected:
  void SetUp() override { view_.pull(kSleeper); }

  // The step twice: the second time there is nothing to do.
  void expectTwice(StepKind kind, const std::string& name, const std::string& spec = {}) {
    EXPECT_EQ(step(kind, name, spec), ErrorClass::Ok);
    EXPECT_EQ(step(kind, name, spec), ErrorClass::Ok) << "the second time";
  }

  static std::string objectSpec(const std::string& owner = kOwner) {
    return json::serialize(json::object{{"labels", {{"io.holdfast.owner", owner}}}});
  }
};

TEST_F(PluginSteps, AContainersLifeIsIdempotentAtEachStep) {
  const std::string body = json::serialize(spec("life", "sleeper:1.0"));
  expectTwice(StepKind::CreateContainer, "life", body);
  EXPECT_EQ(view_.stateOf("life"), "created");
  const std::string id = idOf("life");
  expectTwice(StepKind::StartContainer, "life");
  EXPECT_EQ(view_.stateOf("life"), "running");
  expectTwice(StepKind::PauseContainer, "life");
  EXPECT_EQ(view_.stateOf("life"), "paused");
  expectTwice(StepKind::UnpauseContainer, "life");
  EXPECT_EQ(view_.stateOf("life"), "running");
  expectTwice(StepKind::StopContainer, "life");
  EXPECT_EQ(view_.stateOf("life"), "exited");
  EXPECT_EQ(start("life"), ErrorClass::Ok);
  EXPECT_EQ(idOf("life"), id) << "a restart keeps the container";
  EXPECT_EQ(step(StepKind::StopContainer, "life"), ErrorClass::Ok);
  expectTwice(StepKind::RemoveContainer, "life");
  EXPECT_EQ(view_.stateOf("life"), "absent");
}

TEST_F(PluginSteps, WhatIsAbsentCannotBeStartedButNeedNotBeStopped) {
  EXPECT_EQ(start("nobody"), ErrorClass::NotFound);
  EXPECT_EQ(step(StepKind::PauseContainer, "nobody"), ErrorClass::NotFound);
  EXPECT_EQ(step(StepKind::StopContainer, "nobody"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveContainer, "nobody"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveNetwork, "nobody"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveVolume, "nobody"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveImage, Lab::image("nobody:1.0")), ErrorClass::Ok);
}

TEST_F(PluginSteps, NetworksVolumesAndImagesAreIdempotent) {
  expectTwice(StepKind::CreateNetwork, "1001_front", objectSpec());
  expectTwice(StepKind::CreateVolume, "1001_data", objectSpec());
  const Seen seen = observe();
  EXPECT_THAT(seen.networks, Contains("1001_front"));
  EXPECT_THAT(seen.volumes, Contains("1001_data"));
  expectTwice(StepKind::RemoveNetwork, "1001_front");
  expectTwice(StepKind::RemoveVolume, "1001_data");
  EXPECT_TRUE(observe().networks.empty());
  EXPECT_TRUE(observe().volumes.empty());

  view_.pull(Lab::image("exit0:1.0"));
  expectTwice(StepKind::RemoveImage, Lab::image("exit0:1.0"));
  EXPECT_FALSE(view_.hasImage(Lab::image("exit0:1.0")));
}

TEST_F(PluginSteps, AnImageInUseStays) {
  run(spec("user", "sleeper:1.0"));
  EXPECT_EQ(step(StepKind::RemoveImage, kSleeper), ErrorClass::Ok);
  EXPECT_TRUE(view_.hasImage(kSleeper));
}

TEST_F(PluginSteps, AnImageInUseStaysAlsoWhenItHasASecondName) {
  // Engines refuse only as long as there is one name, and take it away when there are two.
  ASSERT_EQ(
      view_.call("POST", "/images/" + kSleeper + "/tag?repo=" + Lab::image("second") + "&tag=1.0")
          .status,
      201);
  run(spec("user", "sleeper:1.0"));
  EXPECT_EQ(step(StepKind::RemoveImage, kSleeper), ErrorClass::Ok);
  EXPECT_TRUE(view_.hasImage(kSleeper));
  view_.removeAll();
  EXPECT_EQ(step(StepKind::RemoveImage, kSleeper), ErrorClass::Ok);
  EXPECT_FALSE(view_.hasImage(kSleeper)) << "nobody uses it any more";
  EXPECT_TRUE(view_.hasImage(Lab::image("second:1.0"))) << "another name was not meant";
}

TEST_F(PluginSteps, ANetworkOrVolumeInUseIsAConflict) {
  ASSERT_EQ(step(StepKind::CreateNetwork, "1001_busy", objectSpec()), ErrorClass::Ok);
  ASSERT_EQ(step(StepKind::CreateVolume, "1001_busy", objectSpec()), ErrorClass::Ok);
  run(spec("user", "sleeper:1.0",
           {{"networks", {{{"name", "1001_busy"}, {"aliases", {"user"}}}}},
            {"mounts", {{{"type", "volume"}, {"source", "1001_busy"}, {"target", "/data"}}}}}));
  EXPECT_EQ(step(StepKind::RemoveNetwork, "1001_busy"), ErrorClass::Conflict);
  EXPECT_EQ(step(StepKind::RemoveVolume, "1001_busy"), ErrorClass::Conflict);
}

TEST_F(PluginSteps, ForeignThingsAreLeftAlone) {
  view_.create("theirs", kSleeper);
  view_.start("theirs");
  const std::string id = idOf("theirs");
  for (const StepKind kind :
       {StepKind::StartContainer, StepKind::StopContainer, StepKind::RemoveContainer,
        StepKind::PauseContainer, StepKind::UnpauseContainer}) {
    EXPECT_EQ(step(kind, "theirs"), ErrorClass::Conflict) << static_cast<int>(kind);
  }
  const Outcome created = create(spec("theirs", "sleeper:1.0"));
  EXPECT_EQ(created, ErrorClass::Conflict);
  EXPECT_THAT(created.message, HasSubstr("theirs"));
  EXPECT_EQ(view_.stateOf("theirs"), "running");
  EXPECT_EQ(idOf("theirs"), id);

  ASSERT_EQ(view_.call("POST", "/networks/create", {{"Name", "theirs"}}).status, 201);
  EXPECT_EQ(step(StepKind::CreateNetwork, "theirs", objectSpec()), ErrorClass::Conflict);
  EXPECT_EQ(step(StepKind::RemoveNetwork, "theirs"), ErrorClass::Conflict);
  ASSERT_EQ(view_.call("POST", "/volumes/create", {{"Name", "theirs"}}).status, 201);
  EXPECT_EQ(step(StepKind::CreateVolume, "theirs", objectSpec()), ErrorClass::Ok)
      << "data that is there for the service is used";
  EXPECT_EQ(step(StepKind::RemoveVolume, "theirs"), ErrorClass::Conflict);

  const Seen seen = observe();
  EXPECT_TRUE(seen.containers.empty());
  EXPECT_TRUE(seen.networks.empty());
  EXPECT_TRUE(seen.volumes.empty());
}

TEST_F(PluginSteps, TheNameOfAnotherAgentOrAnotherSpecificationIsAConflict) {
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

TEST_F(PluginSteps, AnotherContainerOfTheSameNameIsAConflict) {
  run(spec("replaced", "sleeper:1.0"));
  const std::string other(64, 'a');
  for (const StepKind kind : {StepKind::StopContainer, StepKind::RemoveContainer}) {
    EXPECT_EQ(step(kind, "replaced", {}, 1000, other), ErrorClass::Conflict);
  }
  EXPECT_EQ(view_.stateOf("replaced"), "running");
  EXPECT_EQ(step(StepKind::StopContainer, "replaced", {}, 1000, idOf("replaced")), ErrorClass::Ok);
}

TEST_F(PluginSteps, ARunningContainerIsNotRemoved) {
  run(spec("busy", "sleeper:1.0"));
  EXPECT_EQ(step(StepKind::RemoveContainer, "busy"), ErrorClass::Conflict);
  EXPECT_EQ(view_.stateOf("busy"), "running");
}

TEST_F(PluginSteps, APausedContainerIsStoppedBySignal) {
  run(spec("frozen", "sleeper:1.0"));
  ASSERT_EQ(step(StepKind::PauseContainer, "frozen"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::StopContainer, "frozen"), ErrorClass::Ok);
  EXPECT_EQ(observe().containers.at("frozen").exitCode, 0) << "it got to handle the signal";
}

TEST_F(PluginSteps, AContainerThatIgnoresTheSignalIsKilledAfterItsGrace) {
  view_.pull(Lab::image("stubborn:1.0"));
  run(spec("stubborn", "stubborn:1.0"));
  EXPECT_EQ(step(StepKind::StopContainer, "stubborn", {}, 500), ErrorClass::Ok);
  EXPECT_EQ(observe().containers.at("stubborn").exitCode, 137);
}

TEST_F(PluginSteps, AContainerIsStartedRightAfterItsDeath) {
  run(spec("reborn", "sleeper:1.0"));
  for (int round = 0; round < 5; ++round) {
    const auto before = view_.inspect("reborn");
    ASSERT_TRUE(before.has_value());
    const auto pid = static_cast<pid_t>(before->at("State").at("Pid").as_int64());
    ASSERT_GT(pid, 1);
    const engines::ContainerProcess process(pid);
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    ASSERT_TRUE(waitUntil([&] { return process.ended(); }, kSoon, 1ms));
    // The engine may still believe that it runs, and would answer "already started".
    EXPECT_EQ(start("reborn"), ErrorClass::Ok);
    const SeenContainer seen = observe().containers.at("reborn");
    EXPECT_EQ(seen.state, sdk::ContainerState::Running) << "round " << round;
    EXPECT_NE(seen.pid, pid) << "round " << round;
  }
}

TEST_F(PluginSteps, SeveralNetworksAreJoinedWithAliases) {
  for (const char* network : {"1001_a", "1001_b", "1001_c"}) {
    ASSERT_EQ(step(StepKind::CreateNetwork, network, objectSpec()), ErrorClass::Ok);
  }
  const json::array networks{{{"name", "1001_a"}, {"aliases", {"svc"}}},
                             {{"name", "1001_b"}, {"aliases", {"svc"}}},
                             {{"name", "1001_c"}, {"aliases", {"svc"}}}};
  run(spec("many", "sleeper:1.0", {{"networks", networks}}));
  const auto container = view_.inspect("many");
  ASSERT_TRUE(container.has_value());
  for (const char* network : {"1001_a", "1001_b", "1001_c"}) {
    const json::value& endpoint = container->at("NetworkSettings").at("Networks").at(network);
    EXPECT_THAT(json::value_to<std::vector<std::string>>(endpoint.at("Aliases")), Contains("svc"));
  }
  EXPECT_EQ(observe().containers.at("many").addresses.size(), 3u);
}

TEST_F(PluginSteps, StartFailuresHaveTheirClassAndRootCause) {
  run(spec("holder", "sleeper:1.0",
           {{"ports", {{{"hostPort", 18095}, {"containerPort", 80}, {"protocol", "tcp"}}}}}));
  std::vector<StartFailure> failures = {
      {"missing",
       {{"command", {"nosuch"}}},
       FailsAt::Start,
       ErrorClass::Rejected,
       "exec: \"nosuch\": executable file not found in $PATH"},
      {"noexec",
       {{"command", {"/usr/bin/noexec"}}},
       FailsAt::Start,
       ErrorClass::Rejected,
       "exec: \"/usr/bin/noexec\": permission denied"},
      {"ghost",
       {{"user", "ghost"}},
       FailsAt::Start,
       ErrorClass::Rejected,
       "unable to find user ghost: no matching entries in passwd file"},
      {"address",
       {{"ports",
         {{{"hostIp", "10.99.99.99"},
           {"hostPort", 1},
           {"containerPort", 80},
           {"protocol", "tcp"}}}}},
       FailsAt::Start,
       ErrorClass::Transient,
       "listen tcp4 10.99.99.99:1: bind: cannot assign requested address"},
      {"sysctl",
       {{"sysctls", {{"net.nosuch", "1"}}}},
       FailsAt::Start,
       ErrorClass::Rejected,
       "open /proc/sys/net/nosuch: no such file or directory"},
  };
  for (StartFailure& own : engine_.startFailures()) {
    failures.push_back(std::move(own));
  }
  for (const StartFailure& failure : failures) {
    Outcome outcome = create(spec(failure.name, "sleeper:1.0", failure.more));
    if (failure.at == FailsAt::Start) {
      ASSERT_EQ(outcome, ErrorClass::Ok) << failure.name;
      outcome = start(failure.name);
      const SeenContainer seen = observe().containers.at(failure.name);
      EXPECT_EQ(seen.state, sdk::ContainerState::Created);
      EXPECT_EQ(seen.engineError.empty(), !engine_.recordsFailedStarts());
    }
    EXPECT_EQ(outcome, failure.errorClass) << failure.name;
    EXPECT_EQ(outcome.message, failure.message);
    EXPECT_THAT(outcome.raw, StartsWith("HTTP "));
  }
}

TEST_F(PluginSteps, AStartMayBeRepeatedWhenItsCauseIsGone) {
  const json::object port{
      {"ports", {{{"hostPort", 18094}, {"containerPort", 80}, {"protocol", "tcp"}}}}};
  run(spec("holder", "sleeper:1.0", port));
  ASSERT_EQ(create(spec("late", "sleeper:1.0", port)), ErrorClass::Ok);
  EXPECT_EQ(start("late"), ErrorClass::Conflict);
  ASSERT_EQ(step(StepKind::StopContainer, "holder"), ErrorClass::Ok);
  EXPECT_EQ(start("late"), ErrorClass::Ok);
}

TEST_F(PluginSteps, CreateFailuresHaveTheirClass) {
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
  EXPECT_EQ(view_.containers().size(), 0u) << "nothing is left of a failed creation";
}

TEST_F(PluginSteps, CallsOfSeveralThreadsDoNotDisturbEachOther) {
  constexpr int kThreads = 8;
  Watch watch(*plugin_);
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
TEST_F(PluginSteps, ANetworkThatSeveralAskForAtOnceIsMadeOnce) {
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

TEST_F(PluginSteps, TheImagesOwnHealthCheckIsOff) {
  view_.pull(Lab::image("health:1.0"));
  run(spec("checked", "health:1.0"));
  const auto container = view_.inspect("checked");
  ASSERT_TRUE(container.has_value());
  EXPECT_FALSE(engine_.checksHealth(*container));
}

TEST_F(PluginSteps, AContainerOfTheOriginalAgentCountsAsOurs) {
  view_.create("legacy", kSleeper,
               {{"Labels", {{"iotistic.app-id", "1001"}, {"iotistic.service-id", "1"}}}});
  view_.start("legacy");
  EXPECT_EQ(observe().containers.count("legacy"), 1u);
  EXPECT_EQ(step(StepKind::StopContainer, "legacy"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::RemoveContainer, "legacy"), ErrorClass::Ok);
  EXPECT_EQ(view_.stateOf("legacy"), "absent");
}

// Its networks are called as ours, and have an app's label alone.
TEST_F(PluginSteps, ANetworkOfTheOriginalAgentIsUsedForItsAppAndNeverRemoved) {
  view_.call("POST", "/networks/create",
             {{"Name", "1001_front"}, {"Labels", {{"iotistic.app-id", "1001"}}}});
  view_.call("POST", "/networks/create", {{"Name", "1001_plain"}});
  const auto specOf = [](const char* app) {
    return json::serialize(
        json::object{{"labels", {{"io.holdfast.owner", kOwner}, {"io.holdfast.app", app}}}});
  };
  EXPECT_EQ(step(StepKind::CreateNetwork, "1001_front", specOf("1001")), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::CreateNetwork, "1001_front", specOf("1")), ErrorClass::Conflict);
  EXPECT_EQ(step(StepKind::CreateNetwork, "1001_plain", specOf("1001")), ErrorClass::Conflict);
  EXPECT_EQ(step(StepKind::RemoveNetwork, "1001_front"), ErrorClass::Conflict);
}

}  // namespace
}  // namespace holdfast::plugin_test
