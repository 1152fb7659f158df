// SPDX-License-Identifier: Apache-2.0
// Containers of the original agent: what passes for a service of the target, until when, and with
// which volumes.
#include "support/world.hpp"

#include <gmock/gmock.h>

namespace holdfast::engine::test {
namespace {

using model::ContainerState;
using model::Milliseconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Milliseconds kSecond{1'000};
const std::string kOurs = "00000000-0000-4000-8000-000000000001";
const std::string kReplaced[] = {"stopContainer app_a_5", "removeContainer app_a_5",
                                 "createContainer app_a_5", "startContainer app_a_5"};

// A service of the app "1" as the cloud sends it: with ids.
std::string service(const std::string& name, int id, const std::string& image,
                    const std::string& config = "") {
  return R"({"serviceId": )" + std::to_string(id) + R"(, "serviceName": ")" + name +
         R"(", "imageName": ")" + image + R"(", "config": {)" + config + "}}";
}

std::string user(int number) {
  return R"("user": ")" + std::to_string(number) + '"';
}

class TakeOverTest : public ::testing::Test {
 protected:
  TakeOverTest() {
    for (const char* image : {"reg/a:1", "reg/a:2", "reg/b:1"})
      world.docker().images[image] = {.id = image, .digest = "", .sizeBytes = 1};
  }

  // A running container as the original agent makes it, for the app "1".
  model::ObservedContainer& original(const std::string& name, int service, const std::string& image,
                                     const std::string& app = "1") {
    model::ObservedContainer container;
    container.id = "id of " + name;
    container.name = name;
    container.image = image;
    container.imageId = image;
    container.state = ContainerState::Running;
    container.startedAt = world.clock.now().wall;
    container.labels = {{"iotistic.app-id", app},
                        {"iotistic.app-name", "app"},
                        {"iotistic.service-id", std::to_string(service)},
                        {"iotistic.service-name", "whatever"}};
    return world.docker().containers[name] = container;
  }

  // Looks until nothing is left to do, and forgets what was done.
  void goOn() {
    world.advance(90 * kSecond);
    world.forgetCalls();
  }

  [[nodiscard]] const ServiceMemory& remembered(const std::string& key) {
    return world.store.state.memories.at(key);
  }

  [[nodiscard]] std::vector<std::string> plannedFor(const std::string& target) {
    std::vector<std::string> steps;
    world.agent().planTarget(TargetRequest{target}, [&](DryRun run) {
      for (const auto& action : run.actions)
        steps.push_back(action.step + " " + action.object);
    });
    world.settle();
    return steps;
  }

  World world;
};

TEST_F(TakeOverTest, WithoutATargetNothingIsTakenOver) {
  original("app_a_5", 5, "reg/a:1").mounts = {{"data", "", "/data"}};
  world.advance(120 * kSecond);
  EXPECT_THAT(world.newCalls(), IsEmpty());
  EXPECT_THAT(world.store.state.memories, IsEmpty());
}

TEST_F(TakeOverTest, TheSameImageIsEnoughToRunOn) {
  original("app_a_5", 5, "docker.io/reg/a:1");
  world.settle();
  world.apply(targetOf(service("a", 5, "reg/a:1", user(7))));
  world.advance(90 * kSecond);
  // Which does nothing to a container that runs, but that the engine no longer restarts it.
  EXPECT_THAT(world.newCalls(), ElementsAre("startContainer app_a_5"));
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_EQ("id of app_a_5", world.status("a").containerId);
  EXPECT_EQ(0, world.status("a").restartCount);
  EXPECT_EQ(1, world.countEvents("TakenOver", "a"));
  EXPECT_EQ(0, world.countEvents("Started"));
  EXPECT_TRUE(world.snapshot->settled);
}

TEST_F(TakeOverTest, TheNextRealChangeReplaces) {
  original("app_a_5", 5, "reg/a:1");
  world.apply(targetOf(service("a", 5, "reg/a:1", user(1))));
  goOn();
  world.apply(targetOf(service("a", 5, "reg/a:1", user(2))));
  EXPECT_THAT(world.newCalls(), ElementsAre("createNetwork 1_default", kReplaced[0], kReplaced[1],
                                            kReplaced[2], kReplaced[3]));
  EXPECT_TRUE(world.docker().containers.at("app_a_5").labels.count("io.holdfast.owner"));
  world.advance(90 * kSecond);
  EXPECT_THAT(world.newCalls(), IsEmpty());
}

TEST_F(TakeOverTest, AnotherImageReplacesAtOnce) {
  original("app_a_5", 5, "reg/a:1");
  world.apply(targetOf(service("a", 5, "reg/a:2")));
  EXPECT_THAT(world.newCalls(), ::testing::IsSupersetOf(kReplaced));
  EXPECT_EQ(0, world.countEvents("TakenOver"));
}

// The baseline is that of the first target, whatever comes before the engine is looked at again.
TEST_F(TakeOverTest, TheFirstTargetCountsAndNotTheFirstLookThatFollows) {
  original("app_a_5", 5, "reg/a:1");
  world.settle();
  for (const int number : {1, 2}) {
    world.agent().setTarget(TargetRequest{targetOf(service("a", 5, "reg/a:1", user(number)))},
                            [](CommandResult) {});
    world.docker().deaf = true;  // answers no look
  }
  world.docker().deaf = false;
  world.settle();
  EXPECT_THAT(world.newCalls(), ::testing::IsSupersetOf(kReplaced));
}

TEST_F(TakeOverTest, ATargetWithTheImageThatRunsBecomesTheBaselineLater) {
  original("app_a_5", 5, "reg/a:1");
  world.docker().failures["reg/a:3"] = failure(sdk::ErrorClass::NotFound, "manifest unknown");
  world.apply(targetOf(service("a", 5, "reg/a:3")));
  EXPECT_EQ("ImagePullBackOff", world.status("a").reason);
  world.apply(targetOf(service("a", 5, "reg/a:1", user(1))));
  goOn();
  EXPECT_EQ("id of app_a_5", world.status("a").containerId);
  world.apply(targetOf(service("a", 5, "reg/a:1", user(2))));
  EXPECT_THAT(world.newCalls(), ::testing::IsSupersetOf(kReplaced));
}

TEST_F(TakeOverTest, AServiceAtFaultIsNoBaseline) {
  original("app_a_5", 5, "reg/a:1");
  world.apply(targetOf(service("a", 5, "reg/a:1", R"("ports": ["nonsense"])")),
              model::Strictness::Lenient);
  EXPECT_EQ("CreateContainerConfigError", world.status("a").reason);
  world.apply(targetOf(service("a", 5, "reg/a:1", R"("ports": ["80:80"])")));
  goOn();
  EXPECT_EQ("id of app_a_5", world.status("a").containerId);
}

TEST_F(TakeOverTest, AKilledAgentKnowsTheBaselineAndWhatItDid) {
  original("app_a_5", 5, "reg/a:1");
  world.settle();
  world.agent().setTarget(TargetRequest{targetOf(service("a", 5, "reg/a:1", user(1)))},
                          [](CommandResult) {});
  while (!world.store.state.target)
    world.step();
  world.restartAgent(retry::Resume::Crash);
  goOn();
  world.restartAgent(retry::Resume::Crash);
  world.advance(90 * kSecond);
  EXPECT_THAT(world.newCalls(), IsEmpty());
  EXPECT_EQ("id of app_a_5", world.status("a").containerId);
  world.apply(targetOf(service("a", 5, "reg/a:1", user(2))));
  EXPECT_THAT(world.newCalls(), ::testing::IsSupersetOf(kReplaced));
}

TEST_F(TakeOverTest, WhateverTheInstantOfAKillTheEndIsTheSame) {
  const auto before = targetOf(service("a", 5, "reg/a:1", R"("volumes": ["data:/data"])"), "data");
  const auto after = targetOf(service("a", 5, "reg/a:2", R"("volumes": ["data:/data"])"), "data");
  for (int steps = 0; steps < 40; ++steps) {
    SCOPED_TRACE(steps);
    World fresh;
    std::swap(world.docker().images, fresh.docker().images);
    fresh.docker().containers["app_a_5"] = original("app_a_5", 5, "reg/a:1");
    fresh.docker().containers["app_a_5"].mounts = {{"data", "", "/data"}};
    fresh.apply(before);
    fresh.agent().setTarget(TargetRequest{after}, [](CommandResult) {});
    for (int done = 0; done < steps; ++done)
      fresh.step();
    fresh.restartAgent(retry::Resume::Crash);
    fresh.settle();
    fresh.apply(after);
    fresh.advance(120 * kSecond);
    ASSERT_EQ("Running", fresh.status("a").reason);
    ASSERT_THAT(fresh.view("a").specJson, HasSubstr(R"("source":"data")"));
    ASSERT_EQ(1U, fresh.docker().containers.size());
    ASSERT_EQ(0U, fresh.docker().volumes.count("1_data"));
    std::swap(world.docker().images, fresh.docker().images);
  }
}

TEST_F(TakeOverTest, WhatIsNotInTheTargetIsStoppedAndRemoved) {
  original("app_a_5", 5, "reg/a:1");
  original("app_b_6", 6, "reg/b:1");
  original("other_c_1", 1, "reg/b:1", "2");
  auto& half = original("half", 7, "reg/b:1");
  half.labels.erase("iotistic.service-id");
  auto& theirs = original("theirs", 8, "reg/b:1");
  theirs.labels["io.holdfast.owner"] = "another";
  world.docker().volumes["data"] = {};
  world.apply(targetOf(service("a", 5, "reg/a:1")));
  world.advance(90 * kSecond);
  EXPECT_THAT(world.newCalls(),
              ::testing::UnorderedElementsAre("startContainer app_a_5", "stopContainer app_b_6",
                                              "removeContainer app_b_6", "stopContainer other_c_1",
                                              "removeContainer other_c_1"));
  EXPECT_EQ(1U, world.docker().volumes.count("data"));
}

TEST_F(TakeOverTest, OneThatEndedIsStartedAndOneThatShouldStayDownIsNot) {
  auto& ended = original("app_a_5", 5, "reg/a:1");
  ended.state = ContainerState::Exited;
  ended.finishedAt = world.clock.now().wall;
  original("app_b_6", 6, "reg/b:1");
  world.apply(targetOf(service("a", 5, "reg/a:1") + "," +
                       service("b", 6, "reg/b:1", R"("restart": "no")")));
  world.advance(90 * kSecond);
  EXPECT_THAT(world.newCalls(), ElementsAre("startContainer app_a_5"));
  EXPECT_EQ(1, world.countEvents("Started", "a"));
}

TEST_F(TakeOverTest, ItsRestartsClimbTheLadder) {
  original("app_a_5", 5, "reg/a:1");
  world.apply(targetOf(service("a", 5, "reg/a:1")));
  goOn();
  world.docker().exit("app_a_5", 1);
  world.settle();
  EXPECT_THAT(world.newCalls(), ElementsAre("startContainer app_a_5"));
  world.docker().exit("app_a_5", 1);
  world.settle();
  EXPECT_EQ("CrashLoopBackOff", world.status("a").reason);
  world.advance(10 * kSecond);
  EXPECT_EQ(2, world.status("a").restartCount);
}

TEST_F(TakeOverTest, APlanShowsWhatTheTargetWouldDo) {
  original("app_a_5", 5, "reg/a:1").mounts = {{"data", "", "/data"}};
  world.settle();
  const std::string volume = R"("volumes": ["data:/data"])";
  EXPECT_THAT(plannedFor(targetOf(service("a", 5, "reg/a:1", volume), "data")),
              ElementsAre("startContainer app_a_5"));
  const auto steps = plannedFor(targetOf(service("a", 5, "reg/a:2", volume), "data"));
  EXPECT_THAT(steps, ::testing::IsSupersetOf(kReplaced));
  EXPECT_THAT(steps, Not(Contains(HasSubstr("createVolume"))));
  EXPECT_THAT(world.newCalls(), IsEmpty());
  EXPECT_THAT(world.store.state.memories, IsEmpty());
}

// --- volumes -------------------------------------------------------------------------------------

class TakeOverVolumesTest : public TakeOverTest {
 protected:
  const std::string volume_ = R"("volumes": ["data:/data"])";
  const std::string own_ = R"("source":"1_data")";
  const std::string bare_ = R"("source":"data")";
};

TEST_F(TakeOverVolumesTest, ASuccessorMountsWhatTheOldContainerMounted) {
  original("app_a_5", 5, "reg/a:1").mounts = {{"data", "", "/data"}};
  world.apply(targetOf(service("a", 5, "reg/a:1", volume_), "data"));
  goOn();
  world.apply(targetOf(service("a", 5, "reg/a:2", volume_), "data"));
  EXPECT_THAT(world.newCalls(), Not(Contains(HasSubstr("createVolume"))));
  EXPECT_THAT(world.view("a").specJson, HasSubstr(bare_));
  world.apply(targetOf(service("a", 5, "reg/a:1", volume_), "data"));  // and so does its successor
  EXPECT_THAT(world.view("a").specJson, HasSubstr(bare_));
}

TEST_F(TakeOverVolumesTest, AlsoWhereTheFirstTargetCallsItOtherwise) {
  original("app_a_5", 5, "reg/a:1").mounts = {{"old_data", "", "/data"}};
  world.apply(targetOf(service("a", 5, "reg/a:1", volume_), "data"));
  goOn();
  EXPECT_EQ("id of app_a_5", world.status("a").containerId);
  EXPECT_THAT(world.view("a").specJson, HasSubstr(R"("source":"old_data")"));
  // A later target that names another volume means another volume.
  world.apply(targetOf(service("a", 5, "reg/a:1", R"("volumes": ["fresh:/data"])"), "fresh"));
  EXPECT_THAT(world.newCalls(), Contains("createVolume 1_fresh"));
  EXPECT_THAT(world.view("a").specJson, HasSubstr(R"("source":"1_fresh")"));
}

TEST_F(TakeOverVolumesTest, OtherServicesOfTheAppShareIt) {
  original("app_a_5", 5, "reg/a:1").mounts = {{"data", "", "/data"}};
  world.apply(targetOf(service("a", 5, "reg/a:1", volume_) + "," +
                           service("new", 9, "reg/b:1", R"("volumes": ["data:/elsewhere"])"),
                       "data"));
  EXPECT_THAT(world.view("new").specJson, HasSubstr(bare_));
}

TEST_F(TakeOverVolumesTest, AServiceThatComesBackFindsItsData) {
  original("app_a_5", 5, "reg/a:1").mounts = {{"data", "", "/data"}};
  world.apply(targetOf(service("b", 6, "reg/b:1")));
  EXPECT_THAT(world.newCalls(), Contains("removeContainer app_a_5"));
  goOn();
  world.restartAgent(retry::Resume::Crash);
  world.apply(targetOf(service("a", 5, "reg/a:1", volume_), "data"));
  EXPECT_THAT(world.view("a").specJson, HasSubstr(bare_));
}

TEST_F(TakeOverVolumesTest, AVolumeOfAnotherAppOrWithoutANameIsNotMeant) {
  original("other_c_1", 1, "reg/b:1", "2").mounts = {{"data", "", "/data"}};
  original("app_a_5", 5, "reg/a:1").mounts = {{std::string(64, 'a'), "", "/data"},
                                              {"", "/host", "/bound"}};
  world.apply(targetOf(service("a", 5, "reg/a:1", volume_), "data"));
  EXPECT_THAT(world.view("a").specJson, HasSubstr(own_));
}

// The store is lost, the successor of the old container is not: what it mounts tells.
TEST_F(TakeOverVolumesTest, ALostMemoryTakesNoDataAway) {
  original("app_a_5", 5, "reg/a:1").mounts = {{"data", "", "/data"}};
  const auto target = targetOf(service("a", 5, "reg/a:2", volume_), "data");
  world.apply(target);
  auto& successor = world.docker().containers.at("app_a_5");
  successor.mounts = {{"data", "", "/data"}};
  goOn();
  world.store.state.memories.clear();
  world.restartAgent(retry::Resume::Crash);
  world.settle();
  world.apply(target);
  world.advance(90 * kSecond);
  EXPECT_THAT(world.newCalls(), IsEmpty());
  EXPECT_THAT(world.view("a").specJson, HasSubstr(bare_));
}

TEST_F(TakeOverVolumesTest, APurgeEndsWithVolumesOfOurOwn) {
  original("app_a_5", 5, "reg/a:1").mounts = {{"data", "", "/data"}};
  world.docker().volumes["data"] = {};
  world.apply(targetOf(service("a", 5, "reg/a:1", volume_), "data"));
  goOn();
  EXPECT_EQ(CommandResult::Code::Done, world.agent().purgeApp("app").code);
  world.advance(90 * kSecond);
  EXPECT_THAT(world.newCalls(), ::testing::IsSupersetOf(kReplaced));
  EXPECT_THAT(world.view("a").specJson, HasSubstr(own_));
  EXPECT_EQ(1U, world.docker().volumes.count("data"));
  EXPECT_EQ(1U, world.docker().volumes.count("1_data"));
}

}  // namespace
}  // namespace holdfast::engine::test
