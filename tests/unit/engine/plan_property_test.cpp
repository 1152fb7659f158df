// SPDX-License-Identifier: Apache-2.0
// Properties of the planner over many random worlds.
#include "support/world.hpp"

#include <gmock/gmock.h>

#include <random>

namespace holdfast::engine::test {
namespace {

using model::Milliseconds;

constexpr int kWorlds = 60;
const char* const kStates[] = {"running", "running", "running", "stopped", "paused"};

class Dice {
 public:
  explicit Dice(unsigned seed) : generator_(seed) {}
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(generator_); }

 private:
  std::mt19937 generator_;
};

// `failing` services have images that cannot be pulled.
std::string randomTarget(Dice& dice, int services, int changed) {
  std::string members;
  for (int i = 0; i < services; ++i) {
    const std::string name = "s" + std::to_string(i);
    const std::string user = std::to_string(i == changed ? 100 + dice.below(100) : dice.below(2));
    members += (members.empty() ? "" : ",") + std::string(R"({"serviceName": ")") + name +
               R"(", "imageName": "reg/)" + std::to_string(dice.below(4)) + R"(:1", "state": ")" +
               kStates[dice.below(5)] + R"(", "config": {"user": ")" + user + "\"}}";
  }
  return targetOf(members);
}

// What the planner would do now in this world.
Plan planOf(World& world) {
  Plan result;
  DryRun run;
  world.agent().planTarget(std::nullopt, [&](DryRun answer) { run = std::move(answer); });
  for (const auto& action : run.actions) {
    Chain chain;
    chain.id = action.step + " " + action.object;
    result.chains.push_back(chain);
  }
  return result;
}

std::vector<std::string> idsOf(const Plan& plan) {
  std::vector<std::string> ids;
  for (const auto& chain : plan.chains)
    ids.push_back(chain.id);
  return ids;
}

TEST(PlanPropertyTest, PlanningAfterPerfectExecutionIsEmptyAndPlanningIsDeterministic) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    Dice dice(seed);
    World world;
    for (int round = 0; round < 3; ++round) {
      ASSERT_EQ(CommandResult::Code::Done,
                world.apply(randomTarget(dice, 1 + dice.below(6), dice.below(6))).code);
      world.advance(Milliseconds{1'000});
      EXPECT_THAT(idsOf(planOf(world)), ::testing::IsEmpty()) << "seed " << seed;
      EXPECT_EQ(idsOf(planOf(world)), idsOf(planOf(world)));
      EXPECT_TRUE(world.snapshot->settled) << "seed " << seed;
    }
  }
}

TEST(PlanPropertyTest, AStopComesBeforeEveryRemovalOfWhatRuns) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    Dice dice(seed);
    World world;
    world.apply(randomTarget(dice, 6, -1));
    std::set<std::string> running;
    for (const auto& [name, container] : world.docker().containers) {
      if (container.state == model::ContainerState::Running)
        running.insert(name);
    }
    world.forgetCalls();
    world.apply(randomTarget(dice, 3, 1));
    for (const auto& call : world.newCalls()) {
      const auto object = call.substr(call.find(' ') + 1);
      if (call.starts_with("stopContainer "))
        running.erase(object);
      if (call.starts_with("startContainer "))
        running.insert(object);
      if (call.starts_with("removeContainer ")) {
        EXPECT_EQ(0u, running.count(object)) << "seed " << seed << ": " << call;
      }
    }
  }
}

TEST(PlanPropertyTest, OneServicesFailureChangesNoOtherServicesSteps) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    const auto callsOf = [&](bool failing) {
      Dice dice(seed);
      World world;
      std::string services = randomTarget(dice, 4, -1);
      if (failing) {
        world.docker().failures["createContainer app_s0_s0"] =
            failure(sdk::ErrorClass::Internal, "broken");
      }
      world.apply(services);
      world.advance(Milliseconds{60'000});
      std::multiset<std::string> others;
      for (const auto& call : world.docker().calls) {
        if (call.find("s0_s0") == std::string::npos && !call.starts_with("createNetwork")) {
          others.insert(call);
        }
      }
      return others;
    };
    EXPECT_EQ(callsOf(false), callsOf(true)) << "seed " << seed;
  }
}

TEST(PlanPropertyTest, NoStepComesBeforeItsTime) {
  World world;
  world.docker().failures["reg/x:1"] = failure(sdk::ErrorClass::Transient, "no route");
  world.apply(targetOf(R"({"serviceName": "x", "imageName": "reg/x:1"})"));
  for (int attempt = 0; attempt < 8; ++attempt) {
    const auto due = world.view("x").ledger.at(0).due;
    ASSERT_TRUE(due);
    world.forgetCalls();
    world.advance(*due - world.clock.now().boot - Milliseconds{1});
    EXPECT_THAT(world.newCalls(), ::testing::IsEmpty());
    world.advance(Milliseconds{1});
    EXPECT_THAT(world.newCalls(), ::testing::ElementsAre("pull reg/x:1"));
  }
}

TEST(PlanPropertyTest, AKilledAgentConvergesToTheSameEnd) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    Dice dice(seed);
    World world;
    const std::string before = randomTarget(dice, 5, -1);
    const std::string after = randomTarget(dice, 5, 2);
    world.apply(before);
    world.agent().setTarget({after, model::Strictness::Strict, TargetSource::Api, ""},
                            [](CommandResult) {});
    for (int steps = 1 + dice.below(25); steps > 0; --steps)
      world.step();
    world.restartAgent(retry::Resume::Crash);
    // A kill before the target was stored leaves the old one in force; the user asks again.
    world.apply(after);
    world.advance(Milliseconds{1'000});
    EXPECT_THAT(idsOf(planOf(world)), ::testing::IsEmpty()) << "seed " << seed;
    for (const auto& view : world.snapshot->services) {
      EXPECT_NE(model::ServiceStatusWord::Error, view.status.serviceStatus) << "seed " << seed;
      EXPECT_EQ(0, view.status.restartCount) << "seed " << seed << " " << view.key;
    }
  }
}

}  // namespace
}  // namespace holdfast::engine::test
