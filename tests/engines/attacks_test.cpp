// SPDX-License-Identifier: Apache-2.0
//
// The agent brings a service back as fast while its API is under attack as it does in peace.

#include "engines/agent_test.hpp"
#include "engines/medians.hpp"
#include "fixtures/lab/wait_until.hpp"
#include "fixtures/net/loopback.hpp"
#include "fixtures/net/tcp_client.hpp"

#include <gtest/gtest.h>

#include <signal.h>

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace {

using namespace holdfast::engines;
using namespace std::chrono_literals;
using holdfast::fixtures::allowDescriptors;
using holdfast::fixtures::freePort;
using holdfast::fixtures::Lab;
using holdfast::fixtures::loopbackSender;
using holdfast::fixtures::TcpClient;
using holdfast::fixtures::waitUntil;
using holdfast::fixtures::writeFile;

const std::string kToken = "operate-0123456789ab";

// Everything at once and over and over: a thousand connections that say nothing or drip, guesses,
// foreign names and pages, heads without end, and followers that never read.
class Attackers {
 public:
  explicit Attackers(int port) : port_(port), thread_([this] { run(); }) {}
  ~Attackers() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Attackers(const Attackers&) = delete;
  Attackers& operator=(const Attackers&) = delete;

  // Blocks until each attack was made once.
  void waitForFirstRound() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return rounds_ > 0; });
  }

 private:
  static constexpr int kCrowd = 1'000;
  static constexpr int kFollowers = 64;
  static constexpr int kTinyWindow = 4'096;
  static constexpr auto kBetweenRounds = 100ms;

  static std::string request(const std::string& headers, const std::string& path = "/v1/info") {
    return "GET " + path + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n";
  }

  void run() {
    std::vector<TcpClient> followers;
    for (int i = 0; i < kFollowers; ++i) {
      followers.emplace_back(port_, i % 2 == 0 ? "127.0.9.1" : "127.0.9.2", kTinyWindow);
      followers.back().send(request("Host: localhost\r\nAuthorization: Bearer " + kToken + "\r\n",
                                    "/v1/events/stream?services=1"));
    }
    std::vector<TcpClient> crowd;
    for (int turn = 0; !isOver(); ++turn) {
      if (turn % 50 == 0) {
        crowd.clear();
        for (int i = 0; i < kCrowd; ++i) {
          crowd.emplace_back(port_, loopbackSender(i));
        }
      }
      for (std::size_t i = 0; i < crowd.size(); i += 2) {
        crowd[i].send("G");
      }
      single("127.0.8.1", request("Host: localhost\r\nAuthorization: Bearer wrong\r\n"));
      single("127.0.8.2", request("Host: evil.example\r\n"));
      single("127.0.8.3", request("Host: localhost\r\nOrigin: http://evil.example\r\n"));
      single("127.0.8.4", request("Host: localhost\r\n", "/v1/../%2e%2e/v1/target"));
      if (turn % 10 == 0) {
        single("127.0.8.5", "GET / HTTP/1.1\r\nX: " + std::string(10u << 20, 'a'));
      }
    }
  }

  void single(const std::string& from, const std::string& bytes) const {
    TcpClient client(port_, from);
    client.send(bytes);
    client.receive({}, 1s);
  }

  bool isOver() {
    std::unique_lock lock(mutex_);
    ++rounds_;
    changed_.notify_all();
    return changed_.wait_for(lock, kBetweenRounds, [this] { return over_; });
  }

  const int port_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  int rounds_ = -1;  // that are over
  std::thread thread_;
};

class UnderAttack : public AgentTest {
 protected:
  // Kills the process of service "steady" so many times; the milliseconds from each end to the next
  // start, both as the engine noted them.
  void addRestarts(std::vector<double>& times, int count) {
    for (int i = 0; i < count; ++i) {
      const auto before = inspect("steady").at("State").as_object();
      ::kill(before.at("Pid").to_number<pid_t>(), SIGKILL);
      json::object after;
      const auto isBack = [&] {
        try {
          after = inspect("steady").at("State").as_object();
        } catch (const std::runtime_error&) {
          return false;  // between two runs there may be nothing to tell
        }
        return after.at("Running").as_bool() && after.at("StartedAt") != before.at("StartedAt");
      };
      const bool back = waitUntil(isBack, kSoon, 20ms);
      ASSERT_TRUE(back) << "it was not started again: " << json::serialize(after);
      times.push_back(static_cast<double>(millisecondsOf(after.at("StartedAt")) -
                                          millisecondsOf(after.at("FinishedAt"))));
    }
  }
};

TEST_F(UnderAttack, AServiceIsBackAsSoonAsInPeace) {
  constexpr int kLeast = 6;
  constexpr int kMost = 40;
  constexpr double kSure = 0.1;
  ASSERT_TRUE(allowDescriptors(4'000));
  const int port = freePort();
  auto& agent = makeAgent({{"retry.crash.initial", "1ms"},
                           {"retry.crash.max", "1ms"},
                           {"api.listen", "127.0.0.1:" + std::to_string(port)},
                           {"api.maxConnections", "128"},
                           {"api.maxFollowers", "80"}});
  const auto tokens = agent.directory() / "tokens";
  writeFile(tokens, "operate:desk:" + kToken + "\n");
  std::filesystem::permissions(tokens, std::filesystem::perms(0600));
  agent.configure({{"api.tokenFile", tokens}});
  agent.start();
  ASSERT_TRUE(
      holds(target({service("steady", Lab::image("sleeper:1.0"), {{"networkMode", "host"}})})));
  std::vector<double> calm;
  std::vector<double> attacked;
  // By turns, each first every other time, so that whatever else the machine does weighs on both.
  for (int turn = 0; turn < kMost; ++turn) {
    if (turn >= kLeast && uncertainty(calm) < kSure && uncertainty(attacked) < kSure) {
      break;
    }
    for (const bool attacks : {turn % 2 == 1, turn % 2 == 0}) {
      std::optional<Attackers> attackers;
      if (attacks) {
        attackers.emplace(port);
        attackers->waitForFirstRound();
      }
      addRestarts(attacks ? attacked : calm, 2);
    }
  }
  const double before = median(calm);
  const double with = median(attacked);
  std::cout << "end to start: " << before << " ms, under attack " << with << " ms (medians of "
            << calm.size() << "), ratio " << with / before << "\ncalm:" << text(calm)
            << "\nattacked:" << text(attacked) << "\n";
  EXPECT_LT(with, before * 1.5);
}

}  // namespace
