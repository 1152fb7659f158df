// SPDX-License-Identifier: Apache-2.0
// Receivers of notifications from the configuration to their plugin.
#include "component/daemon/daemon_process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

namespace holdfast::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class DaemonNotifiers : public testing::Test {
 protected:
  DaemonNotifiers() {
    daemon_.install("scripted_notifier", "bell");
    daemon_.configure("device.name = pump 7\nnotifier.ops.plugin = bell\nnotifier.ops.to = " +
                      daemon_.path("ops") + "\n");
  }

  std::string delivered() {
    std::ifstream file(daemon_.path("ops"));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  DaemonProcess daemon_;
};

TEST_F(DaemonNotifiers, ATestReachesTheReceiver) {
  daemon_.startReady();
  const auto before = daemon_.request("GET", "/v1/notifiers").body.at("notifiers").at(0);
  EXPECT_EQ(before.at("name"), "ops");
  EXPECT_EQ(before.at("plugin"), "bell");
  EXPECT_EQ(before.at("state"), "ok");
  const auto answer = daemon_.request("POST", "/v1/notifiers/ops/test");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.at("delivered"), true);
  EXPECT_THAT(delivered(), AllOf(HasSubstr("Test notification from pump 7"),
                                 HasSubstr(R"("reason":"test")"), HasSubstr("1 test-")));
  EXPECT_TRUE(daemon_.becomes("/v1/notifiers", "/notifiers/0/delivered", 1));
}

TEST_F(DaemonNotifiers, ATestThatFailsSaysWhatTheReceiverSaid) {
  daemon_.startReady({"-Dnotifier.ops.deliver=refuse"});
  const auto answer = daemon_.request("POST", "/v1/notifiers/ops/test");
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(answer.body.at("class"), "denied");
  EXPECT_EQ(answer.body.at("detail"), "the receiver answered 403 Forbidden");
  const auto after = daemon_.request("GET", "/v1/notifiers").body.at("notifiers").at(0);
  EXPECT_EQ(after.at("state"), "failing");
  EXPECT_EQ(daemon_.request("POST", "/v1/notifiers/osp/test").status, 404);
}

TEST_F(DaemonNotifiers, ARefusedOneChangesNothingForTheRest) {
  daemon_.startReady({"-Dnotifier.bad.plugin=bell", "-Dnotifier.gone.plugin=absent"});
  const auto all = daemon_.request("GET", "/v1/notifiers").body.at("notifiers");
  EXPECT_EQ(all.at(0).at("name"), "bad");
  EXPECT_EQ(all.at(0).at("state"), "refused");
  EXPECT_EQ(all.at(0).at("stage"), "options");
  EXPECT_EQ(all.at(1).at("stage"), "trust");
  EXPECT_EQ(all.at(2).at("state"), "ok");
  EXPECT_EQ(daemon_.request("POST", "/v1/notifiers/ops/test").status, 200);
  EXPECT_EQ(daemon_.request("POST", "/v1/notifiers/bad/test").status, 409);
  EXPECT_TRUE(daemon_.becomes("/v1/info", "/runtimes/0/available", true));
}

TEST_F(DaemonNotifiers, AStopDoesNotWaitForATest) {
  ASSERT_EQ(::mkfifo(daemon_.path("gate").c_str(), 0600), 0);
  daemon_.startReady(
      {"-Dnotifier.ops.deliver=hang", "-Dnotifier.ops.gate=" + daemon_.path("gate")});
  std::thread test(
      [this] { EXPECT_NE(daemon_.request("POST", "/v1/notifiers/ops/test").status, 200); });
  EXPECT_TRUE(daemon_.eventually([this] {
    return daemon_.request("GET", "/v1/plugins").body.at("plugins").at(1).at("runningCalls") == 1;
  }));
  daemon_.signal(SIGTERM);
  EXPECT_EQ(daemon_.wait().exitCode, 0);
  test.join();
}

}  // namespace
}  // namespace holdfast::test
