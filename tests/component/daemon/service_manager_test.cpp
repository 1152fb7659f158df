// SPDX-License-Identifier: Apache-2.0
// What the real holdfastd tells its service manager, and how it logs to one.
#include "component/daemon/daemon_process.hpp"
#include "fixtures/notify_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/stat.h>

#include <fstream>

namespace holdfast::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class DaemonServiceManager : public testing::Test {
 protected:
  DaemonServiceManager() { daemon_.setEnvironment("NOTIFY_SOCKET", notify_.address()); }
  DaemonProcess daemon_;
  NotifySocket notify_{daemon_.path("notify")};
};

TEST_F(DaemonServiceManager, HearsOfEveryStage) {
  daemon_.start();
  EXPECT_EQ(notify_.await("READY=1"), "READY=1");
  EXPECT_EQ(daemon_.request("GET", "/healthz").status, 200);  // ready means that it answers
  daemon_.signal(SIGHUP);
  EXPECT_THAT(notify_.await("RELOADING=1").value_or(""), HasSubstr("MONOTONIC_USEC="));
  EXPECT_EQ(notify_.await("READY=1"), "READY=1");
  daemon_.signal(SIGTERM);
  EXPECT_EQ(notify_.await("STOPPING=1"), "STOPPING=1");
  EXPECT_EQ(daemon_.wait().exitCode, 0);
}

// One that heard of a stop would end the process, which goes on.
TEST_F(DaemonServiceManager, HearsOfARestartAsOfAReload) {
  daemon_.setEnvironment("WATCHDOG_USEC", "30000");
  daemon_.start();
  EXPECT_EQ(notify_.await("READY=1"), "READY=1");
  EXPECT_EQ(daemon_.request("POST", "/v1/reboot").status, 202);
  EXPECT_THAT(notify_.await("RELOADING=1").value_or(""), HasSubstr("MONOTONIC_USEC="));
  EXPECT_EQ(notify_.await("READY=1"), "READY=1");
  EXPECT_EQ(notify_.await("WATCHDOG=1"), "WATCHDOG=1");
  EXPECT_EQ(daemon_.request("GET", "/healthz").status, 200);
}

TEST_F(DaemonServiceManager, HearsOfTheServices) {
  std::ofstream(daemon_.path("target.json")) << R"({"apps": {}})";
  daemon_.start({"-Dtarget.file=" + daemon_.path("target.json")});
  EXPECT_THAT(notify_.await("STATUS=0 services").value_or(""), HasSubstr("0 services"));
}

TEST_F(DaemonServiceManager, GetsSignsOfLifeWhenItAsksForThem) {
  daemon_.setEnvironment("WATCHDOG_USEC", "30000");
  daemon_.start();
  EXPECT_EQ(notify_.await("READY=1"), "READY=1");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(notify_.await("WATCHDOG=1"), "WATCHDOG=1");
  }
}

// However busy it is with its configuration: one is due every second.
TEST_F(DaemonServiceManager, GetsSignsOfLifeBetweenReloads) {
  daemon_.setEnvironment("WATCHDOG_USEC", "3000000");
  daemon_.start();
  EXPECT_EQ(notify_.await("READY=1"), "READY=1");
  bool alive = false;
  const auto patience = std::chrono::steady_clock::now() + 10s;
  while (!alive && std::chrono::steady_clock::now() < patience) {
    daemon_.signal(SIGHUP);
    for (auto message = notify_.next(20s); message && message != "READY=1";
         message = notify_.next(20s)) {
      alive = alive || message == "WATCHDOG=1";
    }
  }
  EXPECT_TRUE(alive);
}

TEST_F(DaemonServiceManager, GetsNoSignsOfLifeUnasked) {
  daemon_.start();
  EXPECT_EQ(notify_.await("READY=1"), "READY=1");
  for (auto message = notify_.next(200ms); message; message = notify_.next(200ms)) {
    EXPECT_FALSE(message->starts_with("WATCHDOG")) << *message;
  }
}

// The journal is recognised by device and inode of stderr, which a test cannot know beforehand: it
// is the file that the daemon appends to.
TEST_F(DaemonServiceManager, GivesTheJournalItsPriorities) {
  std::ofstream(daemon_.path("output")) << "";
  struct stat status {};
  ASSERT_EQ(::stat(daemon_.path("output").c_str(), &status), 0);
  daemon_.setEnvironment("JOURNAL_STREAM",
                         std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino));
  daemon_.start();
  EXPECT_TRUE(daemon_.says("\n<6>holdfast: holdfastd "));
}

}  // namespace
}  // namespace holdfast::test
