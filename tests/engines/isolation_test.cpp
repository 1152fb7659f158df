// SPDX-License-Identifier: Apache-2.0
//
// The one rule (docs/behaviour.md): a failure belongs to one service, and delays no other.

#include "engines/agent_test.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <limits>
#include <regex>

namespace {

using namespace holdfast::engines;
using namespace std::chrono_literals;
using holdfast::fixtures::Lab;
using holdfast::fixtures::waitUntil;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Ge;
using ::testing::Le;

class Isolation : public AgentTest {
 protected:
  // One line an event: its instant, counted from the first, and what happened.
  static std::string excerpt(const json::array& events, const std::vector<std::string>& reasons) {
    std::int64_t begin = std::numeric_limits<std::int64_t>::max();
    std::vector<std::pair<std::int64_t, std::string>> lines;
    for (const auto& event : events) {
      const auto reason = json::value_to<std::string>(event.at("reason"));
      if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
        continue;
      }
      const auto [first, last] = instantsOf(event.as_object());
      begin = std::min(begin, first);
      const auto what = json::value_to<std::string>(event.at("service")) + " " + reason + ": " +
                        json::value_to<std::string>(event.at("message"));
      lines.emplace_back(first,
                         json::value_to<std::string>(event.at("firstTimestamp")) + " " + what);
      if (last != first) {
        lines.emplace_back(last, json::value_to<std::string>(event.at("lastTimestamp")) + " " +
                                     what + " (x" + json::serialize(event.at("count")) + ")");
      }
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const auto& [at, line] : lines) {
      const auto since = std::to_string(at - begin);
      text += std::string(6 - std::min<std::size_t>(6, since.size()), ' ') + since + " ms  " +
              line + "\n";
    }
    return text;
  }

  // How many layers of the image are being fetched at a time, once it is no more; 0 when that does
  // not come to rest.
  std::size_t layersFetched(const std::string& repository) {
    std::size_t open = 0;
    auto since = std::chrono::steady_clock::now();
    const bool rests = waitUntil(
        [&] {
          const auto now = std::chrono::steady_clock::now();
          if (const auto count = faults_.open("/" + repository + "/blobs/"); count != open) {
            open = count;
            since = now;
          }
          return open > 0 && now - since > 1s;
        },
        kSoon);
    return rests ? open : 0;
  }
};

// With three times the default's first delay: starting seventeen containers takes a slow machine a
// while.
TEST_F(Isolation, SeventeenRunBeforeTheFirstRetryOfThoseThatFail) {
  startAgent({{"retry.image.initial", "30s"},
              {"retry.image.max", "5m"},
              {"retry.crash.initial", "30s"},
              {"retry.crash.max", "5m"}});
  const auto absent = Lab::image("sleeper:no-such-tag");
  const auto silent = std::string(Lab::kBlackhole) + "/any/app:1.0";
  std::vector<json::object> services{service("bad-tag", absent), service("blackholed", silent),
                                     service("exits", Lab::image("exit1:1.0"))};
  std::vector<std::string> well;
  for (int i = 1; i <= 17; ++i) {
    well.push_back("well-" + std::to_string(i));
    // Every third brings an image of its own: that many pulls share the engine with the stuck one.
    const auto own = Lab::faultyImage("ok/" + well.back() + ":1.0");
    services.push_back(service(well.back(), i % 3 == 0 ? own : Lab::image("sleeper:1.0")));
  }
  // The troubled ones are in front: whoever waited for them would show it.
  agent().apply(target(services));

  for (const auto& name : well) {
    EXPECT_TRUE(shows("lab/" + name, {{"serviceStatus", "running"}}));
  }
  EXPECT_TRUE(contains(agent().show("lab/bad-tag"), {{"error", {{"retryCount", 1}}}}));
  for (const auto* name : {"lab/bad-tag", "lab/blackholed"}) {
    EXPECT_EQ(event(name, "Pulling")->at("count"), 1) << name;
  }
  for (const auto& name : well) {
    EXPECT_EQ(event("lab/" + name, "Started")->at("count"), 1) << name;
  }
  EXPECT_TRUE(shows("lab/exits", {{"serviceStatus", "error"}, {"reason", "CrashLoopBackOff"}}));
  std::cout << "--- from the history ---\n"
            << excerpt(agent().events(),
                       {"TargetApplied", "Pulling", "Started", "Failed", "BackOff", "Exited"});
}

// An engine that fetches only some of a stalled image's layers at a time has no place left for
// another pull, and the stalled one has to give way: after ten seconds, or twice that when Docker's
// word that the other one waits was lost. Where all of them are under way it is in nobody's way,
// and goes on. Nobody waits in either case.
TEST_F(Isolation, AStalledPullHoldsUpNoOther) {
  constexpr std::size_t kLayers = 5;
  const std::string repository = "stall-blobs/five";
  startAgent();
  agent().apply(target({service("stalled", Lab::faultyImage(repository + ":1.0"))}));
  const auto fetched = layersFetched(repository);
  ASSERT_THAT(fetched, AllOf(Ge(1U), Le(kLayers)));
  ASSERT_TRUE(shows("lab/stalled", {{"serviceStatus", "pending"}, {"reason", "Pulling"}}));

  agent().apply(target({service("stalled", Lab::faultyImage(repository + ":1.0")),
                        service("unrelated", Lab::faultyImage("ok/unrelated:1.0"))}));
  EXPECT_TRUE(shows("lab/unrelated", {{"serviceStatus", "running"}}, 2 * kSoon));
  EXPECT_FALSE(event("lab/unrelated", "Failed"));
  const bool gaveWay = event("lab/stalled", "Failed").has_value();
  EXPECT_EQ(gaveWay, fetched < kLayers) << fetched << " layers at a time";
  if (gaveWay) {
    EXPECT_TRUE(tells("lab/stalled", "Failed", "held the engine's download slots"));
    EXPECT_TRUE(shows("lab/stalled", {{"error", {{"class", "transient"}}}}));
  } else {
    EXPECT_TRUE(shows("lab/stalled", {{"serviceStatus", "pending"}, {"reason", "Pulling"}}));
    EXPECT_FALSE(agent().show("lab/stalled").contains("error"));
    EXPECT_EQ(faults_.open("/" + repository + "/blobs/"), fetched);
  }

  faults_.set(repository, "ok");
  EXPECT_TRUE(shows("lab/stalled", {{"serviceStatus", "running"}}));
}

// A registry that takes requests and stays silent costs a place among ours for five seconds only.
TEST_F(Isolation, SilentRegistriesDoNotUseUpThePlacesForPulls) {
  startAgent({{"reconcile.parallelPulls", "1"}, {"reconcile.pullStall", "12s"}});
  agent().apply(target({service("silent", Lab::faultyImage("blackhole/app:1.0")),
                        service("unrelated", Lab::faultyImage("ok/beside:1.0"))}));
  EXPECT_TRUE(shows("lab/unrelated", {{"serviceStatus", "running"}}));
  EXPECT_TRUE(shows("lab/silent", {{"error", {{"class", "transient"}, {"retryCount", 1}}}},
                    std::chrono::minutes(1)));
  ASSERT_TRUE(tells("lab/silent", "Failed", "no progress for "));
  const auto failed = *event("lab/silent", "Failed", "no progress for ");
  EXPECT_LT(instantsOf(*event("lab/unrelated", "Pulling")).first, instantsOf(failed).first);

  // The limit, or 2.75 times that where silence may mean that the engine repeats a refused request
  // (docs/behaviour.md). What is told is what was waited.
  const auto told = json::value_to<std::string>(failed.at("message"));
  std::smatch seconds;
  ASSERT_TRUE(std::regex_search(told, seconds, std::regex("no progress for ([0-9]+)s"))) << told;
  const int limit = std::stoi(seconds[1]);
  EXPECT_THAT(limit, AnyOf(12, 33));
  const auto waited = instantsOf(failed).first - instantsOf(*event("lab/silent", "Pulling")).first;
  EXPECT_THAT(waited, AllOf(Ge(limit * 1000), Le((limit + 4) * 1000)));
}

}  // namespace
