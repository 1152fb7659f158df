// SPDX-License-Identifier: Apache-2.0
// The engine's own thread, and who lives on it beside the reconciler.
#include "engine/engine.hpp"

#include "support/world.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <thread>

namespace holdfast::engine::test {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::seconds kPatience{10};

class Lodger final : public Companion {
 public:
  void begin(retry::RetryManager& ledger, Post post) override {
    itsLedger = &ledger;
    itsPost = std::move(post);
  }
  void tick() override {
    thread = std::this_thread::get_id();
    if (rounds++ == 0)
      first.set_value();
    if (charge) {
      charge = false;
      itsLedger->recordFailure("cloud:poll", {.message = "no route"}, model::BootTime{},
                               model::SystemClock().now());
    }
  }
  [[nodiscard]] model::BootTime nextWake() const override { return model::BootTime::max(); }

  retry::RetryManager* itsLedger = nullptr;
  Post itsPost;
  std::promise<void> first;
  std::atomic<int> rounds = 0;
  std::thread::id thread;
  bool charge = false;
};

class EngineTest : public ::testing::Test {
 protected:
  ~EngineTest() override { engine_.stop(false); }

  // A command that has been through the thread.
  void round() { ASSERT_EQ(engine_.retryAll().wait_for(kPatience), std::future_status::ready); }

  MemoryStore store_;
  model::SystemClock clock_;
  Lodger one_;
  Lodger other_;
  Engine engine_{{}, {}, store_, clock_, {}, {&one_, &other_}};
};

TEST_F(EngineTest, EveryCompanionIsCalledOnItsThreadWithTheOneLedger) {
  engine_.start();
  ASSERT_EQ(one_.first.get_future().wait_for(kPatience), std::future_status::ready);
  ASSERT_EQ(other_.first.get_future().wait_for(kPatience), std::future_status::ready);
  round();
  engine_.stop(false);
  EXPECT_EQ(one_.thread, other_.thread);
  EXPECT_NE(one_.thread, std::this_thread::get_id());
  EXPECT_EQ(one_.itsLedger, other_.itsLedger);
}

TEST_F(EngineTest, WhatACompanionDoesToTheLedgerIsStored) {
  other_.charge = true;
  engine_.start();
  round();
  engine_.stop(false);
  const auto loaded = store_.load(clock_.now());
  ASSERT_EQ(loaded.ledger.entries.size(), 1U);
  EXPECT_EQ(loaded.ledger.entries[0].key, "cloud:poll");
}

TEST_F(EngineTest, ACompanionIsAnsweredOnTheThreadOnceItsTargetIsStored) {
  engine_.start();
  std::promise<std::pair<CommandResult, std::thread::id>> answer;
  engine_.setTarget({.text = R"({"apps": {}, "version": 7})",
                     .strictness = model::Strictness::Lenient,
                     .source = TargetSource::Cloud,
                     .sourceDetail = "https://cloud.example",
                     .etag = "W/\"e1\""},
                    [&](CommandResult result) {
                      answer.set_value({std::move(result), std::this_thread::get_id()});
                    });
  auto future = answer.get_future();
  ASSERT_EQ(future.wait_for(kPatience), std::future_status::ready);
  const auto [result, thread] = future.get();
  EXPECT_EQ(result.code, CommandResult::Code::Done);
  EXPECT_EQ(result.revision, 1);
  engine_.stop(false);
  EXPECT_EQ(thread, one_.thread);
  ASSERT_TRUE(store_.state.target);
  EXPECT_EQ(store_.state.target->etag, "W/\"e1\"");
  EXPECT_EQ(engine_.snapshot()->storedTarget->etag, "W/\"e1\"");
}

TEST_F(EngineTest, ARefusedTargetIsAnsweredWithItsProblems) {
  engine_.start();
  std::promise<CommandResult> answer;
  engine_.setTarget(
      {.text = "{]", .strictness = model::Strictness::Lenient, .source = TargetSource::Cloud},
      [&](CommandResult result) { answer.set_value(std::move(result)); });
  auto future = answer.get_future();
  ASSERT_EQ(future.wait_for(kPatience), std::future_status::ready);
  const auto result = future.get();
  EXPECT_EQ(result.code, CommandResult::Code::Invalid);
  ASSERT_FALSE(result.problems.empty());
  EXPECT_THAT(result.message, HasSubstr("the one in force stays"));
}

TEST(Resync, CanBeOverriddenAndTakenBack) {
  World world;
  world.apply(R"({"apps": {}})");
  const auto looksIn = [&](model::Milliseconds time) {
    const int before = world.docker().looks;
    world.advance(time);
    return world.docker().looks - before;
  };
  const std::chrono::minutes kMinute{1};
  EXPECT_EQ(looksIn(kMinute), 2);
  world.agent().overrideResync(std::chrono::seconds{5});
  EXPECT_GE(looksIn(kMinute), 11);
  world.agent().reconfigure(world.settings);
  EXPECT_GE(looksIn(kMinute), 11);
  world.agent().overrideResync(std::nullopt);
  EXPECT_LE(looksIn(kMinute), 3);
}

}  // namespace
}  // namespace holdfast::engine::test
