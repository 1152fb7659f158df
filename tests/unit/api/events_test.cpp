// SPDX-License-Identifier: Apache-2.0
#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

using namespace std::chrono_literals;

class EventsTest : public testing::Test {
 protected:
  EventsTest() { agent_.addService(); }

  void happens(std::int64_t id) {
    model::Event event;
    event.id = id;
    event.firstId = id;
    event.what = {model::EventType::Warning, "Failed", "1001", "nodered", "it failed"};
    agent_.history.push_back(event);
    agent_.feed.publishEvents();
  }
  EventQuery asked(const std::string& query) {
    EXPECT_EQ(ask(agent_, "GET", "/v1/events" + query).status, 200);
    return agent_.queries.at(0);
  }

  FakeAgent agent_;
};

TEST_F(EventsTest, ListsWithTheAppsName) {
  happens(4);
  happens(9);
  const auto body = bodyOf(ask(agent_, "GET", "/v1/events"));
  ASSERT_EQ(body.at("events").as_array().size(), 2U);
  EXPECT_EQ(body.at("events").at(0).at("reason"), "Failed");
  EXPECT_EQ(body.at("events").at(0).at("app"), "1001");
  EXPECT_EQ(body.at("events").at(0).at("appName"), "monitoring");
  EXPECT_EQ(body.at("last"), 9);
}

TEST_F(EventsTest, AsksForWhatWasAskedFor) {
  const auto query = asked("?after=5&limit=7&since=1h");
  EXPECT_EQ(query.after, 5);
  EXPECT_EQ(query.limit, 7U);
  EXPECT_EQ(query.since, agent_.time.wall - 1h);
}

TEST_F(EventsTest, AsksForTheLatestByDefault) {
  const auto query = asked("");
  EXPECT_FALSE(query.after);
  EXPECT_EQ(query.limit, 100U);
  EXPECT_FALSE(query.since);
  EXPECT_EQ(query.app + query.service, "");
}

TEST_F(EventsTest, NarrowsByNames) {
  auto query = asked("?service=monitoring/nodered");
  EXPECT_EQ(query.app, "1001");
  EXPECT_EQ(query.service, "nodered");
  agent_.queries.clear();
  query = asked("?service=monitoring");
  EXPECT_EQ(query.app, "1001");
  EXPECT_EQ(query.service, "");
  agent_.queries.clear();
  query = asked("?service=nodered");
  EXPECT_EQ(query.app, "");
  EXPECT_EQ(query.service, "nodered");
  agent_.queries.clear();
  query = asked("?app=gone&service=x");
  EXPECT_EQ(query.app, "gone");
  EXPECT_EQ(query.service, "x");
}

TEST_F(EventsTest, RefusesBadParameters) {
  for (const auto* query : {"?after=-1", "?after=x", "?limit=0", "?limit=1001", "?since=soon",
                            "?after=99999999999999999999", "?wait=99"}) {
    EXPECT_EQ(ask(agent_, "GET", std::string("/v1/events") + query).status, 400) << query;
  }
}

TEST_F(EventsTest, WaitsForTheFirstOne) {
  agent_.whileWaiting = [this] { happens(6); };
  const auto body = bodyOf(ask(agent_, "GET", "/v1/events?after=5&wait=30"));
  EXPECT_EQ(body.at("events").at(0).at("id"), 6);
  EXPECT_EQ(agent_.waits, std::vector<model::Milliseconds>{30s});
}

TEST_F(EventsTest, WaitsNoLongerThanAsked) {
  const auto body = bodyOf(ask(agent_, "GET", "/v1/events?after=5&wait=30"));
  EXPECT_TRUE(body.at("events").as_array().empty());
  EXPECT_EQ(body.at("last"), 5);
  EXPECT_EQ(agent_.waits.size(), 1U);
}

TEST_F(EventsTest, StreamsWhatComesAndStopsWithTheClient) {
  happens(4);
  const auto response = ask(agent_, "GET", "/v1/events/stream", "", "", "3");
  EXPECT_EQ(response.contentType, "text/event-stream");
  agent_.whileWaiting = [this] { happens(5); };
  Collector out(3);
  response.stream(out);
  EXPECT_NE(out.text.find("id: 4\ndata: {"), std::string::npos);
  EXPECT_NE(out.text.find("id: 5\ndata: {"), std::string::npos);
  EXPECT_EQ(out.text.find("id: 5", out.text.find("id: 5") + 1), std::string::npos);
}

TEST_F(EventsTest, ANewListenerHearsNoHistory) {
  happens(4);
  const auto response = ask(agent_, "GET", "/v1/events/stream");
  agent_.whileWaiting = [this] { happens(5); };
  Collector out(2);
  response.stream(out);
  EXPECT_EQ(out.text.find("id: 4"), std::string::npos);
  EXPECT_NE(out.text.find("id: 5"), std::string::npos);
}

TEST_F(EventsTest, AStreamEndsWithTheAgent) {
  const auto response = ask(agent_, "GET", "/v1/events/stream");
  agent_.whileWaiting = [this] { agent_.feed.stop(); };
  Collector out;
  response.stream(out);
  EXPECT_EQ(agent_.waits.size(), 1U);
}

TEST_F(EventsTest, AStreamGivesSignsOfLife) {
  const auto response = ask(agent_, "GET", "/v1/events/stream");
  Collector out(3);
  response.stream(out);
  EXPECT_NE(out.text.find(": still here\n\n"), std::string::npos);
}

}  // namespace
}  // namespace holdfast::api
