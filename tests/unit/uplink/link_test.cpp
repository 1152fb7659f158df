// SPDX-License-Identifier: Apache-2.0
// What the link does while all is well, and its state across restarts.
#include "unit/uplink/link_fixture.hpp"

#include <gmock/gmock.h>

namespace holdfast::uplink {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LinkTest : public LinkFixture {};

TEST_F(LinkTest, DoesNothingBeforeTheEnginesFirstWord) {
  pass(1h);
  EXPECT_THAT(cloud_.polls, IsEmpty());
  EXPECT_THAT(cloud_.attempts, IsEmpty());
}

TEST_F(LinkTest, AsksAndReportsSoonAfterTheStart) {
  show({running()});
  pass(5s);
  EXPECT_THAT(cloud_.polls, SizeIs(1));
  ASSERT_THAT(cloud_.reports, SizeIs(1));
  EXPECT_EQ(lastReport().at("device").at("name"), "gateway-17");
  EXPECT_EQ(lastReport().at("sequence"), 1);
}

TEST_F(LinkTest, TheFirstReportWaitsForALookAtTheEngines) {
  show({pending()});
  snapshot_->runtimes[0].observedAt.reset();
  link_->look(snapshot_);
  pass(9s);
  EXPECT_THAT(cloud_.attempts, IsEmpty());
  show({running()});
  pass(0s);
  EXPECT_EQ(lastReport().at("services").at(0).at("serviceStatus"), "running");
}

TEST_F(LinkTest, TheFirstReportDoesNotWaitForAnEngineThatSaysNothing) {
  snapshot_ = snapshotOf({pending()}, clock_.now());
  snapshot_->runtimes[0].observedAt.reset();
  link_->look(snapshot_);
  pass(10s);
  EXPECT_THAT(cloud_.reports, SizeIs(1));
}

TEST_F(LinkTest, AnHourWithoutChangesIsPollsByEtagAndHeartbeatsAndNothingWritten) {
  cloud_.document = FetchedTarget{R"({"apps":{},"version":"1"})", "W/\"etag one\""};
  show({running()});
  pass(1min);
  const int commits = store_.commits;
  cloud_.etags.clear();
  cloud_.reports.clear();
  for (int minute = 0; minute < 60; ++minute) {
    show({running()});  // the engine's resync
    pass(1min);
  }
  EXPECT_THAT(cloud_.etags, SizeIs(60));
  EXPECT_THAT(cloud_.etags, Each("W/\"etag one\""));
  EXPECT_THAT(cloud_.reports, SizeIs(15));
  EXPECT_THAT(submitted_, SizeIs(1));
  EXPECT_EQ(store_.commits, commits);
}

TEST_F(LinkTest, PollsAreSpreadByATenth) {
  show({running()});
  random_ = 0;
  pass(1min);
  cloud_.polls.clear();
  pass(10min);
  ASSERT_GE(cloud_.polls.size(), 3U);
  EXPECT_EQ(cloud_.polls[1] - cloud_.polls[0], 54s);
  random_ = 0.999999;
  pass(2min);
  cloud_.polls.clear();
  pass(10min);
  EXPECT_NEAR(static_cast<double>((cloud_.polls[1] - cloud_.polls[0]).count()), 66'000, 1);
}

TEST_F(LinkTest, AChangeIsReportedAtOnceAndAtMostEveryFiveSeconds) {
  show({running()});
  pass(1min);
  cloud_.attempts.clear();
  show({failing()});
  ASSERT_THAT(cloud_.attempts, SizeIs(1));
  show({failing("another")});
  show({running()});
  show({failing("a third")});
  EXPECT_THAT(cloud_.attempts, SizeIs(1));
  pass(10s);
  ASSERT_THAT(cloud_.attempts, SizeIs(2));
  EXPECT_EQ(cloud_.attempts[1].at - cloud_.attempts[0].at, 5s);
  EXPECT_EQ(lastReport().at("services").at(0).at("error").at("message"), "a third");
  EXPECT_EQ(lastReport().at("transitions").as_array().size(), 3U);
}

TEST_F(LinkTest, AnErrorIsGoneFromTheReportOnceItIsOver) {
  show({failing()});
  pass(1min);
  show({running()});
  pass(5s);
  const auto& service = lastReport().at("services").at(0).as_object();
  EXPECT_FALSE(service.contains("error"));
  ASSERT_EQ(lastReport().at("transitions").as_array().size(), 1U);
  EXPECT_EQ(lastReport().at("transitions").at(0).at("type"), "resolved");
  pass(10min);
  EXPECT_EQ(lastReport().at("transitions").as_array().size(), 0U);
}

TEST_F(LinkTest, ASlowReportHoldsUpNoPollAndIsAloneOnItsWay) {
  show({running()});
  pass(1min);
  cloud_.holdReports = true;
  show({failing()});
  ASSERT_THAT(cloud_.held, SizeIs(1));
  const auto polls = cloud_.polls.size();
  show({running()});
  pass(5min);
  EXPECT_GE(cloud_.polls.size(), polls + 4);
  EXPECT_THAT(cloud_.held, SizeIs(1));
  cloud_.holdReports = false;
  cloud_.held.front()({});
  settle();
  EXPECT_EQ(lastReport().at("services").at(0).at("serviceStatus"), "running");
  // What came while it was on its way is told by the next.
  ASSERT_EQ(lastReport().at("transitions").as_array().size(), 1U);
  EXPECT_EQ(lastReport().at("transitions").at(0).at("seq"), 2);
}

TEST_F(LinkTest, ASlowPollHoldsUpNoReport) {
  show({running()});
  pass(1min);
  cloud_.holdPolls = true;
  const auto polls = cloud_.polls.size();
  pass(5min);
  EXPECT_THAT(cloud_.polls, SizeIs(polls + 1));
  show({failing()});
  EXPECT_EQ(lastReport().at("services").at(0).at("serviceStatus"), "error");
}

TEST_F(LinkTest, NumbersOfReportsGrowOverRestartsAndAreReservedInBlocks) {
  show({running()});
  pass(1min);
  const auto last = cloud_.reports.back().sequence;
  const auto reserved = store_.kept.at("sequence");
  kill();
  pass(1min);
  EXPECT_GT(cloud_.reports.back().sequence, last);
  EXPECT_NE(store_.kept.at("sequence"), reserved);
}

TEST_F(LinkTest, AnHourCutOffAndKilledTwiceEndsWithTheTruthAndEveryTransitionInOrder) {
  show({running()});
  pass(1min);
  cloud_.away();
  for (int i = 0; i < 50; ++i) {
    if (i % 2 == 0) {
      show({failing("cause " + std::string(1, static_cast<char>('a' + i % 26)))});
    } else {
      show({running()});
    }
    if (i == 17 || i == 34)
      kill();
    pass(72s);
  }
  show({running(), failing("the end", "db")});
  cloud_.reports.clear();
  cloud_.back();
  pass(10min);

  ASSERT_FALSE(cloud_.reports.empty());
  const auto& first = cloud_.reports.front().content;
  EXPECT_EQ(first.at("services").at(0).at("serviceStatus"), "running");
  EXPECT_EQ(first.at("services").at(1).at("error").at("message"), "the end");
  const auto& told = first.at("transitions").as_array();
  ASSERT_EQ(told.size(), 51U);
  for (std::size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(told[i].at("seq"), static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(told[i].at("type"), i % 2 == 0 ? "error" : "resolved");
  }
  EXPECT_EQ(first.at("truncated"), 0);
  for (std::size_t i = 1; i < cloud_.reports.size(); ++i) {
    EXPECT_EQ(cloud_.reports[i].content.at("transitions").as_array().size(), 0U);
    EXPECT_GT(cloud_.reports[i].sequence, cloud_.reports[i - 1].sequence);
  }
}

TEST_F(LinkTest, AReportThatWasDeliveredUnseenIsToldAgainUnderTheSameNumbers) {
  show({running()});
  pass(1min);
  cloud_.holdReports = true;
  show({failing()});
  ASSERT_THAT(cloud_.held, SizeIs(1));
  const auto seq = cloud_.attempts.back().content.at("transitions").at(0).at("seq");
  cloud_.holdReports = false;
  kill();  // the answer is lost
  pass(10s);
  ASSERT_EQ(lastReport().at("transitions").as_array().size(), 1U);
  EXPECT_EQ(lastReport().at("transitions").at(0).at("seq"), seq);
}

TEST_F(LinkTest, IntervalsOfTheTargetCountAtOnce) {
  show({running()});
  pass(1min);
  cloud_.polls.clear();
  cloud_.reports.clear();
  applyLocally(R"({"apps":{},"version":"2","config":{"settings":{)"
               R"("targetStatePollIntervalMs":5000,"deviceReportIntervalMs":30000,)"
               R"("reconciliationIntervalMs":1}}})");
  pass(5min);
  EXPECT_THAT(cloud_.polls, SizeIs(60));
  EXPECT_THAT(cloud_.reports, SizeIs(::testing::AllOf(::testing::Ge(10U), ::testing::Le(12U))));
  EXPECT_THAT(resyncs_, ElementsAre(std::optional(kReconcileBounds.least)));
  applyLocally(R"({"apps":{},"version":"3"})");
  EXPECT_EQ(resyncs_.back(), std::nullopt);
  pass(1min);
  cloud_.polls.clear();
  pass(10min);
  EXPECT_THAT(cloud_.polls, SizeIs(10));
}

TEST_F(LinkTest, ShowsItself) {
  show({running()});
  pass(1min);
  cloud_.reportAnswer = failure(ErrorClass::Unavailable, "503 from the cloud");
  show({failing()});
  const auto view = link_->view();
  EXPECT_EQ(view.uplink, "iotistic");
  EXPECT_EQ(view.enrolment, sdk::EnrolmentStep::None);
  EXPECT_TRUE(view.poll.lastOk);
  EXPECT_EQ(view.poll.error, "");
  EXPECT_GT(view.poll.next, clock_.now().wall);
  EXPECT_EQ(view.report.error, "503 from the cloud");
  EXPECT_EQ(view.report.errorClass, "unavailable");
  EXPECT_EQ(view.report.failures, 1);
  EXPECT_EQ(view.report.lastTried, clock_.now().wall);
  EXPECT_EQ(view.waitingTransitions, 1U);
  ASSERT_THAT(view.facts, SizeIs(1));
  EXPECT_EQ(view.facts[0].value, "2s behind");
}

TEST_F(LinkTest, MeasuresHowLongTheCloudTakes) {
  show({running()});
  pass(1min);
  cloud_.holdReports = true;
  show({failing()});
  EXPECT_TRUE(link_->view().report.underWay);
  clock_.pass(1700ms);
  cloud_.held.front()({});
  settle();
  EXPECT_EQ(link_->view().report.latency, 1700ms);
  EXPECT_FALSE(link_->view().report.underWay);
}

}  // namespace
}  // namespace holdfast::uplink
