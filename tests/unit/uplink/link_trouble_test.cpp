// SPDX-License-Identifier: Apache-2.0
// Clouds that are away, refuse, slow down, or do not know the device; clocks that step.
#include "unit/uplink/link_fixture.hpp"

#include <gmock/gmock.h>

namespace holdfast::uplink {
namespace {

using sdk::EnrolmentStep;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LinkTroubleTest : public LinkFixture {};

TEST_F(LinkTroubleTest, AReportThatFailedIsNeverSentAsItWas) {
  show({running()});
  pass(1min);
  cloud_.away();
  show({failing("first")});
  pass(1min);
  show({failing("second")});
  cloud_.reports.clear();
  cloud_.attempts.clear();
  cloud_.back();
  pass(5min);
  ASSERT_FALSE(cloud_.attempts.empty());
  EXPECT_EQ(cloud_.attempts[0].content.at("services").at(0).at("error").at("message"), "second");
  EXPECT_EQ(cloud_.attempts[0].content.at("transitions").as_array().size(), 2U);
}

TEST_F(LinkTroubleTest, TheLadderIsFullyRandomAndNeverAboveFiveMinutes) {
  show({running()});
  pass(1min);
  cloud_.away();
  for (const double random : {0.0, 0.5, 0.999}) {
    random_ = random;
    pass(2h);  // it has climbed, and every wait has this part
    cloud_.polls.clear();
    pass(1h);
    ASSERT_GE(cloud_.polls.size(), 2U);
    const auto wait = cloud_.polls[1] - cloud_.polls[0];
    EXPECT_LE(wait, 5min);
    EXPECT_NEAR(static_cast<double>(wait.count()), 300'000 * (1 - random), 301) << random;
  }
}

TEST_F(LinkTroubleTest, OneCallThatIsAnsweredHurriesTheOthersOnce) {
  show({running()});
  pass(1min);
  cloud_.away();
  pass(2h);
  cloud_.attempts.clear();
  cloud_.pollAnswer = {};
  const auto polls = cloud_.polls.size();
  while (cloud_.polls.size() == polls)
    pass(1s);
  ASSERT_THAT(cloud_.attempts, ::testing::Not(IsEmpty()));
  const auto hurried = cloud_.attempts.size();
  pass(500ms);
  EXPECT_LE(cloud_.attempts.size(), hurried + 1);
}

TEST_F(LinkTroubleTest, ARateLimitIsKeptTo) {
  show({running()});
  pass(1min);
  cloud_.pollAnswer = failure(ErrorClass::RateLimited, "429");
  cloud_.pollAnswer.retryAfter = 10min;
  cloud_.polls.clear();
  pass(2min);
  ASSERT_THAT(cloud_.polls, SizeIs(1));
  cloud_.pollAnswer = {};
  pass(8min);
  EXPECT_THAT(cloud_.polls, SizeIs(1));
  pass(2min);
  ASSERT_GE(cloud_.polls.size(), 2U);
  EXPECT_EQ(cloud_.polls[1] - cloud_.polls[0], 10min);
}

TEST_F(LinkTroubleTest, ARateLimitOfReportsHoldsUpNoPolls) {
  show({running()});
  pass(1min);
  cloud_.reportAnswer = failure(ErrorClass::RateLimited, "429");
  cloud_.reportAnswer.retryAfter = 30min;
  show({failing()});
  cloud_.polls.clear();
  cloud_.attempts.clear();
  pass(10min);
  EXPECT_THAT(cloud_.polls, SizeIs(10));
  EXPECT_THAT(cloud_.attempts, IsEmpty());
}

TEST_F(LinkTroubleTest, ARefusedReportWaitsForTheNextChangeAndKeepsItsTransitions) {
  show({running()});
  pass(1min);
  cloud_.reportAnswer = failure(ErrorClass::Rejected, "400: unknown member");
  show({failing()});
  cloud_.attempts.clear();
  pass(3min);
  EXPECT_THAT(cloud_.attempts, IsEmpty());
  EXPECT_EQ(ledger_->find("cloud:report"), nullptr);
  EXPECT_EQ(link_->view().report.error, "400: unknown member");
  cloud_.reportAnswer = {};
  show({running()});
  ASSERT_THAT(cloud_.attempts, SizeIs(1));
  EXPECT_EQ(lastReport().at("transitions").as_array().size(), 2U);
}

TEST_F(LinkTroubleTest, ARefusedReportIsMadeAnewWithTheNextHeartbeat) {
  show({running()});
  pass(1min);
  cloud_.reportAnswer = failure(ErrorClass::Invalid, "too large");
  show({failing()});
  cloud_.attempts.clear();
  pass(5min);
  EXPECT_THAT(cloud_.attempts, SizeIs(1));
}

TEST_F(LinkTroubleTest, ARefusedQuestionGoesOnByItsLadder) {
  show({running()});
  pass(1min);
  cloud_.pollAnswer = failure(ErrorClass::Invalid, "400");
  cloud_.polls.clear();
  pass(30min);
  EXPECT_GE(cloud_.polls.size(), 10U);
}

TEST_F(LinkTroubleTest, AnOutageIsLoggedWhenItBeginsAndWhenItEnds) {
  show({running()});
  pass(1min);
  log_.clear();
  cloud_.pollAnswer = failure(ErrorClass::Transient, "no route to cloud.example");
  pass(1h);
  EXPECT_THAT(log_, ::testing::ElementsAre(
                        "iotistic: asking for the target failed: no route to cloud.example"));
  cloud_.back();
  pass(10min);
  EXPECT_EQ(log_.back(), "iotistic: asking for the target works again");
  EXPECT_EQ(ledger_->find("cloud:poll"), nullptr);
}

TEST_F(LinkTroubleTest, TheDeviceIsEnrolledBeforeAnythingElse) {
  cloud_.step = EnrolmentStep::Register;
  cloud_.afterEnrolment = EnrolmentStep::ExchangeKey;
  cloud_.enrolAnswer = failure(ErrorClass::Transient);
  show({running()});
  EXPECT_THAT(cloud_.enrolments, SizeIs(1));
  EXPECT_EQ(cloud_.device.uuid, snapshot_->owner);
  EXPECT_EQ(cloud_.device.name, "gateway-17");
  EXPECT_EQ(cloud_.device.macAddress, "02:42");
  EXPECT_EQ(cloud_.device.agentVersion, "0.1.0");
  pass(2min);
  EXPECT_THAT(cloud_.polls, IsEmpty());
  EXPECT_THAT(cloud_.attempts, IsEmpty());
  EXPECT_EQ(link_->view().enrolment, EnrolmentStep::Register);
  EXPECT_EQ(link_->view().enrol.failures, 1);

  cloud_.enrolAnswer = {};
  pass(1min);  // half of six minutes
  EXPECT_EQ(cloud_.step, EnrolmentStep::ExchangeKey);
  cloud_.afterEnrolment = EnrolmentStep::None;
  pass(1min);
  settle();
  EXPECT_EQ(ledger_->find("cloud:register"), nullptr);
}

TEST_F(LinkTroubleTest, EnrolmentsAreFewEvenInADayOfRefusals) {
  cloud_.step = EnrolmentStep::ExchangeKey;
  cloud_.enrolAnswer = failure(ErrorClass::Denied, "401");
  show({running()});
  pass(1h);
  EXPECT_LE(cloud_.enrolments.size(), 10U);  // what the strictest cloud allows in an hour
  cloud_.enrolments.clear();
  pass(24h);
  EXPECT_LE(cloud_.enrolments.size(), 24U * 4 + 1);
  EXPECT_NE(ledger_->find("cloud:keyExchange"), nullptr);
}

TEST_F(LinkTroubleTest, APluginThatNeverFinishesEnrolmentIsNotAskedInALoop) {
  cloud_.step = EnrolmentStep::Register;
  cloud_.afterEnrolment.reset();
  show({running()});
  pass(10min);
  EXPECT_LE(cloud_.enrolments.size(), 4U);
  EXPECT_THAT(log_, Contains(HasSubstr("that it still has to")));
}

TEST_F(LinkTroubleTest, ACloudThatForgotTheDeviceIsEnrolledWithAgain) {
  show({running()});
  pass(1min);
  cloud_.pollAnswer = failure(ErrorClass::Denied, "401");
  cloud_.step = EnrolmentStep::Register;
  pass(2min);
  EXPECT_THAT(cloud_.enrolments, SizeIs(1));
  EXPECT_EQ(cloud_.step, EnrolmentStep::None);
}

// Where the clock is why, and a long delay has just begun.
class ClockFaultTest : public LinkFixture {
 protected:
  void failForTheClock() {
    show({running()});
    pass(1min);
    cloud_.blameTheClock();
    cloud_.away();
    pass(2h);
    const auto polls = cloud_.polls.size();
    while (cloud_.polls.size() == polls)
      pass(1s);
    cloud_.polls.clear();
  }
  [[nodiscard]] model::BootTime due(const char* key) const { return *ledger_->find(key)->due; }
  void step(model::Milliseconds by) {
    clock_.time.wall += by;
    settle();
  }
};

TEST_F(ClockFaultTest, AStepOfTheClockMakesWaitingCallsDueAfterARandomPartOfTheirDelay) {
  failForTheClock();
  const auto before = *ledger_->find("cloud:poll");
  ASSERT_GT(before.retryCount, 10);
  const auto now = clock_.now().boot;
  random_ = 0.25;
  step(24h);
  EXPECT_THAT(cloud_.polls, IsEmpty()) << "not in the same second as the whole site";
  EXPECT_EQ(due("cloud:poll"), now + before.delay / 4);
  EXPECT_EQ(ledger_->find("cloud:poll")->retryCount, before.retryCount);
  pass(before.delay / 4);
  EXPECT_THAT(cloud_.polls, SizeIs(1));
}

TEST_F(ClockFaultTest, AClockThatStepsEachHourResetsNoLadder) {
  failForTheClock();
  for (int hour = 0; hour < 5; ++hour) {
    const int count = ledger_->find("cloud:poll")->retryCount;
    step(1h);
    pass(1h);
    EXPECT_GT(ledger_->find("cloud:poll")->retryCount, count);
  }
}

TEST_F(ClockFaultTest, AStepOfTheClockMakesAWaitingEnrolmentDue) {
  cloud_.step = EnrolmentStep::Register;
  cloud_.enrolAnswer = failure(ErrorClass::Transient, "the certificate is not valid yet");
  cloud_.blameTheClock();
  show({running()});
  const auto wait = due("cloud:register") - clock_.now().boot;
  cloud_.enrolAnswer = {};
  step(24h);
  EXPECT_THAT(cloud_.enrolments, SizeIs(1));
  pass(wait / 2);
  EXPECT_THAT(cloud_.enrolments, SizeIs(2));
}

TEST_F(ClockFaultTest, OverAKillTheCauseIsKnown) {
  failForTheClock();
  kill();
  const auto before = due("cloud:poll");
  step(24h);
  EXPECT_LT(due("cloud:poll"), before);
}

TEST_F(ClockFaultTest, DriftMovesNothing) {
  failForTheClock();
  const auto before = due("cloud:poll");
  step(2s);
  EXPECT_EQ(due("cloud:poll"), before);
}

TEST_F(ClockFaultTest, AStepOfTheClockEndsNoRateLimit) {
  show({running()});
  pass(1min);
  cloud_.blameTheClock();
  cloud_.pollAnswer = failure(ErrorClass::RateLimited, "429");
  cloud_.pollAnswer.retryAfter = 30min;
  pass(2min);
  const auto before = due("cloud:poll");
  step(24h);
  EXPECT_EQ(due("cloud:poll"), before);
}

TEST_F(ClockFaultTest, AStepOfTheClockMovesNothingThatFailedForAnotherCause) {
  show({running()});
  pass(1min);
  cloud_.away();
  pass(2h);
  const retry::Entry poll = *ledger_->find("cloud:poll");
  const retry::Entry report = *ledger_->find("cloud:report");
  step(24h);
  EXPECT_EQ(*ledger_->find("cloud:poll"), poll);
  EXPECT_EQ(*ledger_->find("cloud:report"), report);
}

TEST_F(ClockFaultTest, AStepOfTheClockMovesNothingThatDoesNotWait) {
  show({running()});
  pass(1min);
  const auto wake = link_->nextWake();
  step(-24h);
  EXPECT_EQ(link_->nextWake(), wake);
}

}  // namespace
}  // namespace holdfast::uplink
