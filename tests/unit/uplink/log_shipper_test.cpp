// SPDX-License-Identifier: Apache-2.0
#include "uplink/log_shipper.hpp"

#include "unit/uplink/samples.hpp"
#include "uplink/cloud_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace holdfast::uplink {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LogCloud final : public UplinkPort {
 public:
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] sdk::EnrolmentStep enrolment() const override { return step; }
  void enrol(Device, std::function<void(engine::CallResult)>) override {}
  void fetchTarget(std::string,
                   std::function<void(engine::CallResult, std::optional<FetchedTarget>)>) override {
  }
  void deliverReport(std::int64_t, std::string, std::function<void(engine::CallResult)>) override {}
  void deliverLogs(std::vector<LogLine> lines,
                   std::function<void(engine::CallResult)> done) override {
    attempts.push_back(std::move(lines));
    engine::CallResult result;
    result.errorClass = answer;
    done(result);
  }
  [[nodiscard]] std::vector<Fact> facts() const override { return told; }

  sdk::EnrolmentStep step = sdk::EnrolmentStep::None;
  ErrorClass answer = ErrorClass::Ok;
  std::vector<Fact> told;
  std::vector<std::vector<LogLine>> attempts;

 private:
  std::string name_ = "iotistic";
};

class Containers final : public LogSourcePort {
 public:
  struct Followed {
    FollowRequest request;
    std::function<void(Line)> line;
    std::function<void(engine::CallResult)> done;
    std::shared_ptr<bool> wanted = std::make_shared<bool>(true);
  };
  class Handle final : public engine::RunningCall {
   public:
    explicit Handle(std::shared_ptr<bool> wanted) : wanted_(std::move(wanted)) {}
    ~Handle() override { *wanted_ = false; }
    void cancel() override { *wanted_ = false; }

   private:
    std::shared_ptr<bool> wanted_;
  };

  [[nodiscard]] std::unique_ptr<engine::RunningCall> follow(
      FollowRequest request, std::function<void(Line)> line,
      std::function<void(engine::CallResult)> done) override {
    followed.push_back({std::move(request), std::move(line), std::move(done)});
    return std::make_unique<Handle>(followed.back().wanted);
  }

  std::vector<Followed> followed;
};

class LogShipperTest : public ::testing::Test {
 protected:
  LogShipperTest() { start(true); }

  void start(bool enabled) {
    shipper_ = std::make_unique<LogShipper>(cloud_, source_, clock_, enabled, limits_);
    shipper_->begin(ledger_,
                    [this](std::function<void()> work) { posts_.push_back(std::move(work)); });
  }

  static engine::ServiceView withContainer(const std::string& name = "web") {
    auto view = running(name);
    view.container = model::ObservedContainer{};
    view.container->id = "id-of-" + name;
    view.container->state = model::ContainerState::Running;
    return view;
  }
  void show(std::vector<engine::ServiceView> services) {
    shipper_->look(snapshotOf(std::move(services), clock_.now()));
    settle();
  }
  void say(const std::string& text, std::size_t which = 0) {
    source_.followed.at(which).line({.at = clock_.now().wall, .text = text});
    settle();
  }
  void settle() {
    shipper_->tick();
    while (!posts_.empty()) {
      auto work = std::move(posts_.front());
      posts_.pop_front();
      work();
      shipper_->tick();
    }
  }
  void pass(model::Milliseconds time) {
    const auto end = clock_.now().boot + time;
    for (int rounds = 0; shipper_->nextWake() <= end; ++rounds) {
      ASSERT_LT(rounds, 10'000) << "it never rests";
      clock_.pass(std::max(shipper_->nextWake() - clock_.now().boot, model::Milliseconds{0}));
      settle();
    }
    clock_.pass(end - clock_.now().boot);
  }
  [[nodiscard]] std::vector<std::string> textsOf(std::size_t attempt) const {
    std::vector<std::string> texts;
    for (const auto& line : cloud_.attempts.at(attempt))
      texts.push_back(line.text);
    return texts;
  }

  ManualClock clock_;
  LogCloud cloud_;
  Containers source_;
  LogLimits limits_{.batchBytes = 1000, .queueBytes = 3000};
  retry::RetryManager ledger_{{}, [] { return 0.5; }};
  std::deque<std::function<void()>> posts_;
  std::unique_ptr<LogShipper> shipper_;
};

TEST_F(LogShipperTest, FollowsNothingUnlessItIsAskedTo) {
  start(false);
  show({withContainer()});
  EXPECT_THAT(source_.followed, IsEmpty());
  shipper_->setEnabled(true);
  settle();
  show({withContainer()});
  EXPECT_THAT(source_.followed, SizeIs(1));
}

// What came after that may have spoken before it was seen.
TEST_F(LogShipperTest, FollowsWhatRunsOnceAndFromWhenItIsAskedTo) {
  const auto asked = clock_.now().wall;
  clock_.pass(1h);
  show({withContainer(), running("none yet")});
  show({withContainer()});
  ASSERT_THAT(source_.followed, SizeIs(1));
  EXPECT_EQ(source_.followed[0].request.containerId, "id-of-web");
  EXPECT_EQ(source_.followed[0].request.runtime, "docker");
  EXPECT_EQ(source_.followed[0].request.since, asked);
  show({});
  EXPECT_FALSE(*source_.followed[0].wanted);

  shipper_->setEnabled(false);
  shipper_->setEnabled(true);
  settle();
  const auto askedAgain = clock_.now().wall;
  clock_.pass(1h);
  shipper_->setEnabled(true);  // the same configuration, read again
  settle();
  show({withContainer()});
  EXPECT_EQ(source_.followed.at(1).request.since, askedAgain);
}

TEST_F(LogShipperTest, AStepOfTheClockDoesNotBringWhatWasSaidBefore) {
  clock_.time.wall += 24h * 365;
  show({withContainer()});
  EXPECT_EQ(source_.followed.at(0).request.since, clock_.now().wall);
}

TEST_F(LogShipperTest, GathersForTwoSeconds) {
  show({withContainer()});
  say("one");
  clock_.pass(1s);
  say("two");
  EXPECT_THAT(cloud_.attempts, IsEmpty());
  pass(1s);
  ASSERT_THAT(cloud_.attempts, SizeIs(1));
  EXPECT_THAT(textsOf(0), ElementsAre("one", "two"));
  EXPECT_EQ(cloud_.attempts[0][0].service, "web");
  EXPECT_EQ(cloud_.attempts[0][0].appId, "1001");
}

TEST_F(LogShipperTest, AFullBatchGoesAtOnce) {
  show({withContainer()});
  say(std::string(500, 'a'));
  say(std::string(500, 'b'));
  ASSERT_THAT(cloud_.attempts, SizeIs(::testing::Ge(1U)));
  EXPECT_THAT(cloud_.attempts[0], SizeIs(1));
}

TEST_F(LogShipperTest, AFailedBatchGoesAgainByTheLadderAndInOrder) {
  show({withContainer()});
  cloud_.answer = ErrorClass::Transient;
  say("one");
  pass(2s);
  say("two");
  EXPECT_NE(ledger_.find("cloud:logs"), nullptr);
  cloud_.answer = ErrorClass::Ok;
  pass(10s);
  ASSERT_THAT(cloud_.attempts, SizeIs(3));
  EXPECT_EQ(textsOf(1), textsOf(0));
  EXPECT_THAT(textsOf(2), ElementsAre("two"));
  EXPECT_EQ(ledger_.find("cloud:logs"), nullptr);
}

TEST_F(LogShipperTest, TheLedgerIsToldWhereTheClockIsWhy) {
  cloud_.answer = ErrorClass::Transient;
  cloud_.told = {{"clockFault", "this device's clock says 1970"}};
  show({withContainer()});
  say("one");
  pass(2s);
  ASSERT_NE(ledger_.find("cloud:logs"), nullptr);
  EXPECT_EQ(ledger_.find("cloud:logs")->latest.reason, kClockReason);
}

TEST_F(LogShipperTest, ARefusedBatchIsDropped) {
  show({withContainer()});
  cloud_.answer = ErrorClass::Rejected;
  say("one");
  pass(1min);
  EXPECT_THAT(cloud_.attempts, SizeIs(1));
  EXPECT_EQ(ledger_.find("cloud:logs"), nullptr);
}

TEST_F(LogShipperTest, WhatDoesNotFitIsCountedInALine) {
  show({withContainer()});
  cloud_.step = sdk::EnrolmentStep::Register;  // nothing may go yet
  for (int i = 0; i < 10; ++i)
    say(std::string(900, static_cast<char>('a' + i)));
  EXPECT_THAT(cloud_.attempts, IsEmpty());
  cloud_.step = sdk::EnrolmentStep::None;
  pass(1s);
  ASSERT_THAT(cloud_.attempts, SizeIs(::testing::Ge(2U)));
  EXPECT_EQ(textsOf(0).at(0), "7 lines were left out here: more came than could be sent");
  EXPECT_EQ(cloud_.attempts[0][0].service, "web");
  EXPECT_EQ(textsOf(0).at(1)[0], 'h');
}

TEST_F(LogShipperTest, LongLinesAreCut) {
  limits_ = {};
  start(true);
  show({withContainer()});
  say(std::string(50'000, 'x'));
  pass(2s);
  EXPECT_EQ(textsOf(0).at(0).size(), kMaxLogLine);
}

TEST_F(LogShipperTest, AStreamThatEndedIsFollowedAgainAfterTheNextLook) {
  auto view = withContainer();
  show({view});
  const auto look = snapshotOf({view}, clock_.now());
  clock_.pass(1s);
  source_.followed[0].done({});
  settle();
  shipper_->look(look);  // the same look at the engine as before
  EXPECT_THAT(source_.followed, SizeIs(1));
  show({view});
  ASSERT_THAT(source_.followed, SizeIs(2));
  EXPECT_EQ(source_.followed[1].request.since, clock_.now().wall);
}

TEST_F(LogShipperTest, SwitchedOffEverythingEnds) {
  show({withContainer()});
  say("one");
  shipper_->setEnabled(false);
  settle();
  EXPECT_FALSE(*source_.followed[0].wanted);
  pass(1min);
  EXPECT_THAT(cloud_.attempts, IsEmpty());
}

TEST_F(LogShipperTest, NotMoreThanSomeAreFollowed) {
  std::vector<engine::ServiceView> many;
  for (int i = 0; i < 100; ++i)
    many.push_back(withContainer("s" + std::to_string(i)));
  show(many);
  EXPECT_THAT(source_.followed, SizeIs(LogShipper::kMaxFollowed));
  clock_.pass(1h);
  many.erase(many.begin());
  show(many);
  show(many);
  ASSERT_THAT(source_.followed, SizeIs(LogShipper::kMaxFollowed + 1));
  EXPECT_EQ(source_.followed.back().request.since, clock_.now().wall);
}

}  // namespace
}  // namespace holdfast::uplink
