// SPDX-License-Identifier: Apache-2.0
// Alerts from their cause to a receiver, over the daemon's death. The cause is a plugin that is not
// there: it needs no engine.
#include "component/daemon/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <algorithm>
#include <fstream>

namespace holdfast::test {
namespace {

class DaemonAlerting : public testing::Test {
 protected:
  DaemonAlerting() {
    daemon_.install("scripted_notifier", "bell");
    daemon_.configure("device.name = pump 7\nnotifier.ops.plugin = bell\nnotifier.ops.to = " +
                      daemon_.path("ops") +
                      "\nnotifier.gone.plugin = absent\n"
                      "alert.route.1.match = type=PluginFailed\nalert.route.1.to = ops\n"
                      "alert.route.1.groupWait = 0s\n");
  }

  int told(const std::string& what) {
    std::ifstream file(daemon_.path("ops"));
    int count = 0;
    for (std::string line; std::getline(file, line);)
      count += line.find(what) == std::string::npos ? 0 : 1;
    return count;
  }

  DaemonProcess daemon_;
};

TEST_F(DaemonAlerting, AnAlertIsToldOnceAlsoOverAKillAndTakenBack) {
  daemon_.startReady();
  EXPECT_TRUE(daemon_.eventually([this] { return told("FIRING PluginFailed") == 1; }));
  EXPECT_TRUE(daemon_.becomes("/v1/alerts", "/alerts/0/alert", "PluginFailed"));
  EXPECT_TRUE(daemon_.becomes("/v1/alerts", "/outbox/0/waiting", 0));
  const auto before = daemon_.request("GET", "/v1/alerts").body.at("alerts").at(0);
  EXPECT_EQ(before.at("state"), "firing");
  daemon_.signal(SIGKILL);
  static_cast<void>(daemon_.wait());

  daemon_.startReady();
  EXPECT_TRUE(daemon_.becomes("/v1/alerts", "/alerts/0/alert", "PluginFailed"));
  const auto after = daemon_.request("GET", "/v1/alerts").body.at("alerts").at(0);
  EXPECT_EQ(after.at("id"), before.at("id"));
  EXPECT_EQ(after.at("startsAt"), before.at("startsAt"));
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  EXPECT_EQ(told("FIRING PluginFailed"), 1);

  daemon_.startReady({"-Dnotifier.gone.plugin=bell", "-Dnotifier.gone.to=" + daemon_.path("gone")});
  EXPECT_TRUE(daemon_.eventually([this] { return told("RESOLVED PluginFailed") == 1; }));
}

TEST_F(DaemonAlerting, ASilenceHoldsOverARestart) {
  daemon_.startReady({"-Dalert.route.1.match=type=CrashLoop"});
  const auto answer = daemon_.request("POST", "/v1/silences",
                                      R"({"match": "type=PluginFailed", "duration": "1h"})");
  EXPECT_EQ(answer.status, 201);
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  daemon_.startReady();
  EXPECT_TRUE(daemon_.becomes("/v1/alerts", "/alerts/0/silenced", true));
  EXPECT_EQ(told("PluginFailed"), 0);
  const std::string id(answer.body.at("id").as_string());
  EXPECT_EQ(daemon_.request("DELETE", "/v1/silences/" + id).status, 200);
  EXPECT_TRUE(daemon_.eventually([this] { return told("FIRING PluginFailed") == 1; }));
}

}  // namespace
}  // namespace holdfast::test
