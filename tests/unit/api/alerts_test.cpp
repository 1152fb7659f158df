// SPDX-License-Identifier: Apache-2.0
#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

using namespace std::chrono_literals;

model::Alert crash() {
  model::Alert alert;
  alert.type = model::AlertType::CrashLoop;
  alert.state = model::AlertState::Firing;
  alert.subject.appId = "1001";
  alert.subject.appName = "shop";
  alert.subject.service = "web";
  return alert;
}

TEST(Alerts, AreListedWithWhatKeepsThemFromBeingSent) {
  FakeAgent agent;
  agent.alertView.alerts.push_back({.alert = crash(), .silenced = true});
  agent.alertView.queues["ops"] = {.entries = 3, .dropped = 2, .switchedOff = "gone"};
  const auto response = ask(agent, "GET", "/v1/alerts");
  EXPECT_EQ(response.status, 200);
  const auto body = bodyOf(response).as_object();
  const auto& alert = body.at("alerts").as_array().at(0).as_object();
  EXPECT_EQ(alert.at("alert"), "CrashLoop");
  EXPECT_EQ(alert.at("service"), "web");
  EXPECT_EQ(alert.at("silenced"), true);
  EXPECT_EQ(alert.at("inhibited"), false);
  const auto& queue = body.at("outbox").as_array().at(0).as_object();
  EXPECT_EQ(queue.at("notifier"), "ops");
  EXPECT_EQ(queue.at("waiting"), 3);
  EXPECT_EQ(queue.at("dropped"), 2);
  EXPECT_EQ(queue.at("switchedOff"), "gone");
  EXPECT_TRUE(queue.at("oldest").is_null());
}

TEST(Alerts, SayWhenTheNextSummaryIsDue) {
  FakeAgent agent;
  EXPECT_TRUE(bodyOf(ask(agent, "GET", "/v1/alerts")).as_object().at("nextSummary").is_null());
  agent.alertView.nextSummary = model::fromRfc3339("2025-10-24T05:07:00Z");
  EXPECT_EQ(bodyOf(ask(agent, "GET", "/v1/alerts")).as_object().at("nextSummary"),
            "2025-10-24T05:07:00.000Z");
}

TEST(SilencesApi, TakeMatchDurationAndComment) {
  FakeAgent agent;
  agent.silenceAnswer.silence = alerts::Silence{.id = "abc",
                                                .match = {},
                                                .comment = "at work",
                                                .createdAt = {},
                                                .endsAt = {},
                                                .until = {},
                                                .bootId = {}};
  const auto response = ask(agent, "POST", "/v1/silences",
                            R"({"match": "service=web", "duration": "1h", "comment": "at work"})");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(bodyOf(response).as_object().at("id"), "abc");
  ASSERT_EQ(agent.silenceRequests.size(), 1U);
  EXPECT_EQ(agent.silenceRequests[0].match, "service=web");
  EXPECT_EQ(agent.silenceRequests[0].length, 1h);
  EXPECT_EQ(agent.silenceRequests[0].comment, "at work");
}

TEST(SilencesApi, RefuseWhatIsNone) {
  FakeAgent agent;
  agent.silenceAnswer.problem = "no such field";
  const std::string longComment(300, 'c');
  for (const std::string& body :
       {std::string(), std::string("[]"), std::string("{}"),
        std::string(R"({"match": "service=web"})"),
        std::string(R"({"match": "service=web", "duration": "soon"})"),
        std::string(R"({"match": 1, "duration": "1h"})"),
        std::string(R"({"match": "", "duration": "1h", "until": "x"})"),
        R"({"match": "", "duration": "1h", "comment": ")" + longComment + "\"}"}) {
    EXPECT_EQ(ask(agent, "POST", "/v1/silences", body).status, 400) << body;
  }
  EXPECT_TRUE(agent.silenceRequests.empty());
  const auto refused = ask(agent, "POST", "/v1/silences", R"({"match": "x=1", "duration": "1h"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(bodyOf(refused).as_object().at("detail"), "no such field");
}

TEST(SilencesApi, SayWhatIsWrongWithADuration) {
  FakeAgent agent;
  const auto refused =
      ask(agent, "POST", "/v1/silences", R"({"match": "x=1", "duration": "1hour"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(bodyOf(refused).as_object().at("detail"),
            "'duration' is '1hour'; expected 30m, 1h or 2d");
}

TEST(SilencesApi, AreListedAndTakenBack) {
  FakeAgent agent;
  agent.knownSilence = "abc";
  agent.alertView.silences.push_back({.id = "abc",
                                      .match = model::AlertMatcher::parse("app=shop").matcher,
                                      .comment = {},
                                      .createdAt = {},
                                      .endsAt = {},
                                      .until = {}});
  const auto listed = bodyOf(ask(agent, "GET", "/v1/silences"));
  EXPECT_EQ(listed.as_object().at("silences").as_array().at(0).as_object().at("match"), "app=shop");
  EXPECT_EQ(ask(agent, "DELETE", "/v1/silences/abc").status, 200);
  EXPECT_EQ(ask(agent, "DELETE", "/v1/silences/other").status, 404);
}

TEST(DeadLettersApi, AreListedAndReplayed) {
  FakeAgent agent;
  alerts::DeadLetter letter;
  letter.entry.number = 7;
  letter.entry.notice.notifier = "ops";
  letter.entry.notice.alerts = {crash()};
  letter.why = "413";
  agent.alertView.deadLetters.push_back(letter);
  const auto listed = bodyOf(ask(agent, "GET", "/v1/dead-letters"));
  const auto& object = listed.as_object().at("deadLetters").as_array().at(0).as_object();
  EXPECT_EQ(object.at("number"), 7);
  EXPECT_EQ(object.at("why"), "413");
  EXPECT_EQ(object.at("alerts").as_array().size(), 1U);

  EXPECT_EQ(ask(agent, "POST", "/v1/dead-letters/7/replay").status, 202);
  EXPECT_EQ(agent.replayed, std::vector<std::int64_t>{7});
  agent.replayProblem = "there is no dead letter 8";
  EXPECT_EQ(ask(agent, "POST", "/v1/dead-letters/8/replay").status, 404);
  EXPECT_EQ(ask(agent, "POST", "/v1/dead-letters/7x/replay").status, 404);
  EXPECT_EQ(agent.replayed.size(), 2U);
}

}  // namespace
}  // namespace holdfast::api
