// SPDX-License-Identifier: Apache-2.0
#include "uplink/transitions.hpp"

#include "unit/uplink/samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::uplink {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TransitionsTest : public ::testing::Test {
 protected:
  void show(std::vector<engine::ServiceView> services) {
    clock_.pass(1s);
    transitions_.look(*snapshotOf(std::move(services), clock_.now()));
  }

  void store() {
    const auto changes = transitions_.takeChanges();
    if (!changes.empty())
      store_.commitUplink(changes);
  }

  // As kill -9 and a start would.
  void kill() {
    transitions_ = Transitions(limits_);
    transitions_.restore(store_.loadUplink());
  }

  // "1 error manifest unknown", oldest first.
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> all;
    for (const Transition& one : transitions_.waiting()) {
      all.push_back(std::to_string(one.seq) + (one.resolved ? " resolved " : " error ") +
                    one.error.message);
    }
    return all;
  }

  TransitionLimits limits_;
  ManualClock clock_;
  MemoryStore store_;
  Transitions transitions_;
};

TEST_F(TransitionsTest, AnErrorAppearsOnceAndGoesOnce) {
  show({running()});
  show({failing()});
  show({failing()});
  show({running()});
  show({running()});
  EXPECT_THAT(told(), ElementsAre("1 error manifest unknown", "2 resolved manifest unknown"));
}

TEST_F(TransitionsTest, SaysWhichServiceAndSinceWhen) {
  auto view = failing();
  view.status.error->timestamp = clock_.now().wall - 7s;
  show({view});
  const Transition& one = transitions_.waiting().front();
  EXPECT_EQ(one.at, view.status.error->timestamp);
  EXPECT_EQ(one.error.appId, "1001");
  EXPECT_EQ(one.error.serviceName, "web");
  EXPECT_EQ(one.error.type, "ImagePullBackOff");
  EXPECT_EQ(one.error.retryCount, 3);
  show({running()});
  EXPECT_EQ(transitions_.waiting().back().at, clock_.now().wall);
}

TEST_F(TransitionsTest, AnotherCauseIsAnError) {
  show({failing("manifest unknown")});
  show({failing("no such host")});
  EXPECT_THAT(told(), ElementsAre("1 error manifest unknown", "2 error no such host"));
}

TEST_F(TransitionsTest, TheSameMessageOfAnotherImageIsAnotherCause) {
  show({failing()});
  auto other = failing();
  other.status.imageName = "web:2";
  show({other});
  EXPECT_EQ(told().size(), 2U);
}

TEST_F(TransitionsTest, WhatOnlyCountsIsTheSameCause) {
  show({failing("dial tcp 192.0.2.1:443 from port 49152: timed out")});
  auto again = failing("dial tcp 192.0.2.1:443 from port 50222: timed out");
  again.status.error->retryCount = 4;
  again.status.error->type = "ErrImagePull";
  show({again});
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(TransitionsTest, ExitCodesAreCauses) {
  show({failing("exited with code 1")});
  show({failing("exited with code 137")});
  EXPECT_EQ(told().size(), 2U);
}

TEST_F(TransitionsTest, AServiceThatWaitsHasNotRecovered) {
  show({failing()});
  show({pending()});
  auto pulling = pending();
  pulling.status.error = failing().status.error;
  show({pulling});
  show({failing()});
  EXPECT_THAT(told(), ElementsAre("1 error manifest unknown"));
}

TEST_F(TransitionsTest, AServiceThatRunsBetweenCrashesHasNotRecovered) {
  show({failing("exited with code 1")});
  auto between = running();
  between.ledger = failing().ledger;
  show({between});
  show({failing("exited with code 1")});
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(TransitionsTest, AnEngineThatDoesNotAnswerProvesNothing) {
  show({failing()});
  auto stale = running();
  stale.status.stale = true;
  show({stale});
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(TransitionsTest, AStopEndsAnError) {
  show({failing()});
  auto stopped = running();
  stopped.status.serviceStatus = model::ServiceStatusWord::Stopped;
  stopped.ledger = failing().ledger;
  show({stopped});
  EXPECT_THAT(told(), ElementsAre("1 error manifest unknown", "2 resolved manifest unknown"));
}

TEST_F(TransitionsTest, TheErrorOfAServiceThatLeftTheTargetIsOver) {
  show({failing(), running("db")});
  show({running("db")});
  EXPECT_THAT(told(), ElementsAre("1 error manifest unknown", "2 resolved manifest unknown"));
}

TEST_F(TransitionsTest, WithoutATargetNothingIsOver) {
  show({failing()});
  auto none = snapshotOf({}, clock_.now());
  none->target = nullptr;
  transitions_.look(*none);
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(TransitionsTest, AKillLosesNothingAndTellsNothingTwice) {
  show({failing()});
  store();
  kill();
  show({pending()});
  show({failing()});
  EXPECT_THAT(told(), ElementsAre("1 error manifest unknown"));
  show({running()});
  store();
  kill();
  show({running()});
  show({failing("no such host")});
  EXPECT_THAT(told(), ElementsAre("1 error manifest unknown", "2 resolved manifest unknown",
                                  "3 error no such host"));
}

TEST_F(TransitionsTest, WhatWasNotStoredIsFoundAgain) {
  show({failing()});
  kill();
  show({failing()});
  EXPECT_THAT(told(), ElementsAre("1 error manifest unknown"));
}

TEST_F(TransitionsTest, WhatWasDeliveredIsForgottenButItsNumbersAreNot) {
  show({failing()});
  show({running()});
  transitions_.delivered(2);
  store();
  kill();
  EXPECT_THAT(told(), IsEmpty());
  show({failing()});
  EXPECT_THAT(told(), ElementsAre("3 error manifest unknown"));
  EXPECT_EQ(transitions_.dropped(), 0);
}

TEST_F(TransitionsTest, WhatCameAfterADeliveredReportStays) {
  show({failing()});
  show({running()});
  transitions_.delivered(1);
  EXPECT_THAT(told(), ElementsAre("2 resolved manifest unknown"));
}

TEST_F(TransitionsTest, TheOldestAreDroppedAndCounted) {
  limits_.entries = 3;
  transitions_ = Transitions(limits_);
  for (int i = 0; i < 5; ++i)
    show({failing("cause " + std::string(1, static_cast<char>('a' + i)))});
  EXPECT_THAT(told(), ElementsAre("3 error cause c", "4 error cause d", "5 error cause e"));
  EXPECT_EQ(transitions_.dropped(), 2);
  store();
  EXPECT_EQ(store_.kept.count("transition/1"), 0U);
  kill();
  EXPECT_EQ(transitions_.dropped(), 2);
}

TEST_F(TransitionsTest, WhatIsDroppedWhileAReportIsOnItsWayAndWasInItIsNotCounted) {
  limits_.entries = 2;
  transitions_ = Transitions(limits_);
  show({failing("a")});
  show({failing("b")});
  const auto inReport = transitions_.lastSeq();
  show({failing("c")});
  EXPECT_EQ(transitions_.dropped(), 1);
  transitions_.delivered(inReport);
  EXPECT_EQ(transitions_.dropped(), 0);
  EXPECT_THAT(told(), ElementsAre("3 error c"));
}

TEST_F(TransitionsTest, AreBoundedInBytes) {
  limits_.bytes = 3000;
  transitions_ = Transitions(limits_);
  for (char c = 'a'; c < 'k'; ++c)
    show({failing(std::string(1000, c))});
  EXPECT_EQ(transitions_.waiting().size(), 2U);
  EXPECT_EQ(transitions_.dropped(), 8);
}

TEST_F(TransitionsTest, NothingNewIsNothingToStore) {
  show({failing()});
  store();
  show({failing()});
  EXPECT_THAT(transitions_.takeChanges(), IsEmpty());
}

TEST_F(TransitionsTest, DamagedRecordsAreForgotten) {
  show({failing()});
  show({running()});
  store();
  store_.kept["transition/1"] = "{";
  store_.kept["error/1001/db"] = R"({"retryCount":"x"})";
  store_.kept.erase("transitions");
  Transitions restored(limits_);
  EXPECT_THAT(restored.restore(store_.loadUplink()), ElementsAre("error/1001/db", "transition/1"));
  EXPECT_EQ(restored.waiting().size(), 1U);
  EXPECT_EQ(restored.lastSeq(), 2);
  const auto changes = restored.takeChanges();
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_FALSE(changes[0].body);
}

}  // namespace
}  // namespace holdfast::uplink
