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

TEST_F(EventsTest, PagesBothWays) {
  for (const std::int64_t id : {4, 9, 12}) {
    happens(id);
  }
  auto body = bodyOf(ask(agent_, "GET", "/v1/events?before=12"));
  EXPECT_EQ(agent_.queries.back().before, 12);
  EXPECT_EQ(body.at("first"), 4);
  EXPECT_EQ(body.at("last"), 9);
  body = bodyOf(ask(agent_, "GET", "/v1/events?before=4"));
  EXPECT_TRUE(body.at("events").as_array().empty());
  EXPECT_EQ(body.at("first"), 4);
  EXPECT_EQ(bodyOf(ask(agent_, "GET", "/v1/events?after=4&before=12")).at("first"), 9);
}

TEST_F(EventsTest, SaysThatSomeAreGone) {
  happens(9);
  agent_.droppedEvent = 5;
  EXPECT_EQ(bodyOf(ask(agent_, "GET", "/v1/events?after=4")).at("missed"), true);
  EXPECT_EQ(bodyOf(ask(agent_, "GET", "/v1/events?after=5")).at("missed"), false);
  EXPECT_EQ(bodyOf(ask(agent_, "GET", "/v1/events")).at("missed"), false);
  const auto ahead = bodyOf(ask(agent_, "GET", "/v1/events?after=40"));
  EXPECT_EQ(ahead.at("missed"), true);
  EXPECT_EQ(ahead.at("last"), 9);
}

TEST_F(EventsTest, RefusesBadParameters) {
  for (const auto* query : {"?after=-1", "?after=x", "?limit=0", "?limit=1001", "?since=soon",
                            "?after=99999999999999999999", "?wait=99", "?before=0", "?before=x"}) {
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
  agent_.lastEvent = 5;
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

TEST_F(EventsTest, AStreamTellsOnceThatSomeAreGoneAndGoesOn) {
  happens(9);
  agent_.droppedEvent = 5;
  const auto response = ask(agent_, "GET", "/v1/events/stream", "", "", "3");
  agent_.whileWaiting = [this] { happens(10); };
  Collector out(3);
  response.stream(out);
  EXPECT_NE(out.text.find("event: missed\nid: 3\ndata: {\"after\":3,\"last\":9}\n\nid: 9\n"),
            std::string::npos)
      << out.text;
  EXPECT_NE(out.text.find("id: 10\n"), std::string::npos);
  EXPECT_EQ(out.text.find("missed"), out.text.rfind("missed"));
}

TEST_F(EventsTest, AStreamThatIsAheadOfALostHistoryGoesOnWithTheNewOne) {
  happens(2);
  const auto response = ask(agent_, "GET", "/v1/events/stream", "", "", "40");
  agent_.whileWaiting = [this] { happens(3); };
  Collector out(3);
  response.stream(out);
  EXPECT_NE(out.text.find("event: missed\nid: 2\n"), std::string::npos) << out.text;
  EXPECT_NE(out.text.find("id: 3\n"), std::string::npos) << out.text;
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

class ServiceEventsTest : public EventsTest {
 protected:
  // What the stream sends until `most` pieces are written.
  std::string streamed(int most) {
    Collector out(most);
    ask(agent_, "GET", "/v1/events/stream?services=1").stream(out);
    return out.text;
  }
  std::string list() {
    auto body = ask(agent_, "GET", "/v1/services").body;
    body.pop_back();  // the end of its line
    return "event: services\ndata: " + body + "\n\n";
  }
  void changes(const std::string& word) {
    agent_.state.services.at(0).status.state = word;
    agent_.feed.publishSnapshot(++agent_.state.version);
  }
};

TEST_F(ServiceEventsTest, AreTheBodyOfTheListAtOnce) {
  EXPECT_EQ(streamed(2), ": events\n\n" + list());
}

TEST_F(ServiceEventsTest, AreSentOnlyToThoseWhoAskForThem) {
  Collector out(3);
  ask(agent_, "GET", "/v1/events/stream").stream(out);
  EXPECT_EQ(out.text.find("event: services"), std::string::npos);
}

TEST_F(ServiceEventsTest, FollowAChangeAtOnceAfterAQuietTime) {
  const auto before = list();
  agent_.whileWaiting = [this] {
    agent_.time.boot += 1s;
    changes("stopped");
  };
  const auto text = streamed(3);
  EXPECT_EQ(text, ": events\n\n" + before + list());
  EXPECT_EQ(agent_.waits.size(), 1U);
}

TEST_F(ServiceEventsTest, OfMoreThanTenChangesASecondTheNewestIsSent) {
  const auto before = list();
  agent_.whileWaiting = [this] {
    agent_.time.boot += 30ms;
    changes("state" + std::to_string(agent_.waits.size()));
  };
  const auto text = streamed(3);
  EXPECT_EQ(text, ": events\n\n" + before + list());
  EXPECT_EQ(agent_.waits, (std::vector<model::Milliseconds>{2s, 70ms, 40ms, 10ms}));
}

TEST_F(ServiceEventsTest, HoldNoEventBack) {
  agent_.whileWaiting = [this] {
    changes("stopped");
    happens(5);
  };
  const auto text = streamed(3);
  EXPECT_NE(text.find("id: 5\ndata: {"), std::string::npos);
  EXPECT_EQ(text.find("event: services"), text.rfind("event: services"));
}

class OverviewEventsTest : public EventsTest {
 protected:
  std::string streamed(int most) {
    Collector out(most);
    ask(agent_, "GET", "/v1/events/stream?overview=1").stream(out);
    return out.text;
  }
};

// The data of the stream's event; nothing when there is not exactly one.
boost::json::value onlyOverview(const std::string& text) {
  static const std::string kBegin = "event: overview\ndata: ";
  const auto begin = text.find(kBegin);
  if (begin == std::string::npos || begin != text.rfind(kBegin)) {
    return nullptr;
  }
  const auto data = begin + kBegin.size();
  return boost::json::parse(text.substr(data, text.find('\n', data) - data));
}

TEST_F(OverviewEventsTest, AreWhatTheOtherListsSay) {
  const auto overview = onlyOverview(streamed(2)).as_object();
  auto info = bodyOf(ask(agent_, "GET", "/v1/info")).as_object();
  EXPECT_EQ(overview.at("clock"), info.at("clock"));
  info.erase("clock");
  EXPECT_EQ(overview.at("info"), info);
  EXPECT_EQ(overview.at("alerts"), bodyOf(ask(agent_, "GET", "/v1/alerts")).at("alerts"));
  EXPECT_EQ(overview.at("silences"), bodyOf(ask(agent_, "GET", "/v1/silences")).at("silences"));
  EXPECT_EQ(overview.at("notifiers"), bodyOf(ask(agent_, "GET", "/v1/notifiers")).at("notifiers"));
}

TEST_F(OverviewEventsTest, AreSentOnlyToThoseWhoAskForThem) {
  Collector out(3);
  ask(agent_, "GET", "/v1/events/stream?services=1").stream(out);
  EXPECT_EQ(out.text.find("event: overview"), std::string::npos);
}

TEST_F(OverviewEventsTest, AreNotSentAgainForTheClockAlone) {
  agent_.whileWaiting = [this] { agent_.time.boot += 1s; };
  EXPECT_NE(onlyOverview(streamed(3)), nullptr);
}

TEST_F(OverviewEventsTest, FollowAChangeThatHasNoNewsOfItsOwn) {
  agent_.whileWaiting = [this] {
    agent_.time.boot += 2s;
    agent_.state.settled = true;
    agent_.state.storedTarget = engine::StoredTarget{.revision = 4};
  };
  const auto text = streamed(3);
  EXPECT_NE(text.find("event: overview"), text.rfind("event: overview"));
  EXPECT_NE(text.find("\"revision\":4"), std::string::npos);
}

}  // namespace
}  // namespace holdfast::api
