// SPDX-License-Identifier: Apache-2.0
#include "alerts/alert_group.hpp"

#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

namespace holdfast::alerts {
namespace {

struct Groups : ::testing::Test {
  [[nodiscard]] model::Alert alert(const std::string& id,
                                   Severity severity = Severity::Error) const {
    return firing(AlertType::CrashLoop, id, time.now, severity);
  }
  void fire(const std::string& id, Severity severity = Severity::Error) {
    group.fire(id, alert(id, severity), false);
  }
  void mute(const std::string& id) { group.fire(id, alert(id), true); }
  void end(const std::string& id) { group.end(id, ended(alert(id), time.now), flaps); }
  void makeFlap(const std::string& id) {
    for (std::size_t i = 0; i < kFlapChanges; ++i)
      flaps.note(id, time.now.boot);
  }
  void settle(const std::string& id) {
    time.pass(kFlapQuiet);
    EXPECT_EQ(flaps.settle(time.now.boot), std::vector{id});
    group.settle(id);
  }
  [[nodiscard]] bool news() const { return group.news(flaps).any(); }
  Notice tell() {
    Notice notice;
    group.tell(notice, flaps);
    EXPECT_FALSE(news()) << "it counts as told";
    return notice;
  }

  Time time;
  FlapBook flaps;
  AlertGroup group;
};

TEST_F(Groups, TellWhatFiresOnceAndThatItEnded) {
  group.add("a", alert("a"));
  EXPECT_TRUE(group.news(flaps).fresh);
  const Notice first = tell();
  EXPECT_EQ(first.reason, Reason::New);
  EXPECT_EQ(first.state, NotificationState::Firing);
  EXPECT_EQ(first.alerts.size(), 1U);
  fire("a");
  EXPECT_FALSE(news());
  EXPECT_TRUE(group.remindable());

  end("a");
  EXPECT_EQ(group.toldEnded().size(), 1U);
  EXPECT_FALSE(group.remindable());
  const Notice last = tell();
  EXPECT_EQ(last.reason, Reason::Resolved);
  EXPECT_EQ(last.state, NotificationState::Resolved);
  EXPECT_TRUE(last.alerts.at(0).endsAt);
  EXPECT_TRUE(group.empty());
}

TEST_F(Groups, ForgetWhatEndsUntold) {
  group.add("a", alert("a"));
  end("a");
  EXPECT_TRUE(group.empty());
}

TEST_F(Groups, TellAHigherSeverityAndNoLowerOne) {
  group.add("a", alert("a", Severity::Error));
  tell();
  fire("a", Severity::Warning);
  EXPECT_FALSE(news());
  fire("a", Severity::Critical);
  EXPECT_TRUE(group.news(flaps).raised);
  EXPECT_EQ(group.urgency(), Severity::Critical);
  EXPECT_EQ(tell().reason, Reason::Changed);
  EXPECT_EQ(group.told().at("a"), Severity::Critical);
}

TEST_F(Groups, TellNothingOfWhatIsMutedUntilItIsNot) {
  group.add("a", alert("a"));
  mute("a");
  EXPECT_FALSE(news());
  fire("a");
  EXPECT_TRUE(group.news(flaps).fresh);
}

TEST_F(Groups, TellTheMostImportantFirst) {
  group.add("a", alert("a", Severity::Warning));
  group.add("b", alert("b", Severity::Critical));
  group.add("c", alert("c", Severity::Critical));
  tell();
  end("b");
  const Notice notice = tell();
  ASSERT_EQ(notice.alerts.size(), 3U);
  EXPECT_EQ(notice.alerts[0].subject.service, "c");
  EXPECT_EQ(notice.alerts[1].subject.service, "a");
  EXPECT_EQ(notice.alerts[2].subject.service, "b") << "it ended";
}

TEST_F(Groups, TellFlappingOnceAndWhatItSettledTo) {
  group.add("a", alert("a"));
  makeFlap("a");
  const Notice notice = tell();
  EXPECT_EQ(notice.reason, Reason::Flapping);
  EXPECT_EQ(notice.alerts.at(0).facts.message.find("changed 6 times"), 0U);
  end("a");
  EXPECT_FALSE(news());
  fire("a");
  EXPECT_FALSE(news()) << "it is quiet until it has settled";
  settle("a");
  EXPECT_TRUE(group.news(flaps).fresh);
  EXPECT_EQ(tell().alerts.at(0).facts.message, "it failed");
}

TEST_F(Groups, TellTheEndOfWhatSettledAsOver) {
  group.add("a", alert("a"));
  makeFlap("a");
  tell();
  end("a");
  settle("a");
  EXPECT_TRUE(group.news(flaps).ended);
  EXPECT_EQ(tell().state, NotificationState::Resolved);
}

TEST_F(Groups, ForgetEndsThatNobodyWantsButNotOfWhatFlaps) {
  group.add("a", alert("a"));
  group.add("b", alert("b"));
  tell();
  makeFlap("b");
  end("a");
  end("b");
  group.forgetEnded(flaps);
  EXPECT_FALSE(group.has("a"));
  EXPECT_TRUE(group.has("b"));
}

TEST_F(Groups, HandOverOnlyWhatTheReceiverDoesNotKnowOf) {
  group.add("told", alert("told"));
  group.add("flaps", alert("flaps"));
  makeFlap("flaps");
  tell();
  EXPECT_FALSE(group.hasUntold());
  group.add("new", alert("new"));
  EXPECT_TRUE(group.hasUntold());
  AlertGroup other;
  group.moveUntold(other);
  EXPECT_FALSE(group.hasUntold());
  EXPECT_TRUE(group.has("told"));
  EXPECT_TRUE(group.has("flaps"));
  EXPECT_FALSE(group.has("new"));
  EXPECT_TRUE(other.has("new"));
  EXPECT_TRUE(other.news(flaps).fresh);
}

TEST_F(Groups, GoOnAfterARestartWithWhatWasTold) {
  group.restore("a", alert("a"), Severity::Error, false);
  group.restore("b", ended(alert("b"), time.now), Severity::Error, true);
  EXPECT_EQ(group.told().size(), 2U);
  EXPECT_EQ(group.toldEnded().size(), 1U);
  const Notice notice = tell();
  EXPECT_EQ(notice.reason, Reason::Resolved);
  EXPECT_EQ(notice.state, NotificationState::Firing) << "the other goes on";
}

}  // namespace
}  // namespace holdfast::alerts
