// SPDX-License-Identifier: Apache-2.0
// Targets that change: updates, removals, dependencies, refusals, what is not ours.
#include "support/world.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>

namespace holdfast::engine::test {
namespace {

using model::Milliseconds;
using model::ServiceStatusWord;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Milliseconds kSecond{1'000};

std::string service(const std::string& name, const std::string& rest) {
  return R"({"serviceName": ")" + name + R"(", )" + rest + "}";
}

// s0, s1, ... of the images reg/s0:1, ...
std::string manyServices(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) {
    const std::string name = "s" + std::to_string(i);
    all += (i == 0 ? "" : ",") + service(name, R"("imageName": "reg/)" + name + R"(:1")");
  }
  return all;
}

model::ObservedContainer containerWith(const std::string& name,
                                       std::map<std::string, std::string> labels) {
  model::ObservedContainer container;
  container.id = "id of " + name;
  container.name = name;
  container.state = model::ContainerState::Created;
  container.labels = std::move(labels);
  return container;
}

class DeployTest : public ::testing::Test {
 protected:
  World world;
};

TEST_F(DeployTest, NoTargetIsNotAnEmptyTarget) {
  auto& ours = world.docker().containers["ours"] =
      containerWith("ours", {{"io.holdfast.owner", "00000000-0000-4000-8000-000000000001"},
                             {"io.holdfast.app", "1"},
                             {"io.holdfast.service", "old"}});
  ours.state = model::ContainerState::Running;
  world.advance(120 * kSecond);
  EXPECT_THAT(world.newCalls(), IsEmpty());
  world.apply(R"({"apps": {}})");
  EXPECT_THAT(world.newCalls(), ElementsAre("stopContainer ours", "removeContainer ours"));
}

TEST_F(DeployTest, ForeignContainersAndThoseOfAnotherOwnerAreNotTouched) {
  world.docker().containers["foreign"] = containerWith("foreign", {});
  world.docker().containers["theirs"] = containerWith("theirs", {{"io.holdfast.owner", "another"}});
  world.apply(R"({"apps": {}})");
  EXPECT_THAT(world.newCalls(), IsEmpty());
  ASSERT_EQ(world.snapshot->orphans.size(), 1U);
  EXPECT_EQ(world.snapshot->orphans[0].runtime + "/" + world.snapshot->orphans[0].name,
            "docker/theirs");
  EXPECT_FALSE(world.snapshot->orphans[0].owner.empty());
  EXPECT_EQ(CommandResult::Code::NotFound, world.agent().adopt("nobody").code);
  EXPECT_EQ(CommandResult::Code::Done, world.agent().adopt("another").code);
  world.settle();
  EXPECT_THAT(world.newCalls(), Contains("removeContainer theirs"));
}

TEST_F(DeployTest, AnUpdateTouchesOneContainerAndPullsBeforeItStops) {
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")") + "," +
                       service("b", R"("imageName": "reg/b:1")")));
  world.forgetCalls();
  world.apply(targetOf(service("a", R"("imageName": "reg/a:2")") + "," +
                       service("b", R"("imageName": "reg/b:1")")));
  EXPECT_THAT(world.newCalls(),
              ElementsAre("pull reg/a:2", "stopContainer app_a_a", "removeContainer app_a_a",
                          "createContainer app_a_a", "startContainer app_a_a"));
}

TEST_F(DeployTest, AnUpdateThatCannotBePulledLeavesTheOldContainerRunningAndSupervised) {
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")")));
  const std::string old = *world.status("a").containerId;
  world.docker().failures["reg/a:2"] = failure(sdk::ErrorClass::NotFound, "manifest unknown");
  world.forgetCalls();
  world.apply(targetOf(service("a", R"("imageName": "reg/a:2")")));
  const auto status = world.status("a");
  EXPECT_EQ(ServiceStatusWord::Error, status.serviceStatus);
  EXPECT_EQ("ImagePullBackOff", status.error->type);
  EXPECT_EQ(old, status.containerId);
  EXPECT_TRUE(status.ready);
  EXPECT_EQ("reg/a:1", status.runningImage);
  EXPECT_THAT(world.newCalls(), ElementsAre("pull reg/a:2"));

  world.docker().exit("app_a_a", 1);  // the old one is held up meanwhile
  world.settle();
  EXPECT_THAT(world.newCalls(), ElementsAre("startContainer app_a_a"));
  EXPECT_EQ("ImagePullBackOff", world.status("a").reason);

  world.docker().failures.clear();
  world.advance(10 * kSecond);
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_EQ("reg/a:2", world.status("a").runningImage);
}

TEST_F(DeployTest, ANewTargetSupersedesAPullThatHangs) {
  world.docker().hanging.insert("reg/a:slow");
  world.apply(targetOf(service("a", R"("imageName": "reg/a:slow")")));
  EXPECT_EQ("Pulling", world.status("a").reason);
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")")));
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_FALSE(world.status("a").error);
}

TEST_F(DeployTest, OrderAndDefaultsSpelledOutRecreateNothing) {
  world.apply(
      targetOf(service("a", R"("imageName": "reg/a:1", "config": {"ports": ["80:80", "81:81/tcp"],
              "labels": {"x": "1", "y": "2"}, "environment": {"A": "1", "B": "2"}})")));
  world.forgetCalls();
  world.apply(
      targetOf(service("a", R"("imageName": "reg/a:1", "config": {"ports": ["81:81", "80:80/tcp"],
              "labels": {"y": "2", "x": "1"}, "environment": {"A": "1", "B": "2"},
              "restart": "unless-stopped", "privileged": false, "stopGracePeriodSeconds": 10})")));
  EXPECT_THAT(world.newCalls(), IsEmpty());
  world.apply(
      targetOf(service("a", R"("imageName": "reg/a:1", "config": {"ports": ["81:81", "80:80/tcp"],
              "labels": {"y": "2", "x": "1"}, "environment": {"A": "1"}})")));
  EXPECT_THAT(world.newCalls(), Contains("createContainer app_a_a"));
}

TEST_F(DeployTest, AnAcceptedTargetIsShownBeforeItIsActedUpon) {
  world.apply(targetOf(service("web", R"("imageName": "reg/web:1")")));
  world.forgetCalls();
  std::shared_ptr<const Snapshot> seen;
  world.agent().setTarget({.text = targetOf(service("web", R"("imageName": "reg/web:1")") + "," +
                                            service("db", R"("imageName": "reg/db:1")")),
                           .strictness = model::Strictness::Strict,
                           .source = TargetSource::Api,
                           .sourceDetail = "api"},
                          [&](const CommandResult&) { seen = world.snapshot; });
  for (int rounds = 0; seen == nullptr && rounds < 100; ++rounds)
    world.step();
  ASSERT_NE(seen, nullptr);
  EXPECT_EQ(seen->storedTarget->revision, 2);
  EXPECT_FALSE(seen->settled);
  ASSERT_NE(seen->find("app", "db"), nullptr);
  EXPECT_EQ(seen->find("app", "db")->status.serviceStatus, ServiceStatusWord::Pending);
  EXPECT_EQ(seen->find("app", "web")->status.serviceStatus, ServiceStatusWord::Running);
}

TEST_F(DeployTest, DependenciesAreStartedFirst) {
  world.docker().failures["reg/db:1"] = failure(sdk::ErrorClass::Transient, "no route");
  world.apply(
      targetOf(service("web", R"("imageName": "reg/web:1", "config": {"dependsOn": ["db"]})") +
               "," + service("db", R"("imageName": "reg/db:1")")));
  EXPECT_EQ("DependencyNotReady", world.status("web").reason);
  EXPECT_EQ(ServiceStatusWord::Pending, world.status("web").serviceStatus);
  EXPECT_TRUE(world.snapshot->settled);  // it waits for one that has failed
  EXPECT_THAT(world.docker().calls, Not(Contains("createContainer app_web_web")));
  world.docker().failures.clear();
  world.advance(10 * kSecond);
  EXPECT_EQ("Running", world.status("web").reason);
}

TEST_F(DeployTest, RemovalTakesContainersAndNetworksAndNeverVolumes) {
  world.apply(targetOf(
      service("a", R"("imageName": "reg/a:1", "config": {"volumes": ["data:/data"]})"), "data"));
  EXPECT_EQ(1u, world.docker().networks.count("1_default"));
  EXPECT_EQ(1u, world.docker().volumes.count("1_data"));
  world.forgetCalls();
  world.apply(R"({"apps": {}})");
  EXPECT_THAT(world.newCalls(), ElementsAre("stopContainer app_a_a", "removeContainer app_a_a",
                                            "removeNetwork 1_default"));
  EXPECT_EQ(1u, world.docker().volumes.count("1_data"));
}

TEST_F(DeployTest, PurgeRemovesContainersAndVolumesAndStartsOver) {
  world.apply(targetOf(
      service("a", R"("imageName": "reg/a:1", "config": {"volumes": ["data:/data"]})"), "data"));
  world.forgetCalls();
  EXPECT_EQ(CommandResult::Code::Done, world.agent().purgeApp("app").code);
  world.settle();
  EXPECT_THAT(world.newCalls(), ElementsAre("stopContainer app_a_a", "removeContainer app_a_a",
                                            "removeVolume 1_data", "createVolume 1_data",
                                            "createContainer app_a_a", "startContainer app_a_a"));
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_EQ(1, world.countEvents("Purged"));
}

TEST_F(DeployTest, AFaultInALenientDocumentIsThatServicesAlone) {
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")") + "," +
                       service("b", R"("imageName": "reg/b:1")")));
  world.forgetCalls();
  const std::string faulty =
      targetOf(service("a", R"("imageName": "reg/a:1", "config": {"ports": ["nonsense"]})") + "," +
               service("b", R"("imageName": "reg/b:2")"));
  EXPECT_EQ(CommandResult::Code::Invalid, world.apply(faulty).code);
  EXPECT_THAT(world.newCalls(), IsEmpty());

  EXPECT_EQ(CommandResult::Code::Done, world.apply(faulty, model::Strictness::Lenient).code);
  EXPECT_EQ("CreateContainerConfigError", world.status("a").reason);
  EXPECT_EQ("StartFailure", world.status("a").error->type);
  EXPECT_EQ(0, world.status("a").error->retryCount);
  EXPECT_TRUE(world.status("a").ready);  // its old container runs on
  EXPECT_EQ("reg/b:2", world.status("b").runningImage);
  EXPECT_EQ(1, world.countEvents("Failed", "a"));
}

// A name given twice: the container of the second may be that of a service that runs already under
// the name it was meant to have.
TEST_F(DeployTest, ServicesThatCannotBeToldApartCostNoContainer) {
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")") + "," +
                       service("b", R"("imageName": "reg/b:1")")));
  world.forgetCalls();
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")") + "," +
                       service("a", R"("imageName": "reg/b:1")")),
              model::Strictness::Lenient);
  world.settle();
  EXPECT_THAT(world.newCalls(), IsEmpty());

  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")")), model::Strictness::Lenient);
  world.settle();
  EXPECT_THAT(world.newCalls(), Contains("removeContainer app_b_b"));
}

TEST_F(DeployTest, AnUpdateWhoseNetworkCannotBeMadeLeavesTheOldContainerRunning) {
  const auto target = [](const std::string& config) {
    return R"({"apps": {"1": {"appName": "app", "networks": [{"name": "front"}], "services": [)" +
           service("a", R"("imageName": "reg/a:1", "config": )" + config) + "]}}}";
  };
  ASSERT_EQ(CommandResult::Code::Done, world.apply(target("{}")).code);
  world.settle();
  world.forgetCalls();
  world.docker().failures["createNetwork 1_front"] =
      failure(sdk::ErrorClass::Conflict, "network with name 1_front already exists");
  world.apply(target(R"({"networks": ["front"]})"));
  world.settle();
  EXPECT_THAT(world.newCalls(), ElementsAre("createNetwork 1_front"));
  EXPECT_EQ("StartFailure", world.status("a").error->type);
  EXPECT_TRUE(world.status("a").ready);

  world.docker().failures.clear();
  world.advance(11 * kSecond);
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_THAT(world.newCalls(), Contains("removeContainer app_a_a"));
}

// A tag is moved while what it stood for goes on running.
TEST_F(DeployTest, ADigestIsOfTheImageThatRuns) {
  auto& images = world.docker().images;
  images["reg/a:1"] = {.id = "sha256:1", .digest = "sha256:d1"};
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")")));
  EXPECT_EQ("sha256:d1", world.status("a").runningImageDigest);
  images["reg/a:1"] = {.id = "sha256:2", .digest = "sha256:d2"};
  world.advance(60 * kSecond);
  EXPECT_FALSE(world.status("a").runningImageDigest);
  images["reg/a:1"] = {.id = "sha256:1"};
  world.advance(60 * kSecond);
  EXPECT_FALSE(world.status("a").runningImageDigest);
}

// What fails between the two containers waits for its ladder, and the former one runs meanwhile.
TEST_F(DeployTest, AnUpdateWhoseFormerContainerCannotBeRemovedIsTriedByItsLadder) {
  auto& engine = world.docker();
  engine.images = {{"reg/web:1", {.id = "sha256:1"}}};
  for (const char* change :
       {R"("config": {"user": "7"})", R"("config": {"imagePullPolicy": "Always"})"}) {
    world.apply(targetOf(service("web", R"("imageName": "reg/web:1")")));
    engine.published["reg/web:1"] = "sha256:2";
    engine.failures["removeContainer app_web_web"] =
        failure(sdk::ErrorClass::Transient, "device or resource busy");
    world.forgetCalls();
    world.apply(targetOf(service("web", R"("imageName": "reg/web:1", )" + std::string(change))));
    for (const int wait : {10, 20, 40}) {
      const auto calls = world.newCalls();
      EXPECT_EQ(1, std::count(calls.begin(), calls.end(), "stopContainer app_web_web")) << change;
      EXPECT_THAT(calls, Contains("startContainer app_web_web"));
      EXPECT_EQ("KillContainerError", world.status("web").reason);
      ASSERT_TRUE(world.status("web").error) << change;
      EXPECT_EQ("device or resource busy", world.status("web").error->message);
      EXPECT_TRUE(world.status("web").startedAt);
      world.advance(wait * kSecond - Milliseconds{1});
      EXPECT_THAT(world.newCalls(), IsEmpty()) << change;
      world.advance(Milliseconds{1});
    }
    engine.failures.clear();
    world.advance(80 * kSecond);
    EXPECT_EQ("Running", world.status("web").reason);
    EXPECT_FALSE(world.status("web").error);
    EXPECT_EQ(0, world.status("web").crashCount);
  }
}

// A user who asks for a stop while an update stops the former container ends the update, not well.
TEST_F(DeployTest, AnUpdateThatIsCutShortHasNotRecovered) {
  auto& engine = world.docker();
  world.apply(targetOf(service("web", R"("imageName": "reg/web:1")")));
  engine.failures["removeContainer app_web_web"] =
      failure(sdk::ErrorClass::Transient, "device or resource busy");
  world.apply(targetOf(service("web", R"("imageName": "reg/web:1", "config": {"user": "7"})")));
  ASSERT_EQ("KillContainerError", world.status("web").reason);
  engine.failures.clear();
  world.forgetCalls();
  world.clock.advance(10 * kSecond);
  while (world.countEvents("Killing") < 2)
    ASSERT_TRUE(world.step());
  ASSERT_EQ(CommandResult::Code::Done, world.agent().stopService("app", "web").code);
  world.settle();
  EXPECT_THAT(world.newCalls(), ElementsAre("stopContainer app_web_web"));
  EXPECT_EQ("Stopped", world.status("web").reason);
  EXPECT_EQ(0, world.countEvents("Recovered"));
}

TEST_F(DeployTest, ARuntimesRefusalRejectsAnApplyWithItsReason) {
  world.docker().refused["reg/a:1"] = "logging.driver: unknown";
  const auto result = world.apply(targetOf(service("a", R"("imageName": "reg/a:1")")));
  EXPECT_EQ(CommandResult::Code::Invalid, result.code);
  ASSERT_EQ(1u, result.problems.size());
  EXPECT_THAT(result.problems[0].message, HasSubstr("logging.driver"));
  EXPECT_EQ("/apps/1/services/0", result.problems[0].pointer);
  EXPECT_EQ(nullptr, world.snapshot->target);
}

// The plugin's host lets 128 calls through at the same time.
TEST_F(DeployTest, ARuntimeIsShownEveryServiceOfALargeTarget) {
  world.docker().refused["reg/s199:1"] = "logging.driver: unknown";
  const auto result = world.apply(targetOf(manyServices(200)));
  EXPECT_EQ(CommandResult::Code::Invalid, result.code);
  ASSERT_EQ(1u, result.problems.size());
  EXPECT_EQ("/apps/1/services/199", result.problems[0].pointer);
  EXPECT_EQ(200, world.docker().validations);
}

TEST_F(DeployTest, ARuntimeThatAnswersNothingIsNotWaitedForServiceByService) {
  for (int i = 0; i < 200; ++i)
    world.docker().unanswered.insert("reg/s" + std::to_string(i) + ":1");
  world.docker().deaf = true;
  std::optional<CommandResult> result;
  world.agent().setTarget({targetOf(manyServices(200)), model::Strictness::Strict},
                          [&](CommandResult answer) { result = std::move(answer); });
  world.advance(30 * kSecond);
  EXPECT_FALSE(result);
  world.docker().deaf = false;
  world.settle();
  ASSERT_TRUE(result);
  EXPECT_EQ(CommandResult::Code::Done, result->code);
  EXPECT_LE(world.docker().validations, 8);
}

TEST_F(DeployTest, ATargetThatIsSlowToValidateIsNotTakenAfterALaterOne) {
  world.docker().deaf = true;
  std::optional<CommandResult> slow;
  world.agent().setTarget({.text = targetOf(R"({"serviceName": "web", "imageName": "reg/web:1"})")},
                          [&](const CommandResult& result) { slow = result; });
  std::optional<CommandResult> later;
  world.agent().setTarget({.text = R"({"apps": {}})"},
                          [&](const CommandResult& result) { later = result; });
  ASSERT_TRUE(later);
  EXPECT_EQ(CommandResult::Code::Done, later->code);
  world.docker().deaf = false;
  world.settle();
  ASSERT_TRUE(slow);
  EXPECT_EQ(CommandResult::Code::Conflict, slow->code);
  EXPECT_THAT(slow->message, HasSubstr("set after this one"));
  EXPECT_TRUE(world.docker().containers.empty());
  EXPECT_EQ(later->revision, world.snapshot->storedTarget->revision);
}

TEST_F(DeployTest, WhatAnEngineIsIsAskedUntilItTells) {
  world.docker().untold = true;
  world.docker().info.rootless = true;
  world.restartAgent(retry::Resume::OrderlyStop);
  world.apply(targetOf(R"({"serviceName": "web", "imageName": "reg/web:1",
                           "config": {"readinessProbe": {"type": "tcp", "port": 80}}})"));
  world.advance(std::chrono::seconds{60});
  EXPECT_FALSE(world.probes.task("web").rootless);
  world.docker().untold = false;
  world.advance(std::chrono::seconds{31});
  EXPECT_TRUE(world.probes.task("web").rootless);
  EXPECT_EQ("Fake", world.snapshot->runtimes.at(0).info.name);
}

TEST_F(DeployTest, AServiceWithoutAnAnswerTakesNoOtherOnesAway) {
  world.docker().unanswered.insert("reg/s3:1");
  world.docker().refused["reg/s199:1"] = "logging.driver: unknown";
  EXPECT_EQ(1u, world.apply(targetOf(manyServices(200))).problems.size());
}

TEST_F(DeployTest, ACreateThatFailsIsRetriedByItsLadderAndGivesUp) {
  world.docker().failures["createContainer app_a_a"] =
      failure(sdk::ErrorClass::Transient, "no space left on device");
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")")));
  EXPECT_EQ("CreateContainerError", world.status("a").reason);
  EXPECT_EQ("StartFailure", world.status("a").error->type);
  world.advance(1900 * kSecond);
  EXPECT_TRUE(world.status("a").error->exhausted);
  EXPECT_EQ(1, world.countEvents("MaxRetriesExceeded", "a"));
  // A transient cause gets another single attempt by itself within the hour, silently.
  world.docker().failures.clear();
  world.advance(3600 * kSecond);
  EXPECT_EQ("Running", world.status("a").reason);
}

TEST_F(DeployTest, AContainerLeftInCreatedIsStarted) {
  world.docker().failures["startContainer app_a_a"] =
      failure(sdk::ErrorClass::Rejected, "exec: not found");
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")")));
  EXPECT_EQ("RunContainerError", world.status("a").reason);
  world.docker().failures.clear();
  world.forgetCalls();
  world.advance(10 * kSecond);
  EXPECT_THAT(world.newCalls(), ElementsAre("startContainer app_a_a"));
  EXPECT_EQ("Running", world.status("a").reason);
}

TEST_F(DeployTest, AStepThatTheEngineDoesNotAnswerIsNotChargedToTheService) {
  world.docker().failures["createContainer app_a_a"] =
      failure(sdk::ErrorClass::Unavailable, "no answer");
  world.docker().down = false;
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")")));
  // The engine answers everything else: after two free tries it is this service's failure.
  EXPECT_EQ("CreateContainerError", world.status("a").reason);
  EXPECT_EQ(1, world.status("a").error->retryCount);
  EXPECT_EQ("transient", world.status("a").error->errorClass);
}

TEST_F(DeployTest, ADryRunShowsTheNextPassAndChangesNothing) {
  world.settle();
  DryRun run;
  world.agent().planTarget(TargetRequest{targetOf(service("a", R"("imageName": "reg/a:1")"))},
                           [&](DryRun answer) { run = std::move(answer); });
  world.settle();
  ASSERT_EQ(1u, run.actions.size());
  EXPECT_EQ("downloadImage", run.actions[0].step);
  EXPECT_EQ("reg/a:1", run.actions[0].object);
  EXPECT_THAT(world.newCalls(), IsEmpty());
  EXPECT_EQ(nullptr, world.snapshot->target);
}

TEST_F(DeployTest, NothingIsWrittenWhileNothingChanges) {
  world.apply(targetOf(service("a", R"("imageName": "reg/a:1")")));
  world.advance(1 * kSecond);
  const int commits = world.store.commits;
  world.advance(600 * kSecond);
  EXPECT_EQ(commits, world.store.commits);
}

// The failure is answered when another target is in force already.
TEST(ReconcilerMasking, HidesWhatTheContainerWasGivenWhateverTheTargetSaysMeanwhile) {
  World world;
  const auto with = [](const std::string& word) {
    return targetOf(service(
        "web", R"("imageName": "reg/web:1", "config": {"environment": {"A": ")" + word + "\"}}"));
  };
  const auto set = [&world](const std::string& target) {
    world.agent().setTarget({target, model::Strictness::Strict, TargetSource::Api, "test"},
                            [](const CommandResult&) {});
  };
  const auto& calls = world.docker().calls;
  world.docker().failures["createContainer app_web_web"] =
      failure(sdk::ErrorClass::Rejected, "no hunter2hunter2");
  set(with("hunter2hunter2"));
  while (calls.empty() || !calls.back().starts_with("createNetwork"))
    ASSERT_TRUE(world.step());
  set(with("another-word"));
  while (calls.back() != "createContainer app_web_web")
    ASSERT_TRUE(world.step());
  world.docker().failures.clear();
  world.settle();
  bool told = false;
  for (const auto& snapshot : world.published) {
    const ServiceView* view = snapshot->find("1", "web");
    if (view == nullptr || !view->stepCall)
      continue;
    told = told || view->stepCall->message == "no ***";
    EXPECT_THAT(view->stepCall->message, Not(HasSubstr("hunter2")));
  }
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace holdfast::engine::test
