// SPDX-License-Identifier: Apache-2.0
// Pulls that fail: isolation, schedule, giving up and the ways out (docs/behaviour.md "Retry").
#include "support/world.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace holdfast::engine::test {
namespace {

using model::Milliseconds;
using model::ServiceStatusWord;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr Milliseconds kSecond{1'000};

const char* const kNodered = R"({"serviceName": "nodered", "imageName": "reg/nodered:bad"})";
const char* const kMosquitto = R"({"serviceName": "mosquitto", "imageName": "reg/mosquitto:2"})";

class PullTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world.docker().failures["reg/nodered:bad"] =
        failure(sdk::ErrorClass::NotFound, "manifest unknown");
  }
  void applyBoth() {
    ASSERT_EQ(CommandResult::Code::Done,
              world.apply(targetOf(std::string(kNodered) + "," + kMosquitto)).code);
  }
  World world;
};

TEST_F(PullTest, OneFailingServiceDoesNotHoldUpTheOther) {
  applyBoth();
  const auto mosquitto = world.status("mosquitto");
  EXPECT_EQ(ServiceStatusWord::Running, mosquitto.serviceStatus);
  EXPECT_FALSE(mosquitto.error);

  const auto nodered = world.status("nodered");
  EXPECT_EQ(ServiceStatusWord::Error, nodered.serviceStatus);
  EXPECT_EQ("ImagePullBackOff", nodered.reason);
  ASSERT_TRUE(nodered.error);
  EXPECT_EQ("ImagePullBackOff", nodered.error->type);
  EXPECT_EQ("manifest unknown", nodered.error->message);
  EXPECT_EQ("not_found", nodered.error->errorClass);
  EXPECT_EQ(1, nodered.error->retryCount);
  EXPECT_EQ(10, nodered.error->maxRetries);
  EXPECT_EQ(nodered.error->timestamp + 10 * kSecond, nodered.error->nextRetry);
  EXPECT_THAT(world.logLines,
              Contains(::testing::HasSubstr("2 services, 1 failing: 1/nodered ImagePullBackOff")));
}

TEST_F(PullTest, PullsThatEndedAreCounted) {
  applyBoth();
  EXPECT_EQ(1, world.published.back()->pulls.succeeded);
  EXPECT_EQ(1, world.published.back()->pulls.failed);
  world.advance(10 * kSecond);
  EXPECT_EQ(1, world.published.back()->pulls.succeeded);
  EXPECT_EQ(2, world.published.back()->pulls.failed);
}

TEST_F(PullTest, PullsAndEventsAreToldToWhoCountsThem) {
  applyBoth();
  world.advance(10 * kSecond);
  const auto count = [&](const std::string& what) {
    return std::count(world.counted.begin(), world.counted.end(), what);
  };
  EXPECT_EQ(1, count("pulled docker ok"));
  EXPECT_EQ(2, count("pulled docker not_found"));
  // Each time, also where the history has one record with a count.
  EXPECT_EQ(3, count("told Pulling"));
  EXPECT_EQ(world.published.size(), static_cast<std::size_t>(world.passes));
}

TEST_F(PullTest, TheSnapshotCountsTheLedgerByFamily) {
  world.settings.retry.image.maxRetries = 1;
  world.restartAgent(retry::Resume::Crash);
  applyBoth();
  EXPECT_EQ(1U, world.snapshot->ledger.at(retry::Family::Image).entries);
  EXPECT_EQ(0U, world.snapshot->ledger.at(retry::Family::Image).exhausted);
  EXPECT_EQ(0U, world.snapshot->ledger.count(retry::Family::Crash));
  world.advance(10 * kSecond);
  EXPECT_EQ(1U, world.snapshot->ledger.at(retry::Family::Image).exhausted);
}

TEST_F(PullTest, ErrImagePullIsShownBeforeImagePullBackOff) {
  world.apply(targetOf(kMosquitto));
  world.published.clear();
  world.apply(targetOf(kNodered));
  std::vector<std::string> reasons;
  for (const auto& snapshot : world.published) {
    const auto* nodered = snapshot->find("1", "nodered");
    const std::string reason = nodered != nullptr ? nodered->status.reason : "";
    if (!reason.empty() && (reasons.empty() || reasons.back() != reason)) {
      reasons.push_back(reason);
    }
  }
  EXPECT_THAT(reasons,
              ElementsAre("ContainerCreating", "Pulling", "ErrImagePull", "ImagePullBackOff"));
}

TEST_F(PullTest, RetriesFollowTheTableAndThenGiveUp) {
  const auto start = world.clock.now().boot;
  applyBoth();
  std::vector<long> attempts;
  int seen = 0;
  for (int second = 0; second <= 3600; ++second) {
    const auto& calls = world.docker().calls;
    const auto pulls = std::count(calls.begin(), calls.end(), "pull reg/nodered:bad");
    for (; seen < pulls; ++seen) {
      attempts.push_back((world.clock.now().boot - start) / kSecond);
    }
    if (second < 3600)
      world.advance(kSecond);
  }
  // The first attempt, then the ten instants of the table; none after it within the hour.
  EXPECT_THAT(attempts, ElementsAre(0, 10, 30, 70, 150, 310, 610, 910, 1210, 1510, 1810));
  const auto error = world.status("nodered").error;
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->exhausted);
  EXPECT_FALSE(error->nextRetry);
  EXPECT_EQ(10, error->retryCount);
  EXPECT_EQ(1, world.countEvents("MaxRetriesExceeded", "nodered"));
  EXPECT_EQ(ServiceStatusWord::Running, world.status("mosquitto").serviceStatus);
}

TEST_F(PullTest, AForcedRetryAndTheSameTargetAgainEndGivingUp) {
  applyBoth();
  world.advance(2000 * kSecond);
  ASSERT_TRUE(world.status("nodered").error->exhausted);
  world.forgetCalls();

  EXPECT_EQ(CommandResult::Code::Done, world.agent().retryService("app", "nodered").code);
  world.settle();
  EXPECT_THAT(world.newCalls(), ElementsAre("pull reg/nodered:bad"));
  EXPECT_EQ(1, world.status("nodered").error->retryCount);
  EXPECT_EQ(1, world.countEvents("ForcedRetry", "nodered"));

  world.advance(2000 * kSecond);
  ASSERT_TRUE(world.status("nodered").error->exhausted);
  world.forgetCalls();
  applyBoth();
  EXPECT_THAT(world.newCalls(), ElementsAre("pull reg/nodered:bad"));
}

TEST_F(PullTest, ACorrectedReferenceIsPulledAtOnce) {
  applyBoth();
  world.forgetCalls();
  world.apply(targetOf(R"({"serviceName": "nodered", "imageName": "reg/nodered:3"},)" +
                       std::string(kMosquitto)));
  EXPECT_EQ(ServiceStatusWord::Running, world.status("nodered").serviceStatus);
  EXPECT_FALSE(world.status("nodered").error);
  EXPECT_THAT(world.newCalls(),
              ElementsAre("pull reg/nodered:3", "createContainer app_nodered_nodered",
                          "startContainer app_nodered_nodered"));
}

TEST_F(PullTest, WallClockJumpsNeitherDelayNorTriggerARetry) {
  applyBoth();
  world.forgetCalls();
  world.clock.jumpWall(std::chrono::hours(24 * 365));
  world.advance(9 * kSecond);
  EXPECT_THAT(world.newCalls(), ElementsAre());
  world.clock.jumpWall(-std::chrono::hours(24 * 730));
  world.advance(1 * kSecond);
  EXPECT_THAT(world.newCalls(), ElementsAre("pull reg/nodered:bad"));
}

TEST_F(PullTest, AHangingPullDelaysNobodyAndIsCancelledAfterTheStallLimit) {
  world.docker().hanging.insert("reg/nodered:bad");
  applyBoth();
  EXPECT_EQ(ServiceStatusWord::Running, world.status("mosquitto").serviceStatus);
  EXPECT_EQ("Pulling", world.status("nodered").reason);
  world.advance(119 * kSecond);
  EXPECT_EQ("Pulling", world.status("nodered").reason);
  world.advance(2 * kSecond);
  EXPECT_EQ("ImagePullBackOff", world.status("nodered").reason);
  EXPECT_EQ("transient", world.status("nodered").error->errorClass);
  EXPECT_EQ("no progress for 2m", world.status("nodered").error->message);
}

TEST_F(PullTest, OneRateLimitedPullPausesItsRegistryOnly) {
  world.docker().failures["busy.example/a:1"] =
      failure(sdk::ErrorClass::RateLimited, "toomanyrequests");
  world.settings.parallelPulls = 1;
  world.agent().reconfigure(world.settings);
  world.apply(targetOf(R"({"serviceName": "a", "imageName": "busy.example/a:1"},
                          {"serviceName": "b", "imageName": "busy.example/b:1"},
                          {"serviceName": "c", "imageName": "other.example/c:1"})"));
  EXPECT_EQ("RegistryRateLimited", world.status("b").reason);
  EXPECT_EQ(ServiceStatusWord::Pending, world.status("b").serviceStatus);
  ASSERT_TRUE(world.status("b").error);
  EXPECT_TRUE(world.status("b").error->nextRetry);
  EXPECT_EQ("Running", world.status("c").reason);
  world.advance(59 * kSecond);
  EXPECT_EQ("RegistryRateLimited", world.status("b").reason);
  world.docker().failures.clear();
  world.advance(2 * kSecond);
  EXPECT_EQ("Running", world.status("b").reason);
}

TEST_F(PullTest, AnOrderlyRestartMakesWaitingPullsDueAndACrashDoesNot) {
  applyBoth();
  world.advance(15 * kSecond);  // second retry due in 15 s
  world.forgetCalls();
  world.restartAgent(retry::Resume::Crash);
  EXPECT_THAT(world.newCalls(), Not(Contains("pull reg/nodered:bad")));
  EXPECT_EQ(2, world.status("nodered").error->retryCount);
  world.restartAgent(retry::Resume::OrderlyStop);
  EXPECT_THAT(world.newCalls(), Contains("pull reg/nodered:bad"));
  EXPECT_EQ(3, world.status("nodered").error->retryCount);
}

TEST_F(PullTest, PolicyNeverLooksOnlyAndAlwaysFallsBackToWhatIsPresent) {
  world.docker().images["reg/always:1"] = {.id = "sha256:old", .digest = "", .sizeBytes = 1};
  world.docker().failures["reg/always:1"] = failure(sdk::ErrorClass::Transient, "no route");
  world.apply(targetOf(
      R"({"serviceName": "never", "imageName": "reg/never:1", "config": {"imagePullPolicy": "Never"}},
         {"serviceName": "always", "imageName": "reg/always:1", "config": {"imagePullPolicy": "Always"}})"));
  EXPECT_EQ("ErrImageNeverPull", world.status("never").reason);
  EXPECT_EQ("ErrImagePull", world.status("never").error->type);
  EXPECT_EQ(ServiceStatusWord::Running, world.status("always").serviceStatus);
  EXPECT_THAT(world.newCalls(), Contains("pull reg/always:1"));
  world.docker().images["reg/never:1"] = {.id = "sha256:n", .digest = "", .sizeBytes = 1};
  world.advance(31 * kSecond);
  EXPECT_EQ(ServiceStatusWord::Running, world.status("never").serviceStatus);
  // Never on a resync or restart, again when a target is set; a new image id recreates.
  world.docker().failures.clear();
  world.docker().published["reg/always:1"] = "sha256:new";
  world.forgetCalls();
  world.advance(120 * kSecond);
  EXPECT_THAT(world.newCalls(), ElementsAre());
  world.apply(targetOf(
      R"({"serviceName": "always", "imageName": "reg/always:1", "config": {"imagePullPolicy": "Always"}})"));
  EXPECT_THAT(world.newCalls(),
              ::testing::IsSupersetOf({"pull reg/always:1", "stopContainer app_always_always",
                                       "createContainer app_always_always"}));
}

TEST_F(PullTest, ServicesOfOneImageShareOnePull) {
  world.apply(targetOf(R"({"serviceName": "a", "imageName": "reg/x:1"},
                          {"serviceName": "b", "imageName": "reg/x:1"})"));
  const auto calls = world.newCalls();
  EXPECT_EQ(1, std::count(calls.begin(), calls.end(), "pull reg/x:1"));
  EXPECT_EQ("Running", world.status("a").reason);
  EXPECT_EQ("Running", world.status("b").reason);
}

}  // namespace
}  // namespace holdfast::engine::test
