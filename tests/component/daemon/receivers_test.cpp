// SPDX-License-Identifier: Apache-2.0
// Receivers that are away or hang, and many alerts meanwhile, with the real daemon and its
// webhooks.
#include "component/daemon/alerting_daemon.hpp"
#include "fixtures/http/receiver.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <iomanip>
#include <map>
#include <sstream>

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;

namespace json = boost::json;
using fixtures::answering;
using fixtures::ReceivedRequest;
using fixtures::ScriptedAnswer;
using fixtures::ScriptedReceiver;

constexpr int kWaves = 10;
constexpr int kServicesOfWave = 20;

// Sanitizers keep what was freed, and books of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsItsOwn = false;
#else
constexpr bool kMemoryIsItsOwn = true;
#endif

const ScriptedAnswer kHangs{.bytes = {}, .after = ScriptedAnswer::After::Hang};

std::string webhook(const std::string& name, const ScriptedReceiver& receiver) {
  return "notifier." + name + ".plugin = webhook\nnotifier." + name +
         ".url = " + receiver.url("/hook") + "\nnotifier." + name + ".timeout = 1m\n";
}

std::vector<json::object> alertsIn(const ReceivedRequest& request) {
  std::vector<json::object> alerts;
  const auto body = json::parse(request.body);
  for (const auto& alert : body.at("data").at("alerts").as_array()) {
    alerts.push_back(alert.as_object());
  }
  return alerts;
}

std::string serviceOf(const json::object& alert) {
  return json::value_to<std::string>(alert.at("service"));
}

// "2025-10-24T10:16:02.114Z"
std::chrono::system_clock::time_point instantOf(const json::value& timestamp) {
  const auto text = json::value_to<std::string>(timestamp);
  std::tm time{};
  std::istringstream(text) >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S");
  return std::chrono::system_clock::from_time_t(::timegm(&time)) +
         std::chrono::milliseconds(std::stoi(text.substr(20, 3)));
}

class ReceiverAway : public AlertingDaemon {
 protected:
  // The witness is told the same at the same time: what it has got is in the other's queue as well.
  ReceiverAway() {
    configure(webhook("ops", ops_) +
              "notifier.witness.plugin = bell\nnotifier.witness.to = " + daemon_.path("witness") +
              "\nalert.route.1.match = type=ImagePullFailed\nalert.route.1.to = ops, witness\n"
              "alert.route.1.groupWait = 300ms\nalert.route.1.groupInterval = 10s\n");
    start();
  }

  bool witnessed(const std::string& state, const std::vector<std::string>& services) {
    return daemon_.eventually([&] {
      const auto told = servicesIn(toldTo("witness", state));
      return std::all_of(services.begin(), services.end(), [&](const std::string& service) {
        return std::binary_search(told.begin(), told.end(), service);
      });
    });
  }

  // Twenty alerts from their beginning to their end. Even waves meet the kill while they begin,
  // each a little later, odd ones while they end.
  void live(int wave) {
    const auto services =
        servicesOf(std::string(1, static_cast<char>('a' + wave)), kServicesOfWave);
    want(services);
    if (wave % 2 == 0) {
      const auto some = static_cast<std::size_t>(wave) * 5 / 2;
      ASSERT_TRUE(daemon_.eventually([&] { return firing() >= some; }));
      killAndStart();
    }
    ASSERT_TRUE(witnessed("firing", services));
    want({});
    if (wave % 4 == 1) {
      killAndStart();
    } else if (wave % 4 == 3) {
      ASSERT_TRUE(daemon_.eventually([this] { return firing() == 0; }));
      killAndStart();
    }
    ASSERT_TRUE(witnessed("resolved", services));
  }

  // The receiver is there again, and the daemon is killed while it waits for the first answer.
  void comeBack() {
    ops_.arrive();
    ASSERT_TRUE(daemon_.eventually([this] { return !ops_.requests().empty(); }));
    killAndStart();
    ASSERT_TRUE(daemon_.eventually([this] { return queueOf("ops").at("waiting") == 0; }));
  }

  ScriptedReceiver ops_{
      {kHangs, answering("204 No Content")}, {}, ScriptedReceiver::Presence::Away};
};

TEST_F(ReceiverAway, GetsEachOfTwoHundredAlertsOnceOverTenKills) {
  for (int wave = 0; wave < kWaves; ++wave) {
    ASSERT_NO_FATAL_FAILURE(live(wave));
  }
  EXPECT_EQ(queueOf("ops").at("dropped"), 0);
  ASSERT_NO_FATAL_FAILURE(comeBack());

  std::map<std::string, std::vector<std::string>> bodies;  // by id
  std::map<std::string, std::vector<json::object>> got;    // by service
  for (const auto& request : ops_.requests()) {
    auto& seen = bodies[request.header("webhook-id")];
    seen.push_back(request.body);
    if (seen.size() > 1) {
      EXPECT_EQ(request.body, seen.front());
      continue;
    }
    for (auto& alert : alertsIn(request)) {
      got[serviceOf(alert)].push_back(std::move(alert));
    }
  }
  // Only what was under way at the last kill came twice.
  EXPECT_EQ(ops_.requests().size(), bodies.size() + 1);
  EXPECT_EQ(bodies.at(ops_.requests().front().header("webhook-id")).size(), 2U);

  EXPECT_EQ(got.size(), static_cast<std::size_t>(kWaves) * kServicesOfWave);
  for (const auto& alert : toldTo("witness", "resolved")) {
    if (alert.contains("service")) {
      EXPECT_TRUE(got[serviceOf(alert)] == std::vector{alert})
          << json::serialize(alert) << " came " << got[serviceOf(alert)].size() << " times";
    }
  }
}

class HangingReceivers : public AlertingDaemon {
 protected:
  static constexpr auto kGroupWait = 500ms;
  static constexpr auto kLate = 1s;  // the promise

  HangingReceivers() {
    std::string properties = webhook("ops", ops_);
    std::string names = "ops";
    for (int i = 0; i < 4; ++i) {
      const auto name = "hangs-" + std::to_string(i);
      properties += webhook(name, hanging_.emplace_back(std::vector<ScriptedAnswer>{kHangs}));
      names += ", " + name;
    }
    configure(properties + "alert.route.1.to = " + names +
              "\nalert.route.1.groupBy = service\nalert.route.1.groupWait = 500ms\n");
    start();
  }

  ScriptedReceiver ops_{{answering("204 No Content")}};
  std::deque<ScriptedReceiver> hanging_;
};

TEST_F(HangingReceivers, AnotherGetsItsAlertsInTime) {
  for (std::size_t count = 1; count <= 5; ++count) {
    want(servicesOf("a", static_cast<int>(count)));
    ASSERT_TRUE(daemon_.eventually([&] { return ops_.requests().size() == count; }));
    for (const auto& receiver : hanging_) {
      ASSERT_TRUE(daemon_.eventually([&] { return !receiver.requests().empty(); }));
    }
  }
  for (const auto& request : ops_.requests()) {
    const auto alerts = alertsIn(request);
    ASSERT_EQ(alerts.size(), 1U);
    const auto due = instantOf(alerts.front().at("startsAt")) + kGroupWait;
    EXPECT_GE(request.at, due - 5ms) << "the label is a rounded one";
    EXPECT_LE(request.at, due + kLate);
  }
  for (const auto& receiver : hanging_) {
    EXPECT_EQ(receiver.requests().size(), 1U) << "it never answered the first";
  }
}

class FlappingService : public AlertingDaemon {
 protected:
  // It ends as soon as it is started, and is started again at once.
  FlappingService() {
    configure(
        "retry.crash.initial = 1ms\nretry.crash.max = 1ms\nnotifier.ops.plugin = bell\n"
        "notifier.ops.to = " +
        daemon_.path("ops") + "\nalert.route.1.to = ops\nalert.route.1.groupWait = 0s\n" +
        "alert.route.1.groupInterval = 10s\n");
    start();
    const auto answer = daemon_.request(
        "PUT", "/v1/target",
        R"({"apps": {"1": {"services": [{"serviceName": "web", "image": "memory/sleeper:1",
            "config": {"command": ["/bin/sh", "-c", "exit 1"]}}]}}})");
    EXPECT_EQ(answer.status, 200) << json::serialize(answer.body);
  }

  // Waits for so many events; an event that only counts is one of its own.
  void await(std::int64_t events) {
    ASSERT_TRUE(daemon_.eventually([&] {
      const auto answer =
          daemon_.request("GET", "/v1/events?limit=1&after=" + std::to_string(events - 1));
      return !answer.body.at("events").as_array().empty();
    }));
  }

  // What of it is in memory, in KiB.
  long resident() {
    std::ifstream status("/proc/" + std::to_string(daemon_.pid()) + "/status");
    for (std::string word; status >> word;) {
      if (word == "VmRSS:") {
        long size = 0;
        status >> size;
        return size;
      }
    }
    return 0;
  }
};

TEST_F(FlappingService, MakesFewMessagesAndTakesNoMemory) {
  ASSERT_NO_FATAL_FAILURE(await(2'000));
  const long before = resident();
  ASSERT_NO_FATAL_FAILURE(await(10'000));
  if (kMemoryIsItsOwn) {
    EXPECT_LT(resident(), before + 512);
  }
  EXPECT_GE(toldTo("ops", "firing").size(), 1U);
  EXPECT_LE(toldTo("ops", "firing").size() + toldTo("ops", "resolved").size(), 12U);
}

}  // namespace
}  // namespace holdfast::test
