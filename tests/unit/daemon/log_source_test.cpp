// SPDX-License-Identifier: Apache-2.0
// Containers' output from a console that is told what to write.
#include "daemon/log_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace holdfast::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kPatience{10};

// Writes one line, then waits for its reader to go, as a container does that says no more.
class Console final : public pluginhost::RuntimeConsole {
 public:
  engine::CallResult logs(const pluginhost::LogQuery& asked,
                          pluginhost::OutputReader& reader) override {
    query = asked;
    reader.output({.stream = sdk::OutputStream::Stderr, .at = model::WallTime{5s}, .bytes = "one"});
    while (reader.present() && !over)
      std::this_thread::yield();
    const bool wanted = reader.output({.bytes = "two"});
    return {.errorClass = wanted ? sdk::ErrorClass::Ok : sdk::ErrorClass::Cancelled};
  }
  pluginhost::ExecOutcome exec(const pluginhost::ExecQuery&, pluginhost::OutputReader&) override {
    return {};
  }

  pluginhost::LogQuery query;
  std::atomic<bool> over = false;
};

class LogSourceTest : public ::testing::Test {
 protected:
  std::unique_ptr<engine::RunningCall> follow(const std::string& runtime) {
    return source_.follow(
        {.runtime = runtime, .containerId = "c1", .since = model::WallTime{3s}},
        [this](uplink::LogSourcePort::Line line) {
          if (line.text == "one")
            first_.set_value(line);
        },
        [this](engine::CallResult result) { ended_.set_value(result.errorClass); });
  }
  sdk::ErrorClass ending() {
    auto ended = ended_.get_future();
    EXPECT_EQ(ended.wait_for(kPatience), std::future_status::ready);
    return ended.get();
  }

  Console console_;
  std::promise<uplink::LogSourcePort::Line> first_;
  std::promise<sdk::ErrorClass> ended_;
  LogSource source_{
      [this](const std::string& runtime) { return runtime == "docker" ? &console_ : nullptr; }};
};

TEST_F(LogSourceTest, HandsLinesOnAsTheyCome) {
  const auto call = follow("docker");
  const auto line = first_.get_future().get();
  EXPECT_EQ(line.at, model::WallTime{5s});
  EXPECT_TRUE(line.isStderr);
  EXPECT_EQ(console_.query.containerId, "c1");
  EXPECT_EQ(console_.query.since, model::WallTime{3s});
  EXPECT_TRUE(console_.query.follow);
  console_.over = true;
  EXPECT_EQ(ending(), sdk::ErrorClass::Ok);
}

TEST_F(LogSourceTest, EndsWithItsHandle) {
  auto call = follow("docker");
  first_.get_future().wait();
  call.reset();
  EXPECT_EQ(ending(), sdk::ErrorClass::Cancelled);
}

TEST_F(LogSourceTest, EndsWhenItIsStoppedAndBeginsNothingAfterwards) {
  const auto call = follow("docker");
  first_.get_future().wait();
  source_.stop();
  EXPECT_EQ(ending(), sdk::ErrorClass::Cancelled);
  ended_ = {};
  const auto late = follow("docker");
  EXPECT_EQ(ending(), sdk::ErrorClass::Unavailable);
}

TEST_F(LogSourceTest, ARuntimeThatIsNotLoadedHasNoOutput) {
  const auto call = follow("podman");
  EXPECT_EQ(ending(), sdk::ErrorClass::Unavailable);
}

}  // namespace
}  // namespace holdfast::daemon
