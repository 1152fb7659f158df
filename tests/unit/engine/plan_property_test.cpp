// SPDX-License-Identifier: Apache-2.0
// Properties of the planner over many random worlds.
#include "support/planning.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>

#include <algorithm>
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
  template <class List>
  void shuffle(List& list) {
    std::shuffle(list.begin(), list.end(), generator_);
  }

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

TEST(PlanPropertyTest, PlanningAfterPerfectExecutionIsEmpty) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    Dice dice(seed);
    World world;
    for (int round = 0; round < 3; ++round) {
      ASSERT_EQ(CommandResult::Code::Done,
                world.apply(randomTarget(dice, 1 + dice.below(6), dice.below(6))).code);
      world.advance(Milliseconds{1'000});
      EXPECT_THAT(idsOf(planOf(world)), ::testing::IsEmpty()) << "seed " << seed;
      EXPECT_TRUE(world.snapshot->settled) << "seed " << seed;
    }
  }
}

// What an engine may show: of each service of the target "s0", "s1", ... nothing, its container,
// one of another specification, or two; beside them what nobody wants and what is not ours.
void showAnything(Planning& planning, Dice& dice, const std::string& target) {
  constexpr model::ContainerState kAny[] = {
      model::ContainerState::Running, model::ContainerState::Running,
      model::ContainerState::Created, model::ContainerState::Exited,
      model::ContainerState::Paused,  model::ContainerState::Changing};
  auto& containers = planning.seen.containers;
  const auto show = [&](const std::string& service, const std::string& user,
                        const std::string& under) {
    const std::string members = R"({"serviceName": ")" + service +
                                R"(", "imageName": "reg/1:1", "config": {"user": ")" + user +
                                "\"}}";
    auto container = containerOf(targetOf(members), kAny[dice.below(6)]);
    container.id = container.name = under;
    // No two were made in the same instant.
    *container.createdAt += Milliseconds(containers.size());
    containers.push_back(std::move(container));
  };
  const Desired desired = desiredOf(target);
  for (const auto& service : desired.target->apps.at(0).services) {
    if (dice.below(2) == 0)
      planning.seen.images[service.image].id = "sha256:" + service.image;
    for (int copies = dice.below(3); copies > 0; --copies) {
      show(service.name, std::to_string(dice.below(2)),
           "copy-" + std::to_string(copies) + "-of-" + service.name);
    }
  }
  for (int gone = dice.below(3); gone > 0; --gone)
    show("gone", "0", "gone-" + std::to_string(gone));
  for (const char* owner : {"", "another"}) {
    show("s0", "0", "of-owner-" + std::string(owner));
    containers.back().labels[std::string(sdk::kOwnerLabel)] = owner;
  }
  const std::map<std::string, std::string> ours{{std::string(sdk::kOwnerLabel), kOwner},
                                                {std::string(sdk::kAppLabel), "2"}};
  planning.seen.networks = {{"2_default", ours}, {"2_old", ours}, {"somebodys", {}}};
  planning.seen.volumes = {{"2_data", ours}, {"2_more", ours}, {"somebodys", {}}};
  planning.memories["2/docker/"].purging = dice.below(2) == 0;
}

// A plan as it is carried out and shown. What serves no service has no order.
std::vector<std::string> describe(const Plan& plan) {
  std::vector<std::string> lines;
  std::vector<std::string> removals;
  for (const auto& chain : plan.chains) {
    std::string line = chain.id + " (" + chain.why + ", " + chain.ledgerKey + "):";
    for (const auto& key : chain.serves)
      line += " " + key;
    Plan alone;
    alone.chains = {chain};
    for (const auto& step : stepsOf(alone))
      line += "; " + step;
    (chain.serves.empty() ? removals : lines).push_back(std::move(line));
  }
  std::sort(removals.begin(), removals.end());
  lines.insert(lines.end(), removals.begin(), removals.end());
  for (const auto& decision : plan.decisions) {
    lines.push_back(decision.key + " " + std::string(model::word(decision.status)) + " " +
                    decision.reason + " " + decision.why + " " +
                    (decision.container ? decision.container->id : ""));
  }
  std::vector<std::string> orphans;
  for (const auto& orphan : plan.orphans)
    orphans.push_back("orphan " + orphan.name);
  std::sort(orphans.begin(), orphans.end());
  lines.insert(lines.end(), orphans.begin(), orphans.end());
  if (plan.nextWake)
    lines.push_back("wakes " + std::to_string(plan.nextWake->time_since_epoch().count()));
  return lines;
}

TEST(PlanPropertyTest, TheSameQuestionHasTheSamePlanInWhateverOrderTheEngineTells) {
  int idle = 0;
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    Dice dice(seed);
    const std::string target = randomTarget(dice, 1 + dice.below(6), -1);
    Planning planning(target);
    showAnything(planning, dice, target);
    const Plan first = planning.plan();
    const bool serves = std::any_of(first.chains.begin(), first.chains.end(),
                                    [](const Chain& chain) { return !chain.serves.empty(); });
    idle += serves ? 0 : 1;
    const auto again = planning.plan();
    EXPECT_EQ(stepsOf(first), stepsOf(again)) << "seed " << seed;
    EXPECT_EQ(describe(first), describe(again)) << "seed " << seed;
    for (int order = 0; order < 5; ++order) {
      dice.shuffle(planning.seen.containers);
      dice.shuffle(planning.seen.networks);
      dice.shuffle(planning.seen.volumes);
      EXPECT_EQ(describe(first), describe(planning.plan())) << "seed " << seed;
    }
  }
  EXPECT_LT(idle, kWorlds / 4);
}

bool takesAway(const std::string& step) {
  return step.starts_with("stop") || step.starts_with("remove");
}

TEST(PlanPropertyTest, AnIncompleteLookRemovesNothing) {
  int removing = 0;
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    Dice dice(seed);
    World world;
    world.apply(randomTarget(dice, 6, -1));
    auto& engine = world.docker();
    engine.down = dice.below(3) == 0;  // it tells nothing at all
    engine.spoilLook = [parts = 1 + dice.below(3)](model::Observation& seen) {
      seen.containers.resize(seen.containers.size() / static_cast<std::size_t>(parts));
      if (parts == 1)
        seen.networks.clear();
      return failure(parts == 2 ? sdk::ErrorClass::Internal : sdk::ErrorClass::Transient,
                     "it ended in the middle");
    };
    if (dice.below(2) == 0)
      world.restartAgent(retry::Resume::Crash);
    world.advance(Milliseconds{60'000});  // one look at least
    world.forgetCalls();

    const int fewer = dice.below(3);
    world.apply(fewer == 0 ? R"({"apps": {}})" : randomTarget(dice, fewer, -1));
    world.advance(Milliseconds{60'000});
    const auto planned = idsOf(planOf(world));
    EXPECT_EQ(0, std::count_if(planned.begin(), planned.end(), takesAway)) << "seed " << seed;
    const auto done = world.newCalls();
    EXPECT_EQ(0, std::count_if(done.begin(), done.end(), takesAway)) << "seed " << seed;

    engine.down = false;
    engine.spoilLook = nullptr;
    world.advance(Milliseconds{60'000});
    const auto then = world.newCalls();
    removing += std::count_if(then.begin(), then.end(), takesAway) > 0 ? 1 : 0;
    EXPECT_LE(engine.containers.size(), static_cast<std::size_t>(fewer)) << "seed " << seed;
  }
  EXPECT_GT(removing, kWorlds / 2);
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
