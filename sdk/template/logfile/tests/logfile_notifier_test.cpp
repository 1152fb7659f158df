// SPDX-License-Identifier: Apache-2.0
#include "logfile_notifier.hpp"

#include "line.hpp"
#include <holdfast/testing/fake_call.hpp>
#include <holdfast/testing/fake_host.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace logfile {
namespace {

using holdfast::sdk::ErrorClass;
using holdfast::sdk::Notification;
using holdfast::testing::FakeCall;
using holdfast::testing::FakeHost;

class LogfileNotifierTest : public ::testing::Test {
 protected:
  LogfileNotifierTest() {
    std::string pattern = ::testing::TempDir() + "logfile-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~LogfileNotifierTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return folder_ / "alerts.log"; }

  ErrorClass deliver(const std::string& json) { return deliverTo(path(), json); }
  ErrorClass deliverTo(const std::string& path, const std::string& json) {
    FakeHost host({{"path", path}});
    LogfileNotifier notifier(host);
    Notification notification;
    notification.id = "1";
    notification.contentJson = json;
    FakeCall call;
    const auto status = notifier.deliver(notification, call);
    message_ = call.message();
    return status.code;
  }

  [[nodiscard]] std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path()).rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
  std::string message_;
};

TEST_F(LogfileNotifierTest, AppendsOneLineForEachNotification) {
  EXPECT_EQ(deliver(R"({"a":1})"), ErrorClass::Ok);
  EXPECT_EQ(deliver(R"({"a":2})"), ErrorClass::Ok);
  EXPECT_EQ(content(),
            "{\"id\":\"1\",\"title\":\"\",\"text\":\"\",\"content\":{\"a\":1}}\n"
            "{\"id\":\"1\",\"title\":\"\",\"text\":\"\",\"content\":{\"a\":2}}\n");
}

TEST_F(LogfileNotifierTest, MakesTheFileAnewAfterItWasRotatedAway) {
  FakeHost host({{"path", path()}});
  LogfileNotifier notifier(host);
  FakeCall call;
  EXPECT_TRUE(notifier.deliver({}, call).ok());
  std::filesystem::rename(path(), path() + ".1");
  EXPECT_TRUE(notifier.deliver({}, call).ok());
  EXPECT_EQ(content(), lineOf({}));
}

TEST_F(LogfileNotifierTest, TellsAMissingFolder) {
  const std::string missing = folder_ / "none" / "alerts.log";
  EXPECT_EQ(deliverTo(missing, "{}"), ErrorClass::NotFound);
  EXPECT_NE(message_.find(missing), std::string::npos) << message_;
}

TEST_F(LogfileNotifierTest, WantsNoMoreOfWhatIsNoRegularFile) {
  EXPECT_EQ(deliverTo(folder_, "{}"), ErrorClass::Rejected);
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(deliver("{}"), ErrorClass::Rejected) << "and does not wait for a reader";
}

// Not even root may write to this one.
TEST_F(LogfileNotifierTest, TellsThatItMayNotWrite) {
  EXPECT_EQ(deliverTo("/proc/sys/kernel/ostype", "{}"), ErrorClass::Denied) << message_;
}

// The limit on a file's size stands in for a full disk: a write ends short in the same way.
TEST_F(LogfileNotifierTest, AFullDiskLeavesNoHalfLine) {
  ASSERT_EQ(deliver("{}"), ErrorClass::Ok);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const std::string whole = content();
  const rlimit tight{whole.size() + 8, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  EXPECT_EQ(deliver("{}"), ErrorClass::Transient);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(content(), whole);
  EXPECT_EQ(deliver("{}"), ErrorClass::Ok);
}

TEST_F(LogfileNotifierTest, WritesNothingForACallThatIsOver) {
  FakeHost host({{"path", path()}});
  LogfileNotifier notifier(host);
  FakeCall call;
  call.cancel();
  EXPECT_EQ(notifier.deliver({}, call).code, ErrorClass::Cancelled);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(LogfileNotifierTest, LinesOfSeveralThreadsStayWhole) {
  FakeHost host({{"path", path()}});
  LogfileNotifier notifier(host);
  const std::string json = "{\"text\":\"" + std::string(10'000, 'x') + "\"}";
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      FakeCall call;
      Notification notification;
      notification.contentJson = json;
      EXPECT_TRUE(notifier.deliver(notification, call).ok());
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  std::istringstream lines(content());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(line.ends_with(json + "}"));
  }
  EXPECT_EQ(count, 4);
}

TEST_F(LogfileNotifierTest, HealthLooksAtTheFileOrItsFolder) {
  FakeCall call;
  FakeHost host({{"path", path()}});
  EXPECT_TRUE(LogfileNotifier(host).health(call).ok());
  FakeHost elsewhere({{"path", (folder_ / "none" / "alerts.log").string()}});
  EXPECT_EQ(LogfileNotifier(elsewhere).health(call).code, ErrorClass::Unavailable);
}

}  // namespace
}  // namespace logfile
