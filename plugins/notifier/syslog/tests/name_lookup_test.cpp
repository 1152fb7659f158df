// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/name_lookup.hpp"

#include "holdfast/support/stop_signal.hpp"

#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace holdfast::syslog {
namespace {

using namespace std::chrono_literals;
using sdk::ErrorClass;
using support::StopSignal;
using ::testing::HasSubstr;

void await(const StopSignal& signal) {
  pollfd polled{signal.descriptor(), POLLIN, 0};
  while (::poll(&polled, 1, -1) < 0) {
  }
}

// A resolver that answers only when it is let go. Shared with its thread, as a real one outlives
// whoever asked.
struct SilentServer {
  StopSignal asked;
  StopSignal answer;
  std::atomic<int> questions = 0;

  static NameLookup::Resolve resolver(const std::shared_ptr<SilentServer>& server) {
    return [server](const char*, const char* port, const addrinfo* hints, addrinfo** found) {
      ++server->questions;
      server->asked.raise();
      await(server->answer);
      return ::getaddrinfo("127.0.0.1", port, hints, found);
    };
  }
};

class SyslogNameLookup : public ::testing::Test {
 protected:
  ~SyslogNameLookup() override { server_->answer.raise(); }

  Limits limits(std::chrono::milliseconds time, int cancelFd = -1) const {
    return {.until = Clock::now() + time, .cancelFd = cancelFd, .stopFd = -1};
  }

  std::shared_ptr<SilentServer> server_ = std::make_shared<SilentServer>();
  NameLookup lookup_{"logs.example.org", "514", SilentServer::resolver(server_)};
  std::vector<SocketAddress> found_;
};

TEST_F(SyslogNameLookup, FindsAnAddress) {
  server_->answer.raise();
  ASSERT_TRUE(lookup_.find(limits(30s), found_).ok());
  ASSERT_FALSE(found_.empty());
  ASSERT_EQ(found_[0].length, sizeof(sockaddr_in));
  const auto* address = static_cast<const sockaddr_in*>(static_cast<const void*>(&found_[0].bytes));
  EXPECT_EQ(address->sin_family, AF_INET);
  EXPECT_EQ(address->sin_port, htons(514));
  EXPECT_EQ(address->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
}

TEST_F(SyslogNameLookup, EndsWithItsTimeWhereNoServerAnswers) {
  const Result result = lookup_.find(limits(50ms), found_);
  EXPECT_EQ(result.code, ErrorClass::Unavailable);
  EXPECT_EQ(result.problem, "looking up logs.example.org: no name server answers in time");
}

TEST_F(SyslogNameLookup, EndsWhenTheCallIsCancelled) {
  const StopSignal cancel;
  std::thread host([&] {
    await(server_->asked);
    cancel.raise();
  });
  EXPECT_EQ(lookup_.find(limits(1h, cancel.descriptor()), found_).code, ErrorClass::Cancelled);
  host.join();
}

TEST_F(SyslogNameLookup, LeavesOneThreadBehindHoweverOftenItIsTried) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(lookup_.find(limits(1ms), found_).code, ErrorClass::Unavailable);
  }
  await(server_->asked);
  EXPECT_EQ(server_->questions, 1);
  // Whoever waits at last gets the answer to the question that was asked first.
  server_->answer.raise();
  EXPECT_TRUE(lookup_.find(limits(30s), found_).ok());
}

TEST_F(SyslogNameLookup, AsksAnewAfterAnAnswer) {
  server_->answer.raise();
  EXPECT_TRUE(lookup_.find(limits(30s), found_).ok());
  EXPECT_TRUE(lookup_.find(limits(30s), found_).ok());
  EXPECT_EQ(server_->questions, 2);
}

TEST_F(SyslogNameLookup, MayEndBeforeItsAnswerComes) {
  {
    NameLookup gone("logs.example.org", "514", SilentServer::resolver(server_));
    EXPECT_FALSE(gone.find(limits(1ms), found_).ok());
    await(server_->asked);
  }
  server_->answer.raise();
}

TEST(SyslogNames, ThatDoNotExistAreUnavailable) {
  NameLookup lookup(
      "logs.example.org", "514",
      [](const char*, const char*, const addrinfo*, addrinfo**) { return EAI_NONAME; });
  std::vector<SocketAddress> found;
  const Result result =
      lookup.find({.until = Clock::now() + 30s, .cancelFd = -1, .stopFd = -1}, found);
  EXPECT_EQ(result.code, ErrorClass::Unavailable);
  EXPECT_THAT(result.problem, HasSubstr("looking up logs.example.org: "));
}

}  // namespace
}  // namespace holdfast::syslog
