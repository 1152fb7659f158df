// SPDX-License-Identifier: Apache-2.0
// Start, stop and everything that can be in the way of either.
#include "component/daemon/daemon_process.hpp"
#include "fixtures/lab/wait_until.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

class DaemonLife : public testing::Test {
 protected:
  std::string contentOf(const std::string& name) {
    std::ifstream file(daemon_.path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void startWithAHangingCall() {
    ASSERT_EQ(::mkfifo(daemon_.path("gate").c_str(), 0600), 0);
    daemon_.startReady(
        {"-Druntime.scripted.call=hang", "-Druntime.scripted.gate=" + daemon_.path("gate")});
    ASSERT_TRUE(daemon_.eventually([this] {
      return daemon_.request("GET", "/v1/plugins").body.at("plugins").at(0).at("runningCalls") != 0;
    }));
  }
  void endInTheBackground(pid_t process) {
    ::kill(process, SIGTERM);
    EXPECT_TRUE(fixtures::waitUntil([process] { return ::kill(process, 0) != 0; }, 30s));
    EXPECT_FALSE(std::filesystem::exists(daemon_.path("pid")));
  }
  DaemonProcess daemon_;
};

TEST_F(DaemonLife, StopsOrderlyOnEitherSignal) {
  for (const int number : {SIGTERM, SIGINT}) {
    daemon_.startReady();
    daemon_.signal(number);
    EXPECT_EQ(daemon_.wait().exitCode, 0);
    EXPECT_THAT(daemon_.output(), HasSubstr("Information holdfast: stopped\n"));
    EXPECT_FALSE(std::filesystem::exists(daemon_.socketPath()));
  }
}

TEST_F(DaemonLife, ASignalDuringTheStartIsNotLost) {
  daemon_.start();
  daemon_.signal(SIGTERM);
  const auto ending = daemon_.wait();
  // Before main() has blocked it, the signal ends the process in the ordinary way.
  EXPECT_TRUE(ending.exitCode == 0 || ending.signal == SIGTERM) << ending.exitCode;
}

TEST_F(DaemonLife, ItsFilesArePrivate) {
  daemon_.startReady();
  struct stat status {};
  ASSERT_EQ(::stat(daemon_.path("state").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700U);
  ASSERT_EQ(::stat(daemon_.socketPath().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0660U);
}

TEST_F(DaemonLife, MakesTheSocketsDirectory) {
  daemon_.start({"-Dapi.socket=" + daemon_.path("run/holdfast/s.sock")});
  EXPECT_TRUE(daemon_.says("is ready"));
  struct stat status {};
  ASSERT_EQ(::stat(daemon_.path("run/holdfast").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0755U);
}

TEST_F(DaemonLife, RunsWithoutItsEngine) {
  daemon_.startReady({"-Druntime.scripted.call=throw"});
  EXPECT_EQ(daemon_.request("GET", "/readyz").status, 503);
  EXPECT_EQ(daemon_.request("GET", "/healthz").status, 200);
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/runtimes/0/available", false));
  EXPECT_TRUE(daemon_.eventually([this] {
    const auto events = daemon_.request("GET", "/v1/events").body.at("events").as_array();
    return std::any_of(events.begin(), events.end(),
                       [](const auto& event) { return event.at("reason") == "PluginFailed"; });
  }));
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
}

TEST_F(DaemonLife, RunsWithoutARefusedPluginAndSaysWhy) {
  std::filesystem::permissions(daemon_.path("plugins/scripted.so"), std::filesystem::perms(0666));
  daemon_.startReady();
  const auto plugins = daemon_.request("GET", "/v1/plugins").body.at("plugins");
  EXPECT_EQ(plugins.at(0).at("state"), "refused");
  EXPECT_EQ(plugins.at(0).at("stage"), "trust");
  EXPECT_TRUE(daemon_.becomes("/v1/events", "/events/0/reason", "PluginFailed"));
}

TEST_F(DaemonLife, ASecondOneOnTheSameStateIsRefused) {
  daemon_.startReady();
  const pid_t first = daemon_.pid();
  DaemonProcess second;
  second.start({"-Dstate.dir=" + daemon_.path("state")});
  EXPECT_EQ(second.wait().exitCode, 1);
  EXPECT_THAT(second.output(), HasSubstr(std::to_string(first)));
  EXPECT_EQ(daemon_.request("GET", "/healthz").status, 200);
}

TEST_F(DaemonLife, ASecondOneOnTheSameSocketIsRefused) {
  daemon_.startReady();
  DaemonProcess second;
  second.start({"-Dapi.socket=" + daemon_.socketPath()});
  EXPECT_EQ(second.wait().exitCode, 1);
  EXPECT_THAT(second.output(), HasSubstr("another process answers there"));
  EXPECT_EQ(daemon_.request("GET", "/healthz").status, 200);
}

TEST_F(DaemonLife, AStateDirectoryThatCannotBeIsSaid) {
  daemon_.start({"-Dstate.dir=/proc/holdfast"});
  EXPECT_EQ(daemon_.wait().exitCode, 1);
  EXPECT_THAT(daemon_.output(), HasSubstr("/proc/holdfast"));
}

TEST_F(DaemonLife, StartsAgainAfterBeingKilled) {
  daemon_.startReady();
  daemon_.signal(SIGKILL);
  EXPECT_EQ(daemon_.wait().signal, SIGKILL);
  EXPECT_TRUE(std::filesystem::exists(daemon_.socketPath()));
  daemon_.startReady();
}

TEST_F(DaemonLife, KeepsAPidFileWhileItRuns) {
  daemon_.startReady({"--pidfile=" + daemon_.path("pid")});
  EXPECT_TRUE(daemon_.says("is ready"));
  EXPECT_EQ(contentOf("pid"), std::to_string(daemon_.pid()) + "\n");
  DaemonProcess second;
  second.start({"-Dstate.dir=" + daemon_.path("state"), "--pidfile=" + daemon_.path("pid")});
  EXPECT_EQ(second.wait().exitCode, 1);
  EXPECT_EQ(contentOf("pid"), std::to_string(daemon_.pid()) + "\n");
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  EXPECT_FALSE(std::filesystem::exists(daemon_.path("pid")));
}

TEST_F(DaemonLife, APidFileThatCannotBeIsSaid) {
  daemon_.start({"--pidfile=/nonexistent/pid"});
  EXPECT_EQ(daemon_.wait().exitCode, 1);
  EXPECT_THAT(daemon_.output(), HasSubstr("--pidfile /nonexistent/pid"));
}

TEST_F(DaemonLife, GoesToTheBackgroundOnceItIsUp) {
  daemon_.start({"--daemon", "--pidfile=" + daemon_.path("pid"), "-Dlog.output=stderr"});
  const pid_t parent = daemon_.pid();
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  EXPECT_EQ(daemon_.request("GET", "/healthz").status, 200);
  const pid_t child = std::stoi(contentOf("pid"));
  EXPECT_NE(child, parent);
  EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(child) + "/cwd"), "/");
  EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(child) + "/fd/2"), "/dev/null");
  EXPECT_EQ(::getsid(child), child);
  endInTheBackground(child);
}

TEST_F(DaemonLife, ABackgroundStartThatFailsIsToldToWhoAskedForIt) {
  daemon_.start({"--daemon", "-Dlog.output=stderr", "-Dstate.dir=/proc/holdfast"});
  EXPECT_EQ(daemon_.wait().exitCode, 1);
  daemon_.start({"--daemon", "-Dlog.level=loud"});
  EXPECT_EQ(daemon_.wait().exitCode, 78);
}

TEST_F(DaemonLife, RestartsInItsProcessInTheBackground) {
  daemon_.start({"--daemon", "--pidfile=" + daemon_.path("pid"), "-Dlog.output=stderr"});
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  const auto before = daemon_.request("GET", "/v1/info").body;
  const pid_t child = std::stoi(contentOf("pid"));
  EXPECT_EQ(before.at("pid"), child);
  EXPECT_EQ(daemon_.request("POST", "/v1/reboot").status, 202);
  auto after = before;
  const auto place = [child] {
    return std::filesystem::read_symlink("/proc/" + std::to_string(child) + "/cwd");
  };
  // It answers a little before it has written its pid and gone to the background.
  EXPECT_TRUE(fixtures::waitUntil(
      [&] {
        const auto info = daemon_.request("GET", "/v1/info");
        after = info.status == 200 ? info.body : before;
        return after.at("startedAt") != before.at("startedAt") && place() == "/";
      },
      30s));
  EXPECT_NE(after.at("startedAt"), before.at("startedAt"));
  EXPECT_EQ(after.at("pid"), child);
  EXPECT_EQ(contentOf("pid"), std::to_string(child) + "\n");
  EXPECT_EQ(place(), "/");
  endInTheBackground(child);
}

TEST_F(DaemonLife, RestartsInItsProcess) {
  daemon_.startReady({"--pidfile=" + daemon_.path("pid")});
  const auto startedAt = daemon_.request("GET", "/v1/info").body.at("startedAt");
  EXPECT_EQ(daemon_.request("POST", "/v1/reboot").status, 202);
  EXPECT_TRUE(daemon_.eventually([&] {
    const auto info = daemon_.request("GET", "/v1/info");
    return info.status == 200 && info.body.at("startedAt") != startedAt &&
           !contentOf("pid").empty();  // it answers a little before
  }));
  EXPECT_EQ(daemon_.request("GET", "/v1/info").body.at("pid"), daemon_.pid());
  EXPECT_THAT(daemon_.output(), HasSubstr("restarting; containers go on running"));
  EXPECT_EQ(contentOf("pid"), std::to_string(daemon_.pid()) + "\n");
  const auto restarted = daemon_.request("GET", "/v1/info").body.at("startedAt");
  daemon_.signal(SIGUSR1);
  EXPECT_TRUE(daemon_.eventually([&] {  // a SIGTERM before that would be its second one to stop
    const auto info = daemon_.request("GET", "/v1/info");
    return info.status == 200 && info.body.at("startedAt") != restarted;
  }));
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
}

TEST_F(DaemonLife, RestartsAlthoughAPluginHangs) {
  startWithAHangingCall();
  const auto startedAt = daemon_.request("GET", "/v1/info").body.at("startedAt");
  EXPECT_EQ(daemon_.request("POST", "/v1/reboot").status, 202);
  EXPECT_TRUE(daemon_.eventually([&] {
    const auto info = daemon_.request("GET", "/v1/info");
    return info.status == 200 && info.body.at("startedAt") != startedAt;
  }));
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
}

TEST_F(DaemonLife, EndsAlthoughAPluginHangs) {
  startWithAHangingCall();
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  EXPECT_THAT(daemon_.output(), HasSubstr("a plugin's call did not return and is left behind"));
}

// However many hang: exit code 1 would be that of a stop which was broken off.
TEST_F(DaemonLife, EndsInOrderAlthoughPluginsHangInTheirStop) {
  ASSERT_EQ(::mkfifo(daemon_.path("gate").c_str(), 0600), 0);
  daemon_.install("steady_runtime", "steady");
  std::vector<std::string> arguments{"--pidfile=" + daemon_.path("pid"),
                                     "-Dplugins.load=scripted,steady"};
  for (const std::string plugin : {"scripted", "steady"}) {
    arguments.push_back("-Druntime." + plugin + ".stop=hang");
    arguments.push_back("-Druntime." + plugin + ".gate=" + daemon_.path("gate"));
  }
  daemon_.startReady(arguments);
  EXPECT_TRUE(daemon_.says("is ready"));
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  EXPECT_FALSE(std::filesystem::exists(daemon_.path("pid")));
  EXPECT_THAT(daemon_.output(), AllOf(HasSubstr("holdfast.plugin.scripted: stop does not return"),
                                      HasSubstr("holdfast.plugin.steady: stop does not return"),
                                      HasSubstr("a plugin's call did not return")));
}

TEST_F(DaemonLife, EndsAtOnceWhenAskedTwice) {
  startWithAHangingCall();
  daemon_.signal(SIGTERM);
  EXPECT_TRUE(daemon_.says("stopping"));
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 1);
  EXPECT_THAT(daemon_.output(), HasSubstr("asked to stop a second time"));
}

}  // namespace
}  // namespace holdfast::test
