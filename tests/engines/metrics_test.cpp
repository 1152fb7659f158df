// SPDX-License-Identifier: Apache-2.0
//
// GET /metrics while services fail, heal and leave on a real engine.

#include "engines/agent_test.hpp"
#include "fixtures/lab/temp_dir.hpp"
#include "fixtures/lab/wait_until.hpp"
#include "fixtures/scrape/scrape.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace {

using namespace holdfast::engines;
using holdfast::fixtures::Lab;
using holdfast::fixtures::readScrape;
using holdfast::fixtures::Scrape;
using holdfast::fixtures::writeFile;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Reads the metrics as fast as they come, and holds each answer against the one before.
class Scraping {
 public:
  explicit Scraping(std::string socket) : socket_(std::move(socket)), thread_([this] { run(); }) {}
  ~Scraping() { end(); }
  Scraping(const Scraping&) = delete;
  Scraping& operator=(const Scraping&) = delete;

  // What was wrong, and how often it was looked.
  std::vector<std::string> end() {
    over_ = true;
    if (thread_.joinable()) {
      thread_.join();
    }
    return problems_;
  }
  int count() const { return count_; }

 private:
  void run() {
    while (!over_ && problems_.size() < 10) {
      try {
        look(holdfast::fixtures::request(socket_, "GET", "/metrics", {}, kSoon).body);
      } catch (const std::exception& error) {
        problems_.emplace_back(error.what());
      }
    }
  }

  void look(const std::string& text) {
    const Scrape scrape = readScrape(text);
    auto counted = scrape.counted();
    for (const auto& [series, before] : counted_) {
      const auto now = counted.find(series);
      const bool left = now == counted.end();
      if (left && series.find("service=") == std::string::npos) {
        problems_.push_back(series + " is gone");
      } else if (!left && now->second < before) {
        problems_.push_back(series + " went down from " + std::to_string(before) + " to " +
                            std::to_string(now->second));
      }
    }
    counted_ = std::move(counted);
    ++count_;
  }

  const std::string socket_;
  std::map<std::string, double> counted_;
  std::vector<std::string> problems_;
  std::atomic<int> count_ = 0;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

class Metrics : public AgentTest {
 protected:
  std::string text() { return agent().call("GET", "/metrics").body; }
  double value(const std::string& series) {
    const auto shown = readScrape(text()).series;
    const auto found = shown.find(series);
    return found == shown.end() ? -1 : found->second;
  }

  // What `promtool check metrics` has to say.
  std::string promtool(const std::string& metrics) {
    const auto file = agent().directory() / "metrics.prom";
    writeFile(file, metrics);
    const auto ended = holdfast::fixtures::run(
        {.command = {"sh", "-c", "exec promtool check metrics <\"$METRICS\""},
         .environment = {{"METRICS", file}}});
    return ended.standardOutput + ended.standardError;
  }
};

TEST_F(Metrics, AreWholeAndCountUpwardsWhileServicesFailHealAndLeave) {
  startAgent({{"retry.image.initial", "1s"}, {"retry.crash.initial", "1s"}});
  Scraping scraping(agent().directory() / "holdfast.sock");
  const std::string image = "flaky/counted:1.0";
  const auto runs = service("runs", Lab::image("sleeper:1.0"));
  const auto heals = service("heals", Lab::faultyImage(image));
  const auto ends = service("ends", Lab::image("exit1:1.0"));

  agent().apply(target({runs, heals, ends}));
  ASSERT_TRUE(shows("lab/runs", {{"serviceStatus", "running"}}));
  ASSERT_TRUE(tells("lab/heals", "Failed", "manifest unknown", 3));
  ASSERT_TRUE(tells("lab/ends", "Started", {}, 4));
  EXPECT_GE(value(R"(holdfast_service_retry_attempt{app="lab",service="heals"})"), 2);
  EXPECT_GE(value(R"(holdfast_service_restarts_total{app="lab",service="ends"})"), 2);
  EXPECT_GE(value(R"(holdfast_service_crashes{app="lab",service="ends"})"), 2);

  faults_.set(image, "ok");
  ASSERT_TRUE(shows("lab/heals", {{"serviceStatus", "running"}}));
  EXPECT_EQ(value(R"(holdfast_service_retry_attempt{app="lab",service="heals"})"), 0);
  EXPECT_EQ(value(R"(holdfast_service_ready{app="lab",service="heals"})"), 1);
  // A restart that was asked for is none that is counted; with it the container stays.
  agent().command("lab/runs", "restart");
  ASSERT_TRUE(tells("lab/runs", "Started", {}, 2));

  ASSERT_TRUE(holds(target({runs})));
  EXPECT_EQ(value(R"(holdfast_service_restarts_total{app="lab",service="runs"})"), 0);
  EXPECT_THAT(text(), Not(HasSubstr("service=\"ends\"")));
  ASSERT_TRUE(holds(target({runs, ends, heals})));
  ASSERT_TRUE(holds(target({})));

  EXPECT_THAT(scraping.end(), IsEmpty());
  EXPECT_GT(scraping.count(), 20);
  EXPECT_THAT(text(), Not(HasSubstr("service=")));
  EXPECT_EQ(promtool(text()), "");
  const std::string name = holdfast::fixtures::nameOf(kind());
  EXPECT_EQ(value("holdfast_engine_up{runtime=\"" + name + "\"}"), 1);
  EXPECT_GE(
      value("holdfast_engine_call_duration_seconds_count{call=\"createContainer\",runtime=\"" +
            name + "\"}"),
      3);
  EXPECT_GE(value("holdfast_image_pulls_total{class=\"not_found\",result=\"failed\",runtime=\"" +
                  name + "\"}"),
            2);
}

}  // namespace
