// SPDX-License-Identifier: Apache-2.0
// The daily summary from its cause to a real HTTP receiver, over kills. The hour is moved instead
// of the clock: a device that was off at its hour sends the summary when it is back.
#include "component/daemon/daemon_process.hpp"
#include "fixtures/http/receiver.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// The daemon runs in UTC.
std::string timeOfDay(std::chrono::system_clock::time_point at) {
  const std::time_t time = std::chrono::system_clock::to_time_t(at);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[sizeof "00:00"];
  std::strftime(text, sizeof text, "%H:%M", &utc);
  return text;
}

class DaemonSummary : public testing::Test {
 protected:
  DaemonSummary() {
    const std::string to = daemon_.path("plugins/webhook.so");
    std::filesystem::copy_file(HOLDFAST_WEBHOOK_PLUGIN, to);
    std::filesystem::permissions(to, std::filesystem::perms(0644));
    daemon_.setEnvironment("TZ", "UTC0");
    daemon_.configure(properties());
  }

  [[nodiscard]] std::string properties() const {
    return "device.name = pump 7\nnotifier.ops.plugin = webhook\nnotifier.ops.url = " +
           receiver_.url("/hook") +
           "\nalert.route.1.match = type=DailySummary\nalert.route.1.to = ops\n"
           "alert.summary.jitter = 0s\n";
  }

  // A first look was taken, and stored.
  bool counts() {
    return daemon_.eventually(
        [this] { return daemon_.request("GET", "/v1/alerts").body.at("nextSummary").is_string(); });
  }

  // With the hour so long ago. The receivers that are named are not there: something to tell of.
  void start(std::chrono::minutes ago, const std::vector<std::string>& absent = {}) {
    std::vector<std::string> arguments{"-Dalert.summary.at=" +
                                       timeOfDay(std::chrono::system_clock::now() - ago)};
    for (const std::string& name : absent)
      arguments.push_back("-Dnotifier." + name + ".plugin=absent");
    daemon_.startReady(arguments);
  }

  void kill() {
    daemon_.signal(SIGKILL);
    static_cast<void>(daemon_.wait());
  }

  boost::json::value received(std::size_t at) {
    return boost::json::parse(receiver_.requests().at(at).body);
  }

  fixtures::ScriptedReceiver receiver_{
      {{.bytes = "HTTP/1.1 204 No Content\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"}}};
  DaemonProcess daemon_;
};

TEST_F(DaemonSummary, OfADeviceThatWasOffAtItsHourArrivesOnceAlsoOverKills) {
  start(13h);
  ASSERT_TRUE(counts());
  kill();
  // A plugin that is missing now fires, so there is something to say; at this start it is the hour.
  start(1min, {"gone"});
  ASSERT_TRUE(daemon_.eventually([this] { return !receiver_.requests().empty(); }));
  const auto body = received(0);
  EXPECT_EQ(body.at("type"), "device.daily_summary.informational");
  const auto& report = body.at("data").at("report");
  EXPECT_EQ(report.at("failing").at(0).at("name"), "PluginFailed plugin absent.gone");
  EXPECT_EQ(report.at("failing").at(0).at("failures"), 1);
  EXPECT_THAT(std::string(body.at("data").at("text").as_string()),
              HasSubstr("failing: PluginFailed plugin absent.gone for "));
  EXPECT_TRUE(daemon_.becomes("/v1/alerts", "/outbox/1/waiting", 0));
  const auto alerts = daemon_.request("GET", "/v1/alerts").body.at("alerts").as_array();
  ASSERT_EQ(alerts.size(), 1u) << "the summary fires not";
  EXPECT_EQ(alerts.at(0).at("alert"), "PluginFailed");
  kill();

  start(1min, {"gone"});
  EXPECT_TRUE(counts());
  EXPECT_TRUE(daemon_.becomes("/v1/alerts", "/outbox/1/waiting", 0));
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  EXPECT_EQ(receiver_.requests().size(), 1u);
}

TEST_F(DaemonSummary, AReloadTakesTheHourAwayAndGivesAnother) {
  daemon_.configure(properties() + "alert.summary.at = 07:00\n");
  daemon_.startReady();
  const auto next = [this](const std::string& hour) {
    return daemon_.eventually([this, &hour] {
      const auto at = daemon_.request("GET", "/v1/alerts").body.at("nextSummary");
      return at.is_string() && std::string(at.as_string()).find(hour) != std::string::npos;
    });
  };
  EXPECT_TRUE(next("T07:00:00.000Z"));
  daemon_.configure(properties());
  daemon_.signal(SIGHUP);
  EXPECT_TRUE(daemon_.becomes("/v1/alerts", "/nextSummary", nullptr));
  daemon_.configure(properties() + "alert.summary.at = 19:30\n");
  daemon_.signal(SIGHUP);
  EXPECT_TRUE(next("T19:30:00.000Z"));
}

}  // namespace
}  // namespace holdfast::test
