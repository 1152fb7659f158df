// SPDX-License-Identifier: Apache-2.0
//
// The first thing that people ask of alerts: a tag with a slip of the pen is told once to each
// receiver, and taken back once when it is put right.

#include "engines/agent_test.hpp"
#include "fixtures/http/receiver.hpp"
#include "fixtures/lab/wait_until.hpp"
#include "fixtures/net/loopback.hpp"
#include "fixtures/syslog/rsyslog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace {

using namespace holdfast::engines;
using namespace std::chrono_literals;
using holdfast::fixtures::answering;
using holdfast::fixtures::freePort;
using holdfast::fixtures::Lab;
using holdfast::fixtures::ReceivedRequest;
using holdfast::fixtures::Rsyslog;
using holdfast::fixtures::ScriptedReceiver;
using holdfast::fixtures::waitUntil;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

// FNV-1a over the labels alertname, app and service.
constexpr const char* kFingerprint = "15c33255a8824f1a";

std::string onRegistry(const std::string& name) {
  return std::string(Lab::kRegistry) + "/" + name;
}

json::value seedTarget(const std::string& nodeRedTag) {
  return target({service("nodered", onRegistry("nodered/node-red:" + nodeRedTag)),
                 service("mosquitto", onRegistry("eclipse-mosquitto:2"))});
}

std::string text(const json::value& value) {
  return value.is_string() ? json::value_to<std::string>(value) : json::serialize(value);
}

std::int64_t millisecondsAt(const json::value& timestamp) {
  return instantsOf({{"firstTimestamp", timestamp}, {"lastTimestamp", timestamp}}).first;
}

// The alert as every receiver has to be told of it, as far as that is known beforehand.
json::object firingAlert(const json::object& error) {
  return {{"id", kFingerprint},
          {"alert", "ImagePullFailed"},
          {"state", "firing"},
          {"severity", "error"},
          {"app", kAppName},
          {"appId", 1001},
          {"service", "nodered"},
          {"runtime", nameOf(engineUnderTest())},
          {"image", onRegistry("nodered/node-red:invalid")},
          {"reason", "ErrImagePull"},
          {"message", "manifest unknown"},
          {"class", "not_found"},
          {"retryCount", 1},
          {"maxRetries", 10},
          {"count", 1},
          {"startsAt", error.at("since")}};
}

// What the syslog plugin makes of the members; rsyslog writes names in small letters.
std::map<std::string, std::string> fieldsOf(const json::object& alert) {
  std::map<std::string, std::string> fields;
  for (const auto& [key, value] : alert) {
    std::string name(key);
    if (name == "message" || name == "appId") {
      continue;
    }
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    fields[name] = text(value);
  }
  return fields;
}

class Alerts : public AgentTest {
 protected:
  void startWithReceivers() {
    const int port = freePort();
    site_.listenTo(Rsyslog::tcp(port));
    site_.start();
    startAgent({{"device.name", "pump 7"},
                {"retry.image.initial", "10m"},
                {"retry.image.max", "10m"},
                {"notifier.ops.plugin", "webhook"},
                {"notifier.ops.url", ops_.url("/hook")},
                {"notifier.site.plugin", "syslog"},
                {"notifier.site.target", "tcp://127.0.0.1:" + std::to_string(port)},
                {"alert.route.1.match", "severity>=error"},
                {"alert.route.1.to", "ops, site"},
                {"alert.route.1.groupWait", "500ms"}});
  }

  ::testing::AssertionResult hook(std::size_t count) {
    waitUntil([&] { return ops_.requests().size() >= count; }, kSoon);
    const auto got = ops_.requests().size();
    return got == count ? ::testing::AssertionSuccess()
                        : ::testing::AssertionFailure() << got << " requests, and not " << count;
  }

  // The alert of the latest message, after all that is around it was looked at.
  json::object told(const std::string& state, const json::object& alert, int failing) {
    const ReceivedRequest request = ops_.requests().back();
    const auto body = json::parse(request.body).as_object();
    const auto& data = body.at("data").as_object();
    json::object expected = alert;
    expected["device"] = {{"id", agent().get("/v1/info").at("owner")}, {"name", "pump 7"}};
    expected["agent"] = {{"name", "holdfast"},
                         {"version", agent().get("/v1/info").at("versions").at("agent")}};
    expected["summary"] = {{"services", 2}, {"failing", failing}};
    expected["alerts"] = json::array{alert};
    expected["title"] = "[pump 7] " + std::string(state == "firing" ? "FIRING" : "RESOLVED") +
                        " ImagePullFailed lab/nodered";
    expected["text"] = data.at("text");
    expected["notification"] = {{"id", request.header("webhook-id")},
                                {"group", data.at("notification").at("group")},
                                {"state", state},
                                {"severity", "error"},
                                {"reason", state == "firing" ? "new" : "resolved"},
                                {"delayedSeconds", 0},
                                {"truncated", 0}};
    EXPECT_TRUE(data == expected) << json::serialize(data) << "\nand not\n"
                                  << json::serialize(expected);
    EXPECT_EQ(text(body.at("type")), "service.image_pull_failed." + state);
    EXPECT_EQ(body.size(), 3U);
    EXPECT_THAT(text(data.at("notification").at("group")), MatchesRegex("[0-9a-f]{16}"));
    timestamp_ = text(body.at("timestamp"));
    return data;
  }

  // What cannot be known beforehand, as the latest message has it.
  void take(json::object& alert, const std::vector<std::string>& members) {
    const auto body = json::parse(ops_.requests().back().body);
    for (const auto& member : members) {
      const auto* value = body.at("data").as_object().if_contains(member);
      ASSERT_NE(value, nullptr) << "no " << member << " in " << json::serialize(body);
      alert[member] = *value;
    }
  }

  void logged(const json::object& message, const json::object& alert, const std::string& pri) {
    EXPECT_EQ(text(message.at("pri")), pri);
    EXPECT_EQ(text(message.at("time")), timestamp_);
    EXPECT_EQ(text(message.at("host")), "pump_7");
    EXPECT_EQ(text(message.at("app")), "holdfast");
    EXPECT_EQ(text(message.at("procid")), std::to_string(agent().pid()));
    EXPECT_EQ(text(message.at("msgid")), "ImagePullFailed");
    EXPECT_THAT(text(message.at("msg")),
                StartsWith("ImagePullFailed lab/nodered " + text(alert.at("state")) +
                           ": manifest unknown; "));
    auto fields = json::value_to<std::map<std::string, std::string>>(
        json::parse(text(message.at("sd"))).at("alert@32473"));
    EXPECT_THAT(fields["notification"], StartsWith("msg-"));
    EXPECT_THAT(fields["group"], MatchesRegex("[0-9a-f]{16}"));
    fields.erase("notification");
    fields.erase("group");
    EXPECT_EQ(fields, fieldsOf(alert));
  }

  ScriptedReceiver ops_{{answering("204 No Content")}};
  Rsyslog site_;
  std::string timestamp_;
};

TEST_F(Alerts, TheSeedScenarioIsToldOnceAndTakenBackOnce) {
  startWithReceivers();
  agent().apply(seedTarget("invalid"));
  ASSERT_TRUE(hook(1));
  ASSERT_EQ(site_.messages(1).size(), 1U);
  const auto error = agent().show("lab/nodered").at("error").as_object();
  auto firing = firingAlert(error);
  take(firing, {"nextRetry"});  // made from the monotonic clock each time it is shown
  EXPECT_NEAR(static_cast<double>(millisecondsAt(firing.at("nextRetry"))),
              static_cast<double>(millisecondsAt(error.at("nextRetry"))), 5);
  const auto words = text(told("firing", firing, 1).at("text"));
  EXPECT_EQ(words, "error ImagePullFailed lab/nodered since " + text(firing.at("startsAt")) +
                       ": manifest unknown (retry 1/10 at " + text(firing.at("nextRetry")) +
                       ")\n1/2 services failing on pump 7");
  logged(site_.messages(1).front(), firing, "131");

  // More failures of the same, and another life of the agent, are nothing new.
  agent().command("lab/nodered", "retry");
  ASSERT_TRUE(tells("lab/nodered", "Failed", "manifest unknown", 2));
  agent().kill();
  agent().start();
  ASSERT_TRUE(settles());

  agent().apply(seedTarget("3"));
  ASSERT_TRUE(hook(2));
  ASSERT_EQ(site_.messages(2).size(), 2U);
  auto resolved = firing;
  resolved.erase("nextRetry");
  take(resolved, {"endsAt", "durationSeconds"});
  resolved["state"] = "resolved";
  EXPECT_LT(text(firing.at("startsAt")), text(resolved.at("endsAt")));
  told("resolved", resolved, 0);
  logged(site_.messages(2).back(), resolved, "133");

  ASSERT_TRUE(passes(3));
  agent().stop();
  EXPECT_TRUE(hook(2));
  EXPECT_EQ(site_.messages(2).size(), 2U);
}

}  // namespace
