// SPDX-License-Identifier: Apache-2.0
#include "alerts/notice.hpp"

#include "unit/alerts/samples.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace holdfast::alerts {
namespace {

namespace json = boost::json;

class Rendering : public ::testing::Test {
 protected:
  Rendering() {
    notice_.notifier = "ops";
    notice_.group = "0123456789abcdef";
    notice_.at = time_.now.wall;
    notice_.services = 45;
    notice_.failing = 1;
    notice_.alerts = {firing(AlertType::CrashLoop, "web", time_.now, Severity::Critical)};
  }
  Message rendered(model::Milliseconds waited = {}) const {
    return render(notice_, "msg1", sender_, waited);
  }
  json::object content() const { return json::parse(rendered().contentJson).as_object(); }

  Time time_;
  Notice notice_;
  Sender sender_{"dev-42", "Line 3", "0.1.0"};
};

TEST_F(Rendering, TheContentHasTheDocumentedForm) {
  const auto message = rendered(12'345ms);
  EXPECT_EQ(message.id, "msg1");
  EXPECT_EQ(message.group, notice_.group);
  EXPECT_EQ(message.severity, Severity::Critical);
  EXPECT_EQ(message.createdAt, time_.now.wall);
  EXPECT_EQ(message.contentJson,
            R"({"id":"msg1","group":"0123456789abcdef","state":"firing","severity":"critical",)"
            R"("reason":"new","timestamp":"2025-10-24T10:15:00.000Z","delayedSeconds":12,)"
            R"("device":{"id":"dev-42","name":"Line 3"},)"
            R"("agent":{"name":"holdfast","version":"0.1.0"},)"
            R"("summary":{"services":45,"failing":1},"truncated":0,"alerts":[)" +
                json::serialize(model::toJson(notice_.alerts[0])) + "]}");
}

TEST_F(Rendering, TheTitleNamesDeviceStateAndTheFirst) {
  EXPECT_EQ(rendered().title, "[Line 3] FIRING CrashLoop app1001/web");
  notice_.alerts.push_back(firing(AlertType::CrashLoop, "db", time_.now));
  EXPECT_EQ(rendered().title, "[Line 3] FIRING CrashLoop app1001/web and 1 more");
  notice_.state = NotificationState::Resolved;
  EXPECT_EQ(rendered().title, "[Line 3] RESOLVED CrashLoop app1001/web and 1 more");
  notice_.reason = Reason::Flapping;
  EXPECT_EQ(rendered().title, "[Line 3] FLAPPING CrashLoop app1001/web and 1 more");
}

TEST_F(Rendering, TheTextHasALineForEachAlertAndTheWhole) {
  auto& facts = notice_.alerts[0].facts;
  facts.nextRetry = time_.now.wall + 40s;
  facts.retryCount = 3;
  facts.maxRetries = 10;
  EXPECT_EQ(rendered().text,
            "critical CrashLoop app1001/web since 2025-10-24T10:15:00.000Z: it failed "
            "(retry 3/10 at 2025-10-24T10:15:40.000Z)\n"
            "1/45 services failing on Line 3");
}

TEST_F(Rendering, OneMessageSaysThatItFiredAndThatItIsOver) {
  const auto alert = notice_.alerts[0];
  time_.pass(7min);
  notice_.alerts = {ended(alert, time_.now)};
  notice_.state = NotificationState::Resolved;
  notice_.failing = 0;
  EXPECT_EQ(rendered(2h).text,
            "critical CrashLoop app1001/web is over: fired 2025-10-24T10:15:00.000Z, resolved "
            "2025-10-24T10:22:00.000Z, lasted 7m: it failed\n"
            "delivered 120m late\n"
            "0/45 services failing on Line 3");
}

TEST_F(Rendering, ASingleServiceIsOne) {
  notice_.services = 1;
  EXPECT_EQ(failingText(notice_), "1/1 service failing");
}

TEST_F(Rendering, WhatOthersSaidCannotMakeLines) {
  notice_.alerts[0].facts.message = "first\nsecond\r\x1b[31m";
  const std::string text = rendered().text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST_F(Rendering, WhatDoesNotFitIsCounted) {
  notice_.alerts.assign(2'000, notice_.alerts[0]);
  const auto message = rendered();
  EXPECT_LE(message.contentJson.size(), kMaxContentBytes);
  const auto object = json::parse(message.contentJson).as_object();
  EXPECT_EQ(object.at("truncated").to_number<std::size_t>(),
            2'000 - object.at("alerts").as_array().size());
  EXPECT_GT(object.at("alerts").as_array().size(), 500U);
  EXPECT_NE(message.text.find("1950 more"), std::string::npos);
}

TEST_F(Rendering, AFullNoticeOfLongMessagesFits) {
  auto alert = notice_.alerts[0];
  alert.facts.message = std::string(512, 'x');
  alert.facts.image = std::string(255, 'i');
  notice_.alerts.assign(kMaxAlertsOfNotice, alert);
  EXPECT_EQ(content().at("truncated"), 0);
}

TEST_F(Rendering, ANoticeWithoutAlertsHasItsOwnWords) {
  notice_.alerts.clear();
  notice_.state = NotificationState::Informational;
  notice_.reason = Reason::Changed;
  notice_.title = "A note";
  notice_.lines = {"one line", "and another"};
  EXPECT_EQ(rendered().title, "[Line 3] A note");
  EXPECT_EQ(rendered().text, "one line\nand another\n1/45 services failing on Line 3");
  EXPECT_EQ(content().at("state"), "informational");
  EXPECT_EQ(content().at("reason"), "changed");
  EXPECT_EQ(content().at("severity"), "info");
  EXPECT_EQ(json::serialize(content().at("lines")), R"(["one line","and another"])");
}

TEST_F(Rendering, ADeviceWithoutAnIdHasNone) {
  sender_.deviceId.clear();
  EXPECT_FALSE(content().at("device").as_object().contains("id"));
}

TEST_F(Rendering, TheSameNoticeIsTheSameMessage) {
  EXPECT_EQ(rendered(5s).contentJson, rendered(5s).contentJson);
  EXPECT_EQ(rendered(5s).text, rendered(5s).text);
}

}  // namespace
}  // namespace holdfast::alerts
