// SPDX-License-Identifier: Apache-2.0
// Who is told what, and when. Each test drives a router on a clock of its own.
#include "alerts/router.hpp"

#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

namespace holdfast::alerts {
namespace {

class RouterTest : public ::testing::Test {
 protected:
  void fire(const model::Alert& alert) { alerts_[model::fingerprint(alert)] = alert; }
  void fire(const char* service, Severity severity = Severity::Error, const char* app = "1001") {
    fire(firing(AlertType::CrashLoop, service, time_.now, severity, app));
  }
  void end(const char* service, const char* app = "1001") {
    const auto id =
        model::fingerprint(firing(AlertType::CrashLoop, service, time_.now, Severity::Error, app));
    over_.push_back(ended(alerts_.at(id), time_.now));
    alerts_.erase(id);
  }
  void mute(const char* service) {
    muted_.insert(model::fingerprint(firing(AlertType::CrashLoop, service, time_.now)));
  }

  // What is sent at once.
  std::vector<Notice> look() {
    router_.update(alerts_, over_, muted_, time_.now);
    over_.clear();
    return router_.takeDue(time_.now);
  }

  // What is sent within `time`, each at its instant.
  std::vector<Notice> within(model::Milliseconds time) {
    const auto end = time_.now.boot + time;
    std::vector<Notice> sent = look();
    for (;;) {
      const auto wake = router_.nextWake(time_.now.boot);
      if (!wake || *wake > end)
        break;
      EXPECT_GE(*wake, time_.now.boot) << "wakes for nothing";
      time_.pass(std::max(*wake - time_.now.boot, model::Milliseconds{0}));
      auto more = look();
      std::move(more.begin(), more.end(), std::back_inserter(sent));
    }
    time_.pass(end - time_.now.boot);
    return sent;
  }

  static std::string services(const Notice& notice) {
    std::string text;
    for (const auto& alert : notice.alerts) {
      text += (text.empty() ? "" : " ") + alert.subject.service + (alert.endsAt ? "-" : "+");
    }
    return text;
  }

  void use(std::vector<Route> routes, std::vector<std::string> receivers = {"ops"},
           Router::Forgetful forgetful = {}) {
    router_ = Router(Routes(std::move(routes), std::move(receivers)), std::move(forgetful));
  }

  Time time_;
  AlertMap alerts_;
  std::vector<model::Alert> over_;
  std::set<std::string> muted_;
  Router router_{Routes({}, {"ops"}), {}};
};

TEST_F(RouterTest, TheFirstWaitsForOthersOfItsGroup) {
  fire("web");
  EXPECT_TRUE(within(9'999ms).empty());
  fire("db");
  const auto sent = within(1ms);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(services(sent[0]), "web+ db+");
  EXPECT_EQ(sent[0].reason, Reason::New);
  EXPECT_EQ(sent[0].state, NotificationState::Firing);
  EXPECT_EQ(sent[0].notifier, "ops");
  EXPECT_TRUE(within(3h).empty());
}

TEST_F(RouterTest, OtherAppsAreOtherGroups) {
  fire("web");
  fire("web", Severity::Error, "1002");
  const auto sent = within(10s);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_NE(sent[0].group, sent[1].group);
}

TEST_F(RouterTest, ALaterOneWaitsForTheInterval) {
  fire("web");
  within(10s);
  fire("db");
  EXPECT_TRUE(within(119'999ms).empty());
  const auto sent = within(1ms);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(services(sent[0]), "web+ db+");
  EXPECT_EQ(sent[0].reason, Reason::New);
}

TEST_F(RouterTest, ThatAllIsWellAgainWaitsForTheGroupOnly) {
  fire("web");
  const auto first = within(10s);
  end("web");
  EXPECT_TRUE(within(9'999ms).empty());
  const auto sent = within(1ms);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(services(sent[0]), "web-");
  EXPECT_EQ(sent[0].reason, Reason::Resolved);
  EXPECT_EQ(sent[0].state, NotificationState::Resolved);
  EXPECT_EQ(sent[0].group, first.at(0).group);
  EXPECT_TRUE(within(24h).empty());
}

TEST_F(RouterTest, OneOfTwoThatEndsLeavesTheGroupFiring) {
  fire("web");
  fire("db");
  within(10s);
  end("web");
  EXPECT_TRUE(within(119s).empty());
  const auto sent = within(1s);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(services(sent[0]), "db+ web-");
  EXPECT_EQ(sent[0].reason, Reason::Resolved);
  EXPECT_EQ(sent[0].state, NotificationState::Firing);
}

TEST_F(RouterTest, WhatWasNeverToldIsNotTakenBack) {
  fire("web");
  within(9s);
  end("web");
  EXPECT_TRUE(within(24h).empty());
}

TEST_F(RouterTest, WhatComesBackBeforeItsEndWasToldIsNoNews) {
  fire("web");
  within(10s);
  end("web");
  within(1s);
  fire("web");
  EXPECT_TRUE(within(1h).empty());
  end("web");
  EXPECT_EQ(within(10s).size(), 1U);
}

TEST_F(RouterTest, RepeatsWhileItLasts) {
  fire("web");
  within(10s);
  EXPECT_TRUE(within(4h - 1ms).empty());
  const auto sent = within(1ms);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].reason, Reason::Repeat);
  EXPECT_FALSE(sent[0].passing);
  EXPECT_EQ(within(8h).size(), 2U);
}

TEST_F(RouterTest, AHigherSeverityIsTold) {
  fire("web", Severity::Warning);
  within(10s);
  fire("web", Severity::Error);
  const auto sent = within(2min);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].reason, Reason::Changed);
  EXPECT_EQ(sent[0].severity(), Severity::Error);
  fire("web", Severity::Warning);
  EXPECT_TRUE(within(1h).empty()) << "a lower one is not";
}

TEST_F(RouterTest, WithoutSendResolvedTheEndIsNotToldButTheNextBeginIs) {
  Route route;
  route.number = 1;
  route.to = {"ops"};
  route.sendResolved = false;
  use({route});
  fire("web");
  EXPECT_EQ(within(10s).size(), 1U);
  end("web");
  EXPECT_TRUE(within(1h).empty());
  fire("web");
  EXPECT_EQ(within(10s).size(), 1U);
}

TEST_F(RouterTest, ARoutesTimesHold) {
  Route route;
  route.number = 1;
  route.to = {"ops"};
  route.groupWait = 1s;
  route.groupInterval = 30s;
  route.repeatInterval = 10min;
  use({route});
  fire("web");
  EXPECT_EQ(within(1s).size(), 1U);
  fire("db");
  EXPECT_EQ(within(30s).size(), 1U);
  EXPECT_TRUE(within(10min - 1ms).empty());
  EXPECT_EQ(within(1ms).size(), 1U);
}

TEST_F(RouterTest, ARoutesChangeLeavesWhatWasToldWhereItWasTold) {
  use({}, {"ops", "site"});
  fire("web");
  const auto first = within(10s);
  ASSERT_EQ(first.size(), 2U);
  Route route;
  route.number = 1;
  route.to = {"site"};
  router_.reconfigure(Routes({route}, {"ops", "site"}));
  end("web");
  const auto sent = within(10s);
  ASSERT_EQ(sent.size(), 2U) << "both hear that it is over";
  EXPECT_EQ(sent[0].group, first[0].group);
}

// ---- muted
// ---------------------------------------------------------------------------------------

TEST_F(RouterTest, AMutedAlertIsNotSentUntilItIsHeard) {
  fire("web");
  mute("web");
  EXPECT_TRUE(within(1h).empty());
  muted_.clear();
  EXPECT_EQ(within(10s).size(), 1U);
}

TEST_F(RouterTest, AMutedAlertThatEndsWasNeverThere) {
  fire("web");
  mute("web");
  within(1h);
  end("web");
  muted_.clear();
  EXPECT_TRUE(within(24h).empty());
}

TEST_F(RouterTest, TheEndOfWhatWasToldIsToldAlsoWhenItIsMuted) {
  fire("web");
  within(10s);
  mute("web");
  EXPECT_TRUE(within(24h).empty()) << "no repeats meanwhile";
  end("web");
  const auto sent = within(10s);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(services(sent[0]), "web-");
}

TEST_F(RouterTest, AGroupWithAMutedMemberIsNotOver) {
  fire("web");
  fire("db");
  within(10s);
  mute("db");
  end("web");
  const auto sent = within(2min);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(services(sent[0]), "web-");
  EXPECT_EQ(sent[0].state, NotificationState::Firing);
}

TEST_F(RouterTest, WhatIsMutedWhileItsGroupWaitsIsNotSent) {
  fire("web");
  within(5s);
  mute("web");
  fire("db");
  const auto sent = within(1h);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(services(sent[0]), "db+");
}

// ---- flapping
// ------------------------------------------------------------------------------------

TEST_F(RouterTest, WhatComesAndGoesIsToldOnceAndThenQuiet) {
  int messages = 0;
  int flapping = 0;
  for (int i = 0; i < 5'000; ++i) {  // 10,000 changes in a minute
    fire("web");
    for (const auto& notice : within(6ms))
      flapping += (++messages, notice.reason == Reason::Flapping ? 1 : 0);
    end("web");
    for (const auto& notice : within(6ms))
      flapping += (++messages, notice.reason == Reason::Flapping ? 1 : 0);
  }
  EXPECT_EQ(flapping, 1);
  EXPECT_EQ(messages, 1);
  const auto sent = within(24h);
  ASSERT_EQ(sent.size(), 1U) << "what it settled to";
  EXPECT_EQ(sent[0].reason, Reason::Resolved);
}

TEST_F(RouterTest, WhatSettlesToFiringIsToldAgain) {
  for (int i = 0; i < 3; ++i) {
    fire("web");
    within(1s);
    end("web");
    within(1s);
  }
  fire("web");
  const auto flap = within(10s);
  ASSERT_EQ(flap.size(), 1U);
  EXPECT_EQ(flap[0].reason, Reason::Flapping);
  EXPECT_NE(flap[0].alerts.at(0).facts.message.find("changed 7 times"), std::string::npos)
      << flap[0].alerts[0].facts.message;
  const auto sent = within(20min);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].reason, Reason::New);
  EXPECT_EQ(sent[0].alerts.at(0).facts.message, "it failed");
}

// ---- rate
// ----------------------------------------------------------------------------------------

TEST_F(RouterTest, ManyGroupsAtOnceBecomeFiveNoticesAndOne) {
  for (int app = 0; app < 50; ++app)
    fire("web", Severity::Error, std::to_string(2000 + app).c_str());
  auto sent = within(10s);
  EXPECT_EQ(sent.size(), 5U);
  sent = within(1min);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].alerts.size(), 45U);

  for (int app = 0; app < 50; ++app)
    end("web", std::to_string(2000 + app).c_str());
  sent = within(10min);
  std::size_t resolved = 0;
  for (const auto& notice : sent) {
    EXPECT_EQ(notice.state, NotificationState::Resolved);
    resolved += notice.alerts.size();
  }
  EXPECT_EQ(sent.size(), 6U);
  EXPECT_EQ(resolved, 50U);
}

TEST_F(RouterTest, WhatIsToldTogetherForItsRateKeepsToItsRoute) {
  Route quiet;
  quiet.number = 1;
  quiet.to = {"ops"};
  quiet.sendResolved = false;
  quiet.repeatInterval = 30min;
  use({quiet});
  for (int app = 0; app < 10; ++app)
    fire("web", Severity::Error, std::to_string(2000 + app).c_str());
  ASSERT_EQ(within(2min).size(), 6U);
  const auto repeats = within(35min);
  EXPECT_EQ(std::count_if(repeats.begin(), repeats.end(),
                          [](const Notice& notice) { return notice.alerts.size() == 5; }),
            1);
  for (int app = 0; app < 10; ++app)
    end("web", std::to_string(2000 + app).c_str());
  EXPECT_TRUE(within(10min).empty()) << "no end is told";
}

TEST_F(RouterTest, TheMostSevereGoFirst) {
  for (int app = 0; app < 10; ++app) {
    fire("web", app == 9 ? Severity::Critical : Severity::Warning,
         std::to_string(2000 + app).c_str());
  }
  const auto sent = within(10s);
  ASSERT_EQ(sent.size(), 5U);
  EXPECT_EQ(sent[0].severity(), Severity::Critical);
}

TEST_F(RouterTest, OneReceiversRateIsNotAnothers) {
  Route ops;
  ops.number = 1;
  ops.to = {"ops"};
  ops.goesOn = true;
  Route site;
  site.number = 2;
  site.to = {"site"};
  site.match = model::AlertMatcher::parse("app=2009").matcher;
  use({ops, site}, {"ops", "site"});
  for (int app = 0; app < 10; ++app)
    fire("web", Severity::Error, std::to_string(2000 + app).c_str());
  int atSite = 0;
  for (const auto& notice : within(10s))
    atSite += notice.notifier == "site" ? 1 : 0;
  EXPECT_EQ(atSite, 1);
}

// ---- receivers that forget
// -----------------------------------------------------------------------

TEST_F(RouterTest, AForgetfulReceiverIsRemindedWhileItFires) {
  use({}, {"am"}, {{"am", 60s}});
  for (int app = 0; app < 4; ++app)
    fire("web", Severity::Error, std::to_string(2000 + app).c_str());
  ASSERT_EQ(within(10s).size(), 4U);
  const auto reminders = within(5min);
  EXPECT_EQ(reminders.size(), 20U) << "whatever its rate";
  for (const auto& notice : reminders) {
    EXPECT_EQ(notice.reason, Reason::Repeat);
    EXPECT_TRUE(notice.passing);
  }
}

// ---- restarts
// ------------------------------------------------------------------------------------

TEST_F(RouterTest, AfterARestartWhatWasToldIsNotToldAgainAndItsEndIs) {
  fire("web");
  const auto first = within(10s);
  std::vector<KeptGroup> kept;
  for (const auto& [key, group] : router_.takeChanges()) {
    EXPECT_EQ(key, "ops/" + group.id);
    kept.push_back(group);
  }
  ASSERT_EQ(kept.size(), 1U);
  router_ = Router(Routes({}, {"ops"}), {});
  router_.restore(kept, alerts_, time_.now);
  EXPECT_TRUE(within(1h).empty());
  end("web");
  const auto sent = within(10s);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(services(sent[0]), "web-");
  EXPECT_EQ(sent[0].group, first.at(0).group);
  EXPECT_TRUE(router_.takeChanges().at("ops/" + sent[0].group).told.empty());
}

TEST_F(RouterTest, ChangesAreToldToTheStoreOnce) {
  fire("web");
  within(9s);
  EXPECT_TRUE(router_.takeChanges().empty());
  within(1s);
  EXPECT_EQ(router_.takeChanges().size(), 1U);
  within(5h);
  EXPECT_TRUE(router_.takeChanges().empty()) << "a repeat changes nothing";
}

TEST_F(RouterTest, NothingToDoMeansNoWake) {
  EXPECT_FALSE(router_.nextWake(time_.now.boot));
  fire("web");
  within(10s);
  end("web");
  within(2h);
  EXPECT_FALSE(router_.nextWake(time_.now.boot));
}

}  // namespace
}  // namespace holdfast::alerts
