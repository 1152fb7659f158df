// SPDX-License-Identifier: Apache-2.0
// What the planner decides, one question after the other: a target, what the engine shows, and the
// steps that follow.
#include "support/planning.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace holdfast::engine::test {
namespace {

using model::ContainerState;
using model::Milliseconds;

using Containers = std::vector<model::ObservedContainer>;
using Steps = std::vector<std::string>;

const std::string kImage = "reg/web:1";
const std::string kUpdated = "reg/web:2";

// A target with the one service "web".
std::string web(const std::string& image = kImage, const std::string& members = "",
                const std::string& config = "") {
  return targetOf(R"({"serviceName": "web", "imageName": ")" + image + "\", " + members +
                  R"("config": {)" + config + "}}");
}

std::string inState(const std::string& state) {
  return web(kImage, R"("state": ")" + state + "\", ");
}

// Its container, as it was made for web().
model::ObservedContainer container(ContainerState state, int exitCode = 0) {
  auto made = containerOf(web(), state);
  made.exitCode = exitCode;
  return made;
}

model::ObservedContainer ownedBy(const std::string& owner) {
  auto made = container(ContainerState::Running);
  made.labels[std::string(sdk::kOwnerLabel)] = owner;
  return made;
}

model::ObservedContainer older(model::ObservedContainer made) {
  made.id = made.name = "older";
  *made.createdAt -= Milliseconds{1'000};
  return made;
}

const std::map<std::string, std::string> kOurs{{std::string(sdk::kOwnerLabel), kOwner},
                                               {std::string(sdk::kAppLabel), "1"}};

struct Question {
  const char* name;
  std::optional<std::string> target;
  Containers containers;
  std::vector<std::string> images;  // that are on the device
  Steps steps;
  std::function<void(Planning&)> also = nullptr;
};

void PrintTo(const Question& question, std::ostream* out) {
  *out << question.name;
}

std::vector<Question> questions() {
  const Steps made{"createContainer app_web_web", "startContainer app_web_web"};
  const Steps left{"stopContainer app_web_web", "removeContainer app_web_web"};
  const Steps replaced{left[0], left[1], made[0], made[1]};
  const auto withoutNetwork = [](Planning& planning) { planning.seen.networks.clear(); };
  const auto running = container(ContainerState::Running);
  return {
      {"NoTarget", std::nullopt, {running}, {}, {}},
      {"Absent", web(), {}, {kImage}, made},
      {"AbsentWithItsNetwork",
       web(),
       {},
       {kImage},
       {"createNetwork 1_default", made[0], made[1]},
       withoutNetwork},
      {"AbsentWithItsImage", web(), {}, {}, {"pull reg/web:1"}},
      {"AbsentAndNeverToBePulled", web(kImage, "", R"("imagePullPolicy": "Never")"), {}, {}, {}},
      {"ItsImageWasNotLookedUpYet",
       web(),
       {},
       {},
       {},
       [](Planning& planning) { planning.seen.imagesAskedFor.clear(); }},
      {"ItsPullFailedJustNow",
       web(),
       {},
       {},
       {},
       [](Planning& planning) {
         const auto now = planning.clock.now();
         planning.ledger.recordFailure("image:docker:reg/web:1", {}, now.boot, now);
       }},
      {"ItsPullIsDueAgain",
       web(),
       {},
       {},
       {"pull reg/web:1"},
       [](Planning& planning) {
         const auto now = planning.clock.now();
         planning.ledger.recordFailure("image:docker:reg/web:1", {}, now.boot, now);
         planning.clock.advance(Milliseconds{10'000});
       }},
      {"Created", web(), {container(ContainerState::Created)}, {kImage}, {made[1]}},
      {"Running", web(), {running}, {kImage}, {}},
      {"RunningWithoutItsImage", web(), {running}, {}, {}},
      {"Changing", web(), {container(ContainerState::Changing)}, {kImage}, {}},
      {"Ended", web(), {container(ContainerState::Exited, 1)}, {kImage}, {made[1]}},
      {"EndedAndStaysDown",
       web(kImage, "", R"("restart": "no")"),
       {container(ContainerState::Exited, 1)},
       {kImage},
       {}},
      {"Paused",
       web(),
       {container(ContainerState::Paused)},
       {kImage},
       {"unpauseContainer app_web_web"}},
      {"OtherSpecification", web(kUpdated), {running}, {kImage, kUpdated}, replaced},
      {"OtherSpecificationIsPulledFirst", web(kUpdated), {running}, {kImage}, {"pull reg/web:2"}},
      {"OtherSpecificationOfWhatEnded",
       web(kUpdated),
       {container(ContainerState::Exited)},
       {kUpdated},
       {left[1], made[0], made[1]}},
      {"OtherProbesAndPolicies",
       web(kImage, "", R"("restart": "no", "livenessProbe": {"type": "tcp", "port": 1})"),
       {running},
       {kImage},
       {}},
      {"StoppedAndAbsent", inState("stopped"), {}, {}, {}},
      {"StoppedButRuns", inState("stopped"), {running}, {kImage}, {left[0]}},
      {"StoppedButPaused",
       inState("stopped"),
       {container(ContainerState::Paused)},
       {kImage},
       {left[0]}},
      {"Stopped", inState("stopped"), {container(ContainerState::Exited)}, {kImage}, {}},
      {"StoppedByAUser",
       web(),
       {running},
       {kImage},
       {left[0]},
       [](Planning& planning) {
         auto& memory = planning.memories["1/web"];
         memory.userStopped = true;
         memory.userStoppedHash = desiredOf(web()).specs.at("1/web").hash;
       }},
      {"PausedButRuns", inState("paused"), {running}, {kImage}, {"pauseContainer app_web_web"}},
      {"PausedAsWanted", inState("paused"), {container(ContainerState::Paused)}, {kImage}, {}},
      {"PausedAndAbsent", inState("paused"), {}, {kImage}, made},
      {"Unwanted", targetOf(""), {running}, {}, left},
      {"UnwantedAndEnded", targetOf(""), {container(ContainerState::Exited)}, {}, {left[1]}},
      {"UnwantedNetwork", targetOf(""), {}, {}, {"removeNetwork 1_default"}},
      {"UnwantedVolume",
       targetOf(""),
       {},
       {},
       {},
       [](Planning& planning) {
         planning.seen.networks.clear();
         planning.seen.volumes = {{"1_data", kOurs}};
       }},
      {"PurgedVolume",
       targetOf(""),
       {},
       {},
       {"removeVolume 1_data"},
       [](Planning& planning) {
         planning.seen.networks.clear();
         planning.seen.volumes = {{"1_data", kOurs}};
         planning.memories["1/docker/"].purging = true;
       }},
      {"PurgedWhileItRuns",
       web(),
       {running},
       {kImage},
       left,
       [](Planning& planning) {
         planning.seen.volumes = {{"1_data", kOurs}};
         planning.memories["1/docker/"].purging = true;
       }},
      {"Double",
       web(),
       {older(running), running},
       {kImage},
       {"stopContainer older", "removeContainer older"}},
      {"Foreign", targetOf(""), {ownedBy("")}, {}, {}, withoutNetwork},
      {"OfAnotherOwner", targetOf(""), {ownedBy("another")}, {}, {}, withoutNetwork},
      {"ForeignUnderItsName", web(), {ownedBy("")}, {kImage}, made},
      {"DependencyIsMadeFirst",
       targetOf(R"({"serviceName": "web", "imageName": "reg/web:1",
                    "config": {"dependsOn": ["db"]}},
                   {"serviceName": "db", "imageName": "reg/db:1"})"),
       {},
       {kImage, "reg/db:1"},
       {"createContainer app_db_db", "startContainer app_db_db"}},
      {"NotLookedAtYet",
       web(),
       {},
       {kImage},
       {},
       [](Planning& planning) { planning.looked = false; }},
      {"UnwantedOnASilentEngine",
       targetOf(""),
       {running},
       {},
       {},
       [](Planning& planning) { planning.available = false; }},
      {"AbsentOnASilentEngine",
       web(),
       {},
       {},
       {},
       [](Planning& planning) { planning.available = false; }},
  };
}

class PlanTest : public testing::TestWithParam<Question> {};

TEST_P(PlanTest, Decides) {
  const Question& question = GetParam();
  Planning planning(question.target);
  planning.seen.containers = question.containers;
  for (const auto& image : question.images)
    planning.seen.images[image].id = "sha256:" + image;
  planning.seen.networks = {{"1_default", kOurs}};
  if (question.also)
    question.also(planning);
  EXPECT_EQ(question.steps, stepsOf(planning.plan()));
}

INSTANTIATE_TEST_SUITE_P(OfEachSituation, PlanTest, testing::ValuesIn(questions()),
                         [](const auto& question) { return std::string(question.param.name); });

}  // namespace
}  // namespace holdfast::engine::test
