// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_manager.hpp"

#include "fixtures/notify_socket.hpp"
#include "fixtures/plugins/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>

namespace holdfast::daemon {
namespace {

using namespace std::chrono_literals;

class ServiceManagerTest : public testing::Test {
 protected:
  test::TemporaryDirectory directory_;
  test::NotifySocket socket_{directory_.path() / "notify"};
};

TEST_F(ServiceManagerTest, SpeaksTheProtocol) {
  ServiceManager services(socket_.address(), std::nullopt);
  services.ready();
  EXPECT_EQ(socket_.next(10s), "READY=1");
  services.stopping();
  EXPECT_EQ(socket_.next(10s), "STOPPING=1");
  services.alive();
  EXPECT_EQ(socket_.next(10s), "WATCHDOG=1");
  services.reloading();
  const auto reloading = socket_.next(10s).value_or("");
  EXPECT_TRUE(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC=")) << reloading;
  EXPECT_GT(std::stoll(reloading.substr(reloading.rfind('=') + 1)), 0);
}

TEST_F(ServiceManagerTest, SendsAStatusOnce) {
  ServiceManager services(socket_.address(), std::nullopt);
  services.status("one\nline");
  services.status("one\nline");
  services.status("two");
  EXPECT_EQ(socket_.next(10s), "STATUS=one line");
  EXPECT_EQ(socket_.next(10s), "STATUS=two");
}

TEST_F(ServiceManagerTest, ReachesAbstractSockets) {
  const test::NotifySocket abstract("@holdfast-test-" + std::to_string(::getpid()));
  ServiceManager services(abstract.address(), std::nullopt);
  services.ready();
  EXPECT_EQ(abstract.next(10s), "READY=1");
}

TEST_F(ServiceManagerTest, IsSilentWithoutAManager) {
  ServiceManager nobody("", std::nullopt);
  nobody.ready();
  ServiceManager gone(directory_.path() / "none", std::nullopt);
  gone.ready();
  ServiceManager tooLong(std::string(200, 'x'), std::nullopt);
  tooLong.ready();
  EXPECT_FALSE(nobody.pulse());
}

TEST_F(ServiceManagerTest, PulsesThreeTimesWithinTheWatchdogsTime) {
  EXPECT_EQ(ServiceManager("", 30s).pulse(), 10s);
  EXPECT_EQ(ServiceManager("", 1us).pulse(), 1ms);
}

TEST(ServiceManagerEnvironment, IsTakenAway) {
  ::setenv("NOTIFY_SOCKET", "/run/n", 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  const auto environment = ServiceManager::takeEnvironment();
  EXPECT_EQ(environment.socket, "/run/n");
  EXPECT_EQ(environment.watchdog, 30s);
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_EQ(std::getenv("WATCHDOG_USEC"), nullptr);
}

TEST(ServiceManagerEnvironment, LeavesTheWatchdogToWhomItIsMeantFor) {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(ServiceManager::takeEnvironment().watchdog);
  ::setenv("WATCHDOG_USEC", "soon", 1);
  EXPECT_FALSE(ServiceManager::takeEnvironment().watchdog);
}

}  // namespace
}  // namespace holdfast::daemon
