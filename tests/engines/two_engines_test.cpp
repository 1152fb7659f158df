// SPDX-License-Identifier: Apache-2.0
//
// Docker and Podman under one agent: each service lives on its own engine, moves in order when the
// target says so, and feels nothing of what happens to the other engine.

#include "engines/agent_test.hpp"
#include "engines/medians.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <iostream>
#include <stdexcept>

namespace {

using namespace holdfast::engines;
using namespace std::chrono_literals;
using holdfast::fixtures::Engine;
using holdfast::fixtures::Lab;
using holdfast::fixtures::nameOf;
using holdfast::fixtures::waitUntil;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kSleeper = Lab::image("sleeper:1.0");
const json::object kRunning{{"serviceStatus", "running"}, {"stale", false}};

json::object on(Engine engine, const std::string& name, json::object config = {}) {
  config["runtime"] = nameOf(engine);
  return service(name, kSleeper, std::move(config));
}

class TwoEngines : public AgentTest {
 protected:
  // Asks only the one engine: the other may be frozen.
  json::array containersOn(Engine engine, const std::string& name) {
    return client(engine).containers("io.holdfast.service=" + name);
  }

  json::object stateOn(Engine engine, const std::string& name) {
    const auto id = json::value_to<std::string>(containersOn(engine, name).at(0).at("Id"));
    return client(engine).inspect(id)->at("State").as_object();
  }

  // Kills the process of service "steady" so many times; the milliseconds from each end to the next
  // start, both as the engine noted them.
  void addRestarts(std::vector<double>& times, Engine engine, int count) {
    for (int i = 0; i < count; ++i) {
      const auto before = stateOn(engine, "steady");
      ::kill(before.at("Pid").to_number<pid_t>(), SIGKILL);
      json::object after;
      const auto isBack = [&] {
        try {
          after = stateOn(engine, "steady");
        } catch (const std::runtime_error&) {
          return false;  // Podman tells nothing in the very instant in which a process ends
        }
        return after.at("Running").as_bool() && after.at("StartedAt") != before.at("StartedAt");
      };
      const bool back = waitUntil(isBack, kSoon, 20ms);
      ASSERT_TRUE(back) << "it was not started again: " << json::serialize(after);
      times.push_back(static_cast<double>(millisecondsOf(after.at("StartedAt")) -
                                          millisecondsOf(after.at("FinishedAt"))));
    }
  }

  // The same for as long as the silence of a frozen engine is not noticed: calm and frozen by
  // turns, each first every other time, so that whatever else the machine does weighs on both. The
  // more it does, the more turns it takes to know the medians.
  void addRestartsByTurns(std::vector<double>& calm, std::vector<double>& disturbed, Engine frozen,
                          Engine healthy) {
    constexpr int kLeast = 6;
    constexpr int kMost = 40;
    constexpr double kSure = 0.05;
    for (int turn = 0; turn < kMost; ++turn) {
      if (turn >= kLeast && uncertainty(calm) < kSure && uncertainty(disturbed) < kSure) {
        break;
      }
      for (const bool freezes : {turn % 2 == 1, turn % 2 == 0}) {
        if (freezes) {
          lab_.freeze(frozen);
        }
        agent().signal(SIGHUP);  // looks at both: of a frozen one there is no answer
        addRestarts(freezes ? disturbed : calm, healthy, 2);
        if (freezes) {
          lab_.thaw(frozen);
          ASSERT_TRUE(client(frozen).answers(kSoon));  // it has caught up
        }
      }
    }
  }

  void frozenEngineDisturbsOnlyItsOwn(Engine frozen, Engine healthy);
};

// --- moving --------------------------------------------------------------------------------------

// When the container's process ended, by an engine's event; in milliseconds since 1970.
std::int64_t endOf(const holdfast::fixtures::JsonStream& events, const std::string& id) {
  std::int64_t at = 0;
  events.waitFor(
      [&](const json::object& event) {
        const bool end =
            event.at("Action") == "die" && event.at("Actor").at("ID").as_string() == id;
        at = end ? event.at("timeNano").to_number<std::int64_t>() / 1'000'000 : at;
        return end;
      },
      kSoon);
  return at;
}

TEST_F(TwoEngines, AServiceMovesThereAndBackAndTheOthersStay) {
  const auto moverOn = [](Engine place) {
    return target({on(place, "mover", {{"volumes", {"data:/data"}}}),
                   on(Engine::kDocker, "in-docker"), on(Engine::kPodman, "in-podman")},
                  {{"volumes", {{{"name", "data"}}}}});
  };
  startAgent();
  ASSERT_TRUE(holds(moverOn(Engine::kDocker)));
  const auto inDocker = run("in-docker");
  const auto inPodman = run("in-podman");

  for (const auto& [from, to] :
       {std::pair(Engine::kDocker, Engine::kPodman), std::pair(Engine::kPodman, Engine::kDocker)}) {
    SCOPED_TRACE("from " + nameOf(from) + " to " + nameOf(to));
    const auto old = run("mover");
    const auto events = client(from).events();
    ASSERT_TRUE(holds(moverOn(to)));

    EXPECT_TRUE(shows("lab/mover", {{"serviceStatus", "running"},
                                    {"runtime", nameOf(to)},
                                    {"crashCount", 0},
                                    {"restartCount", 0}}));
    EXPECT_THAT(containersOn(from, "mover"), IsEmpty());
    ASSERT_EQ(containersOn(to, "mover").size(), 1U);
    const auto started = stateOn(to, "mover").at("StartedAt");
    const auto end = endOf(*events, old.id);
    EXPECT_GT(end, 0);
    EXPECT_LE(end, instantsOf({{"firstTimestamp", started}, {"lastTimestamp", started}}).first);
    EXPECT_TRUE(tells("lab/mover", "Killing",
                      "it moves from runtime '" + nameOf(from) + "' to '" + nameOf(to) + "'"));
  }

  EXPECT_EQ(run("in-docker"), inDocker);
  EXPECT_EQ(run("in-podman"), inPodman);
  // What a service has stored stays on the engine where it stored it.
  EXPECT_THAT(client(Engine::kDocker).volumes(), ElementsAre("1001_data"));
  EXPECT_THAT(client(Engine::kPodman).volumes(), ElementsAre("1001_data"));
}

// --- one engine frozen ---------------------------------------------------------------------------

void TwoEngines::frozenEngineDisturbsOnlyItsOwn(Engine frozen, Engine healthy) {
  constexpr int kNoticed = 12;
  // Without a network of its own a container starts fast, and more of its time is the agent's.
  const json::object plain{{"networkMode", "host"}};
  startAgent({{"retry.crash.initial", "1ms"}, {"retry.crash.max", "1ms"}});
  ASSERT_TRUE(
      holds(target({on(healthy, "steady", plain), on(frozen, "away"), on(frozen, "mover")})));
  const auto away = run("away");
  std::vector<double> calm;
  std::vector<double> disturbed;
  addRestartsByTurns(calm, disturbed, frozen, healthy);

  addRestarts(calm, healthy, kNoticed / 2);
  lab_.freeze(frozen);
  agent().signal(SIGHUP);
  EXPECT_TRUE(shows("lab/away", {{"serviceStatus", "running"}, {"stale", true}}));
  EXPECT_TRUE(shows("lab/steady", kRunning));
  addRestarts(disturbed, healthy, kNoticed);

  // A move away from it waits, since the container there may run.
  agent().apply(target({on(healthy, "steady", plain), on(frozen, "away"), on(healthy, "mover")}));
  EXPECT_TRUE(shows("lab/mover", {{"serviceStatus", "pending"},
                                  {"reason", "ContainerCreating"},
                                  {"runtime", nameOf(healthy)},
                                  {"stale", true}}));
  EXPECT_THAT(containersOn(healthy, "mover"), IsEmpty());

  lab_.thaw(frozen);
  EXPECT_TRUE(shows("lab/away", kRunning));
  EXPECT_TRUE(shows("lab/mover", kRunning));
  EXPECT_TRUE(settles());
  EXPECT_EQ(run("away"), away);
  EXPECT_EQ(containersOn(healthy, "mover").size(), 1U);
  EXPECT_THAT(containersOn(frozen, "mover"), IsEmpty());
  addRestarts(calm, healthy, kNoticed / 2);

  const double before = median(calm);
  const double with = median(disturbed);
  std::cout << nameOf(healthy) << ", end to start: " << before << " ms, with a frozen "
            << nameOf(frozen) << " " << with << " ms (medians of " << calm.size() << "), ratio "
            << with / before << "\ncalm:" << text(calm) << "\nfrozen:" << text(disturbed) << "\n";
  EXPECT_LT(with, before * 1.2);
}

TEST_F(TwoEngines, PodmansServicesReactAsFastWhileDockerIsFrozen) {
  frozenEngineDisturbsOnlyItsOwn(Engine::kDocker, Engine::kPodman);
}

TEST_F(TwoEngines, DockersServicesReactAsFastWhilePodmanIsFrozen) {
  frozenEngineDisturbsOnlyItsOwn(Engine::kPodman, Engine::kDocker);
}

}  // namespace
