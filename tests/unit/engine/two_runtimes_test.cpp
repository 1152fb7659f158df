// SPDX-License-Identifier: Apache-2.0
// Two runtimes at once: each service goes to its own, moves in order, and feels nothing of what
// happens to the other engine.
#include "support/world.hpp"

#include <gmock/gmock.h>

#include <random>

namespace holdfast::engine::test {
namespace {

using model::Milliseconds;
using model::ServiceStatusWord;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr Milliseconds kSecond{1'000};

// "" leaves the choice to the default, which is docker.
std::string on(const std::string& runtime, const std::string& name,
               const std::string& image = "reg/a:1", const std::string& state = "running") {
  return R"({"serviceName": ")" + name + R"(", "imageName": ")" + image + R"(", "state": ")" +
         state + R"(", "config": {)" + (runtime.empty() ? "" : R"("runtime": ")" + runtime + "\"") +
         "}}";
}

class TwoRuntimesTest : public ::testing::Test {
 protected:
  FakeRuntime& docker() { return world.docker(); }
  FakeRuntime& podman() { return world.runtime("podman"); }

  // Mutating calls since the last time this was asked.
  std::vector<std::string> calls() { return std::exchange(world.journal, {}); }

  // The same, of those that concern a container or an image.
  std::vector<std::string> callsAbout(const std::string& container) {
    auto all = calls();
    std::erase_if(all, [&](const std::string& call) {
      return call.find(container) == std::string::npos && call.find(": pull ") == std::string::npos;
    });
    return all;
  }

  World world{{"docker", "podman"}};
};

TEST_F(TwoRuntimesTest, EachServiceGoesToItsRuntimeOrTheDefault) {
  world.apply(targetOf(on("", "a") + "," + on("podman", "b") + "," + on("docker", "c")));
  EXPECT_EQ(2u, docker().containers.size());
  EXPECT_EQ(1u, podman().containers.count("app_b_b"));
  EXPECT_EQ("docker", world.status("a").runtime);
  EXPECT_EQ("podman", world.status("b").runtime);
  // Each engine needs the image, and a network of its own, for itself.
  EXPECT_EQ(1, std::count(docker().calls.begin(), docker().calls.end(), "pull reg/a:1"));
  EXPECT_EQ(1, std::count(podman().calls.begin(), podman().calls.end(), "pull reg/a:1"));
  EXPECT_EQ(1u, docker().networks.count("1_default"));
  EXPECT_EQ(1u, podman().networks.count("1_default"));
}

// --- moving --------------------------------------------------------------------------------------

TEST_F(TwoRuntimesTest, AMovePullsHereStopsThereAndStartsHere) {
  world.apply(targetOf(on("", "a")));
  calls();
  world.apply(targetOf(on("podman", "a")));
  EXPECT_THAT(callsAbout("app_a_a"),
              ElementsAre("podman: pull reg/a:1", "docker: stopContainer app_a_a",
                          "docker: removeContainer app_a_a", "podman: createContainer app_a_a",
                          "podman: startContainer app_a_a"));
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_EQ(0, world.status("a").crashCount);
  EXPECT_THAT(docker().networks, IsEmpty());
  EXPECT_EQ(1u, podman().networks.count("1_default"));

  world.apply(targetOf(on("docker", "a")));
  EXPECT_THAT(callsAbout("app_a_a"),
              ElementsAre("podman: stopContainer app_a_a", "podman: removeContainer app_a_a",
                          "docker: createContainer app_a_a", "docker: startContainer app_a_a"));
  EXPECT_THAT(podman().networks, IsEmpty());
  EXPECT_TRUE(world.snapshot->settled);
}

TEST_F(TwoRuntimesTest, ADryRunNamesTheRuntimeOfEachStep) {
  world.apply(targetOf(on("", "a")));
  podman().images["reg/a:1"].id = "sha256:reg/a:1";
  world.advance(40 * kSecond);
  DryRun run;
  world.agent().planTarget(TargetRequest{targetOf(on("podman", "a"))},
                           [&](DryRun answer) { run = std::move(answer); });
  world.settle();
  std::vector<std::string> steps;
  for (const auto& action : run.actions)
    steps.push_back(action.runtime + " " + action.step);
  EXPECT_THAT(steps,
              ElementsAre("podman createNetwork", "docker stopContainer", "docker removeContainer",
                          "podman createContainer", "podman startContainer"));
}

TEST_F(TwoRuntimesTest, AMoveWhoseImageCannotBePulledLeavesTheOldContainerUp) {
  world.apply(targetOf(on("", "a")));
  const auto old = *world.status("a").containerId;
  podman().failures["reg/a:1"] = failure(sdk::ErrorClass::NotFound, "manifest unknown");
  calls();
  world.apply(targetOf(on("podman", "a")));
  EXPECT_EQ("ImagePullBackOff", world.status("a").reason);
  EXPECT_EQ(old, world.status("a").containerId);
  EXPECT_TRUE(world.status("a").ready);
  EXPECT_THAT(calls(), ElementsAre("podman: pull reg/a:1"));

  docker().exit("app_a_a", 1);
  world.settle();
  EXPECT_THAT(calls(), ElementsAre("docker: startContainer app_a_a"));
  EXPECT_EQ(1, world.status("a").restartCount);

  podman().failures.clear();
  world.advance(10 * kSecond);
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_THAT(docker().containers, IsEmpty());
}

TEST_F(TwoRuntimesTest, AMoveFromAnEngineThatDoesNotAnswerWaitsForIt) {
  world.apply(targetOf(on("", "a") + "," + on("podman", "b")));
  docker().down = true;
  world.advance(40 * kSecond);
  calls();
  world.apply(targetOf(on("podman", "a") + "," + on("podman", "b")));
  world.advance(60 * kSecond);
  EXPECT_EQ(ServiceStatusWord::Pending, world.status("a").serviceStatus);
  EXPECT_THAT(world.view("a").decision,
              AllOf(HasSubstr("from runtime 'docker' to 'podman'"), HasSubstr("answer")));
  EXPECT_TRUE(world.status("a").stale);
  EXPECT_FALSE(world.status("b").stale);
  EXPECT_THAT(calls(), IsEmpty());

  docker().down = false;
  world.advance(40 * kSecond);
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_FALSE(world.status("a").stale);
  EXPECT_THAT(docker().containers, IsEmpty());
}

TEST_F(TwoRuntimesTest, AMoveToAnEngineThatDoesNotAnswerLeavesTheOldContainerUp) {
  podman().down = true;
  world.apply(targetOf(on("", "a")));
  calls();
  world.apply(targetOf(on("podman", "a")));
  docker().exit("app_a_a", 1);
  world.settle();
  EXPECT_THAT(calls(), ElementsAre("docker: startContainer app_a_a"));
  EXPECT_TRUE(world.status("a").ready);

  podman().down = false;
  world.advance(40 * kSecond);
  EXPECT_EQ(1u, podman().containers.size());
  EXPECT_THAT(docker().containers, IsEmpty());
}

// The engine that has the old container was never looked at by this run of the agent.
TEST_F(TwoRuntimesTest, AnAgentThatStartsWithoutTheOldEngineDoesNotStartASecondContainer) {
  world.apply(targetOf(on("", "a")));
  docker().down = true;
  world.advance(40 * kSecond);
  world.apply(targetOf(on("podman", "a")));
  world.restartAgent(retry::Resume::Crash);
  world.advance(60 * kSecond);
  EXPECT_THAT(podman().containers, IsEmpty());
  EXPECT_THAT(world.view("a").decision, HasSubstr("may still run"));

  docker().down = false;
  world.advance(60 * kSecond);
  EXPECT_THAT(docker().containers, IsEmpty());
  EXPECT_EQ("Running", world.status("a").reason);
}

TEST_F(TwoRuntimesTest, AServiceThatLeftAndCameBackIsStillRememberedWhereItsContainerIs) {
  world.apply(targetOf(on("podman", "a")));
  podman().down = true;
  world.advance(40 * kSecond);
  world.restartAgent(retry::Resume::Crash);
  world.apply(targetOf(on("docker", "b")));
  world.apply(targetOf(on("docker", "a")));
  EXPECT_THAT(docker().containers, IsEmpty());

  podman().down = false;
  world.advance(60 * kSecond);
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_THAT(podman().containers, IsEmpty());

  world.apply(targetOf(on("docker", "b")));  // and forgotten once it is gone
  EXPECT_EQ(0u, world.store.state.memories.count("1/a"));
}

TEST_F(TwoRuntimesTest, WhatIsStoppedIsStoppedWhereverItIs) {
  world.apply(targetOf(on("", "a")));
  calls();
  world.apply(targetOf(on("podman", "a", "reg/a:1", "stopped")));
  EXPECT_THAT(calls(),
              ElementsAre("docker: stopContainer app_a_a", "docker: removeContainer app_a_a",
                          "docker: removeNetwork 1_default"));
  EXPECT_EQ("Stopped", world.status("a").reason);
  EXPECT_TRUE(world.snapshot->settled);
}

TEST_F(TwoRuntimesTest, WhatIsStoppedNeedsOnlyTheEngineThatHasIt) {
  world.apply(targetOf(on("", "a")));
  podman().down = true;
  world.advance(40 * kSecond);
  calls();
  world.apply(targetOf(on("podman", "a", "reg/a:1", "stopped")));
  EXPECT_THAT(calls(), Contains("docker: stopContainer app_a_a"));
}

TEST_F(TwoRuntimesTest, APurgeNeedsOnlyTheEngineThatHasTheContainer) {
  world.apply(targetOf(on("", "a")));
  podman().down = true;
  world.advance(40 * kSecond);
  world.apply(targetOf(on("podman", "a")));
  calls();
  EXPECT_EQ(CommandResult::Code::Done, world.agent().purgeApp("app").code);
  world.settle();
  EXPECT_THAT(calls(), Contains("docker: removeContainer app_a_a"));
}

// An engine that was given up and came back still has the service's former container.
TEST_F(TwoRuntimesTest, ASecondContainerElsewhereIsRemovedAlsoOfAStoppedService) {
  world.apply(targetOf(on("docker", "a", "reg/a:1")));
  podman().containers["app_a_a"] = docker().containers["app_a_a"];
  world.apply(targetOf(on("docker", "a", "reg/a:1", "stopped")));
  world.advance(40 * kSecond);
  EXPECT_THAT(podman().containers, IsEmpty());
  EXPECT_EQ("Stopped", world.status("a").reason);
}

TEST_F(TwoRuntimesTest, AMoveEndsWhatTheOldEngineRefused) {
  docker().failures["createContainer app_a_a"] = failure(sdk::ErrorClass::Conflict, "name in use");
  world.apply(targetOf(on("", "a")));
  EXPECT_EQ("CreateContainerError", world.status("a").reason);
  world.apply(targetOf(on("podman", "a")));
  EXPECT_EQ("Running", world.status("a").reason);
}

TEST_F(TwoRuntimesTest, ATargetThatTurnsAroundSupersedesAMove) {
  world.apply(targetOf(on("", "a")));
  podman().hanging.insert("reg/a:1");
  world.apply(targetOf(on("podman", "a")));
  EXPECT_EQ("Pulling", world.status("a").reason);
  calls();
  world.apply(targetOf(on("docker", "a")));
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_THAT(calls(), IsEmpty());
}

// --- a runtime that is not loaded ----------------------------------------------------------------

TEST_F(TwoRuntimesTest, ARuntimeThatIsNotLoadedIsRefusedWithTheNamesOfThoseThatAre) {
  world.apply(targetOf(on("", "a")));
  const auto answer = world.apply(targetOf(on("podmn", "a")));
  EXPECT_EQ(CommandResult::Code::Invalid, answer.code);
  ASSERT_EQ(1u, answer.problems.size());
  EXPECT_THAT(answer.problems[0].message,
              AllOf(HasSubstr("'podmn'"), HasSubstr("'docker', 'podman'")));
  EXPECT_EQ("Running", world.status("a").reason);
}

TEST_F(TwoRuntimesTest, ARuntimeThatIsNotLoadedIsThatServicesFaultAloneInALenientDocument) {
  world.apply(targetOf(on("", "a") + "," + on("podman", "b")));
  calls();
  const auto next =
      targetOf(on("podmn", "a") + "," + on("podman", "b", "reg/b:2") + "," + on("docker", "c"));
  EXPECT_EQ(CommandResult::Code::Done, world.apply(next, model::Strictness::Lenient).code);
  EXPECT_EQ("CreateContainerConfigError", world.status("a").reason);
  EXPECT_THAT(world.status("a").error->message, HasSubstr("'docker', 'podman'"));
  EXPECT_TRUE(world.status("a").ready);  // its old container
  EXPECT_EQ("reg/b:2", world.status("b").runningImage);
  EXPECT_EQ("Running", world.status("c").reason);
  EXPECT_THAT(calls(), Not(Contains(HasSubstr("app_a_a"))));

  docker().exit("app_a_a", 1);
  world.settle();
  EXPECT_THAT(calls(), ElementsAre("docker: startContainer app_a_a"));
}

// --- one engine in trouble -----------------------------------------------------------------------

TEST_F(TwoRuntimesTest, AnEngineThatIsAwayConcernsItsOwnServicesOnly) {
  world.apply(targetOf(on("", "a") + "," + on("podman", "b")));
  docker().down = true;
  world.advance(40 * kSecond);
  EXPECT_TRUE(world.status("a").stale);
  EXPECT_FALSE(world.status("b").stale);
  calls();
  world.apply(targetOf(on("", "a", "reg/a:2") + "," + on("podman", "b", "reg/b:2")));
  EXPECT_EQ("reg/b:2", world.status("b").runningImage);
  podman().exit("app_b_b", 1);
  world.settle();
  EXPECT_EQ(1, world.status("b").restartCount);
  EXPECT_THAT(calls(), Not(Contains(HasSubstr("docker: "))));
}

TEST_F(TwoRuntimesTest, AnEngineThatWentAwayExcusesOnlyItsOwnCrashes) {
  world.apply(targetOf(on("", "a") + "," + on("podman", "b")));
  podman().exit("app_b_b", 1);
  world.settle();
  docker().exit("app_a_a", 1);
  world.settle();
  docker().crash();
  docker().down = true;
  world.settle();
  EXPECT_EQ(0, world.status("a").crashCount);
  EXPECT_EQ(1, world.status("b").crashCount);
}

TEST_F(TwoRuntimesTest, StepsThatHangTakeNoPlaceOfTheOtherEngine) {
  std::string many;
  for (int i = 0; i < 6; ++i)
    many += on("docker", "d" + std::to_string(i)) + ",";
  world.apply(targetOf(on("podman", "b")));
  world.agent().setTarget({targetOf(many + on("podman", "b", "reg/b:2")), model::Strictness::Strict,
                           TargetSource::Api, "test"},
                          [](CommandResult) {});
  while (docker().calls.empty() ||
         docker().calls.back().find("createContainer") == std::string::npos)
    ASSERT_TRUE(world.step());
  docker().deaf = true;  // with all places for operations on it taken
  world.settle();
  EXPECT_EQ("reg/b:2", world.status("b").runningImage);
  EXPECT_NE("Running", world.status("d5").reason);
}

TEST_F(TwoRuntimesTest, PullsThatHangTakeNoPlaceOfTheOtherEngineAndAreNotBlamedForIt) {
  world.settings.parallelPulls = 1;
  world.restartAgent(retry::Resume::Crash);
  docker().hanging.insert("reg/slow:1");
  podman().hanging.insert("reg/queued:1");
  podman().progress["reg/queued:1"].waiting = true;
  world.apply(targetOf(on("docker", "a", "reg/slow:1") + "," + on("podman", "b")));
  EXPECT_EQ("Running", world.status("b").reason);

  // A pull that waits inside one engine waits for nothing of the other.
  world.apply(targetOf(on("docker", "a", "reg/slow:1") + "," + on("podman", "b", "reg/queued:1")));
  world.advance(30 * kSecond);
  EXPECT_EQ("Pulling", world.status("a").reason);
}

TEST_F(TwoRuntimesTest, FailuresOfOneImageAreCountedPerRuntime) {
  docker().failures["reg/a:1"] = failure(sdk::ErrorClass::Transient, "no route");
  world.apply(targetOf(on("docker", "a") + "," + on("podman", "b")));
  EXPECT_EQ("ImagePullBackOff", world.status("a").reason);
  EXPECT_EQ("Running", world.status("b").reason);
  EXPECT_EQ("image:docker:reg/a:1", world.view("a").ledger.at(0).key);
  EXPECT_THAT(world.view("b").ledger, IsEmpty());
}

// --- purge and adopt -----------------------------------------------------------------------------

TEST_F(TwoRuntimesTest, APurgeIsOverOnEachEngineByItself) {
  const auto with = [](const std::string& name, const std::string& runtime) {
    return R"({"serviceName": ")" + name + R"(", "imageName": "reg/a:1", "config": {"runtime": ")" +
           runtime + R"(", "volumes": ["data:/data"]}})";
  };
  world.apply(targetOf(with("a", "docker") + "," + with("b", "podman"), "data"));
  docker().down = true;
  world.advance(40 * kSecond);
  calls();
  EXPECT_EQ(CommandResult::Code::Done, world.agent().purgeApp("app").code);
  world.advance(40 * kSecond);
  EXPECT_EQ("Running", world.status("b").reason);
  EXPECT_EQ(1, world.countEvents("Purged"));
  EXPECT_THAT(calls(),
              ElementsAre("podman: stopContainer app_b_b", "podman: removeContainer app_b_b",
                          "podman: removeVolume 1_data", "podman: createVolume 1_data",
                          "podman: createContainer app_b_b", "podman: startContainer app_b_b"));

  docker().down = false;
  world.advance(40 * kSecond);
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_EQ(2, world.countEvents("Purged"));
  EXPECT_THAT(calls(), Not(Contains(HasSubstr("podman: "))));
}

TEST_F(TwoRuntimesTest, ObjectsOfALostAgentAreSeenAndAdoptedOnBothEngines) {
  for (auto* runtime : {&docker(), &podman()}) {
    auto& theirs = runtime->containers["theirs"];
    theirs.id = "id on " + runtime->name();
    theirs.name = "theirs";
    theirs.state = model::ContainerState::Created;
    theirs.labels = {
        {"io.holdfast.owner", "another"}, {"io.holdfast.app", "1"}, {"io.holdfast.service", "a"}};
  }
  world.apply(R"({"apps": {}})");
  world.advance(40 * kSecond);
  std::vector<std::string> places;
  for (const auto& orphan : world.snapshot->orphans)
    places.push_back(orphan.runtime);
  EXPECT_THAT(places, UnorderedElementsAre("docker", "podman"));
  EXPECT_EQ(CommandResult::Code::Done, world.agent().adopt("another").code);
  world.settle();
  EXPECT_THAT(calls(), UnorderedElementsAre("docker: removeContainer theirs",
                                            "podman: removeContainer theirs"));
}

// --- properties ----------------------------------------------------------------------------------

constexpr unsigned kWorlds = 60;

std::string randomTarget(std::mt19937& dice) {
  const auto below = [&](unsigned limit) { return dice() % limit; };
  const char* const states[] = {"running", "running", "running", "stopped"};
  const char* const runtimes[] = {"", "docker", "podman"};
  std::string services;
  for (unsigned i = 0; i < 5; ++i) {
    if (below(6) == 0)
      continue;
    services += (services.empty() ? "" : ",") + on(runtimes[below(3)], "s" + std::to_string(i),
                                                   "reg/" + std::to_string(below(2)) + ":1",
                                                   states[below(4)]);
  }
  return targetOf(services);
}

bool runs(FakeRuntime& runtime, const std::string& container) {
  const auto found = runtime.containers.find(container);
  return found != runtime.containers.end() && found->second.state == model::ContainerState::Running;
}

// Whatever moves where, and whichever engine is away at times.
TEST(TwoRuntimesPropertyTest, NoServiceEverRunsTwiceAndAllComesToRestInItsPlace) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 dice(seed);
    World world({"docker", "podman"});
    auto& docker = world.docker();
    auto& podman = world.runtime("podman");
    for (int round = 0; round < 6; ++round) {
      docker.down = dice() % 4 == 0;
      podman.down = dice() % 4 == 0;
      world.agent().setTarget(
          {randomTarget(dice), model::Strictness::Strict, TargetSource::Api, "test"},
          [](CommandResult) {});
      for (auto steps = dice() % 40; steps > 0; --steps) {
        world.step();
        for (int i = 0; i < 5; ++i) {
          const auto name = "app_s" + std::to_string(i) + "_s" + std::to_string(i);
          ASSERT_FALSE(runs(docker, name) && runs(podman, name)) << name;
        }
        if (dice() % 8 == 0)
          world.clock.advance(kSecond);
      }
      if (dice() % 3 == 0)
        world.restartAgent(retry::Resume::Crash);
    }
    docker.down = podman.down = false;
    world.apply(randomTarget(dice));
    world.advance(120 * kSecond);
    EXPECT_TRUE(world.snapshot->settled);
    for (const auto& view : world.snapshot->services) {
      const auto container = "app_" + view.status.serviceName + "_" + view.status.serviceName;
      auto& here = world.runtime(view.status.runtime);
      auto& there = view.status.runtime == "docker" ? podman : docker;
      EXPECT_EQ(view.status.state == "running", runs(here, container)) << container;
      EXPECT_EQ(0u, there.containers.count(container)) << container;
      EXPECT_EQ(0, view.status.crashCount) << container;
    }
  }
}

// What one engine does, or does not, changes no call on the other.
TEST(TwoRuntimesPropertyTest, AnEngineThatIsAwayChangesNoCallOnTheOther) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    const auto callsOnPodman = [&](bool dockerAway) {
      std::mt19937 dice(seed);
      World world({"docker", "podman"});
      world.docker().down = dockerAway;
      for (int round = 0; round < 3; ++round) {
        std::string services;
        for (unsigned i = 0; i < 4; ++i) {
          services +=
              (i == 0 ? "" : ",") + on(i % 2 == 0 ? "docker" : "podman", "s" + std::to_string(i),
                                       "reg/" + std::to_string(dice() % 3) + ":1");
        }
        world.apply(targetOf(services));
        world.advance(kSecond);
      }
      return world.runtime("podman").calls;
    };
    EXPECT_EQ(callsOnPodman(false), callsOnPodman(true)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdfast::engine::test
