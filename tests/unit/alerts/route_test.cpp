// SPDX-License-Identifier: Apache-2.0
#include "alerts/route.hpp"

#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

namespace holdfast::alerts {
namespace {

Route route(int number, const char* match, std::vector<std::string> to, bool goesOn = false) {
  Route made;
  made.number = number;
  made.match = model::AlertMatcher::parse(match).matcher;
  made.to = std::move(to);
  made.goesOn = goesOn;
  return made;
}

// "ops by 1, site by 2"
std::string text(const std::vector<Destination>& destinations) {
  std::string text;
  for (const auto& one : destinations) {
    text += (text.empty() ? "" : ", ") + one.notifier + " by " + std::to_string(one.route->number);
  }
  return text;
}

class Routing : public ::testing::Test {
 protected:
  std::string to(std::vector<Route> routes, const model::Alert& alert) {
    return text(Routes(std::move(routes), {"ops", "site"}).destinations(alert));
  }
  Time time_;
  model::Alert crash_ = firing(AlertType::CrashLoop, "web", time_.now, Severity::Critical);
  model::Alert pull_ = firing(AlertType::ImagePullFailed, "web", time_.now, Severity::Warning);
};

TEST_F(Routing, WithoutRoutesEverythingGoesToEverybody) {
  EXPECT_EQ(to({}, crash_), "ops by 0, site by 0");
}

TEST_F(Routing, TheFirstThatMatchesWins) {
  const std::vector routes{route(1, "severity>=error", {"ops"}), route(2, "", {"site"})};
  EXPECT_EQ(to(routes, crash_), "ops by 1");
  EXPECT_EQ(to(routes, pull_), "site by 2");
}

TEST_F(Routing, NumbersGiveTheOrder) {
  EXPECT_EQ(to({route(20, "", {"site"}), route(3, "", {"ops"})}, crash_), "ops by 3");
}

TEST_F(Routing, ContinueAsksTheNext) {
  const std::vector routes{route(1, "severity>=error", {"ops"}, true), route(2, "", {"site"}),
                           route(3, "", {"ops"})};
  EXPECT_EQ(to(routes, crash_), "ops by 1, site by 2");
}

TEST_F(Routing, AReceiverIsToldOnce) {
  const std::vector routes{route(1, "", {"ops", "ops"}, true), route(2, "", {"ops"})};
  EXPECT_EQ(to(routes, crash_), "ops by 1");
}

TEST_F(Routing, WhatNoRouteWantsGoesNowhere) {
  EXPECT_EQ(to({route(1, "type=PluginFailed", {"ops"})}, crash_), "");
}

TEST_F(Routing, UnknownReceiversArePassedOver) {
  EXPECT_EQ(to({route(1, "", {"nobody", "site"})}, crash_), "site by 1");
}

TEST_F(Routing, AFailingReceiverIsToldToAllOthers) {
  model::Alert alert;
  alert.type = AlertType::NotifierFailing;
  alert.subject.notifier = "ops";
  EXPECT_EQ(to({}, alert), "site by 0");
  EXPECT_EQ(to({route(1, "severity>=critical", {"ops"})}, alert), "site by 0");
}

TEST_F(Routing, GroupsAreNamedByTheirFieldsOnly) {
  const Route byApp = route(1, "", {"ops"});
  model::Alert other = firing(AlertType::StartFailed, "db", time_.now);
  EXPECT_EQ(groupOf(byApp, crash_), groupOf(byApp, other));
  other.subject.appId = "1002";
  EXPECT_NE(groupOf(byApp, crash_), groupOf(byApp, other));

  Route byAll = byApp;
  byAll.groupBy = {GroupField::App, GroupField::Service, GroupField::Type, GroupField::Runtime,
                   GroupField::Severity};
  model::Alert changed = crash_;
  EXPECT_EQ(groupOf(byAll, crash_), groupOf(byAll, changed));
  changed.facts.severity = Severity::Info;
  EXPECT_NE(groupOf(byAll, crash_), groupOf(byAll, changed));
  EXPECT_NE(groupOf(byApp, crash_), groupOf(route(2, "", {"ops"}), crash_));
  EXPECT_EQ(groupOf(byApp, crash_).size(), 16U);
}

}  // namespace
}  // namespace holdfast::alerts
