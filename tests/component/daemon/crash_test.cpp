// SPDX-License-Identifier: Apache-2.0
// A plugin that crashes the daemon for real, and what must not be taken for that.
#include "component/daemon/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

namespace holdfast::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class DaemonCrashes : public testing::Test {
 protected:
  DaemonCrashes() {
    daemon_.install("scripted_notifier", "bell");
    daemon_.configure("notifier.ops.plugin = bell\nnotifier.ops.to = " + daemon_.path("ops") +
                      "\ntarget.file = " + daemon_.path("target.json") + "\n");
    std::ofstream(daemon_.path("target.json")) << targetWith("a:1");
  }

  void crash(const std::string& how) {
    daemon_.start({"-Druntime.scripted.call=" + how});
    const auto ending = daemon_.wait();
    EXPECT_NE(ending.exitCode, 0) << daemon_.output();
  }

  [[nodiscard]] std::string crashes() const {
    std::ifstream file(daemon_.path("state/plugin-crashes"));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // The thread of the plugin's first call, which is `watch` and lasts.
  [[nodiscard]] pid_t pluginThread() const {
    pid_t first = 0;
    const auto tasks = "/proc/" + std::to_string(daemon_.pid()) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
      std::string name;
      std::getline(std::ifstream(task.path() / "comm"), name);
      const pid_t thread = std::stoi(task.path().filename());
      if (name == "plugin:scripted" && (first == 0 || thread < first)) {
        first = thread;
      }
    }
    return first;
  }

  boost::json::value plugin() {
    return daemon_.request("GET", "/v1/plugins").body.at("plugins").at(0);
  }

  DaemonProcess daemon_;
};

TEST_F(DaemonCrashes, ASecondOneQuarantinesThePluginInsteadOfALoop) {
  crash("crash");
  EXPECT_THAT(crashes(), HasSubstr(" 11 scripted\n"));
  crash("abort");
  EXPECT_THAT(crashes(), HasSubstr(" 6 scripted\n"));

  daemon_.startReady({"-Druntime.scripted.call=crash"});
  EXPECT_EQ(plugin().at("state"), "quarantined");
  EXPECT_EQ(plugin().at("stage"), "quarantine");
  EXPECT_TRUE(plugin().at("nextTry").is_string());
  EXPECT_THAT(std::string(plugin().at("reason").as_string()),
              HasSubstr("crashed the agent twice within 10m"));
  EXPECT_TRUE(daemon_.becomes("/v1/services", "/services/0/stale", true));
  EXPECT_TRUE(daemon_.eventually([this] {
    const auto events = daemon_.request("GET", "/v1/events").body.at("events").as_array();
    return std::any_of(events.begin(), events.end(), [](const auto& event) {
      return event.at("reason") == "PluginFailed" &&
             event.at("message").as_string().starts_with("scripted was refused (quarantine)");
    });
  }));
  // The rest goes on.
  EXPECT_EQ(daemon_.request("POST", "/v1/notifiers/ops/test").status, 200);
  EXPECT_EQ(daemon_.request("GET", "/healthz").status, 200);
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
}

TEST_F(DaemonCrashes, ARebootTriesThePluginAgain) {
  crash("crash");
  crash("crash");
  auto lines = crashes();
  for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1) {
    lines.replace(at, lines.find(' ', at) - at, "another-boot");
  }
  std::ofstream(daemon_.path("state/plugin-crashes")) << lines;
  daemon_.startReady();
  EXPECT_EQ(plugin().at("state"), "loaded");
}

TEST_F(DaemonCrashes, ACrashingNotifierLeavesTheRuntimeAlone) {
  for (int i = 0; i < 2; ++i) {
    daemon_.startReady({"-Dnotifier.ops.deliver=crash"});
    EXPECT_EQ(daemon_.request("POST", "/v1/notifiers/ops/test").status, 0) << "nobody answers";
    EXPECT_NE(daemon_.wait().exitCode, 0);
  }
  daemon_.startReady({"-Dnotifier.ops.deliver=crash"});
  EXPECT_TRUE(daemon_.becomes("/v1/notifiers", "/notifiers/0/state", "quarantined"));
  EXPECT_EQ(plugin().at("state"), "loaded");
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/runtimes/0/available", true));
}

// The watchdog's SIGABRT, the OOM killer's SIGKILL, an operator's SIGSEGV: whatever call is open,
// and even if it is the call's own thread that gets it.
TEST_F(DaemonCrashes, ASignalFromOutsideIsNotThePluginsFault) {
  ASSERT_EQ(::mkfifo(daemon_.path("gate").c_str(), 0600), 0);
  for (const int number : {SIGKILL, SIGABRT, SIGSEGV}) {
    daemon_.startReady(
        {"-Druntime.scripted.call=hang", "-Druntime.scripted.gate=" + daemon_.path("gate")});
    // A call counts before its thread bears its name.
    ASSERT_TRUE(daemon_.eventually(
        [this] { return plugin().at("runningCalls") != 0 && pluginThread() != 0; }));
    ASSERT_EQ(::tgkill(daemon_.pid(), pluginThread(), number), 0);
    EXPECT_NE(daemon_.wait().exitCode, 0);
    EXPECT_THAT(crashes(), IsEmpty());
  }
  daemon_.startReady();
  EXPECT_EQ(plugin().at("state"), "loaded");
}

}  // namespace
}  // namespace holdfast::test
