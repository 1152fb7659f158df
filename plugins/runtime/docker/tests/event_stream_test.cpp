// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/event_stream.hpp"

#include "fixtures/http/scripted_server.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "runtime/docker/docker_dialect.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast::docker {
namespace {

using runtime::EventSubject;
using runtime::readEvent;
using runtime::SeenEvent;

const DockerDialect kDialect;

std::optional<SeenEvent> read(const std::string& type, const std::string& action,
                              const std::string& attributes) {
  return readEvent(kDialect,
                   boost::json::parse(R"({"Type":")" + type + R"(","Action":")" + action +
                                      R"(","Actor":{"ID":"abc","Attributes":)" + attributes +
                                      R"(},"scope":"local","time":1700000000,)"
                                      R"("timeNano":1700000000123456789})"));
}

const std::string kOurs = R"({"name":"web","io.holdfast.owner":"o","exitCode":"1"})";
const std::string kLegacy = R"({"name":"old","iotistic.app-id":"1","iotistic.service-id":"2"})";
const std::string kTheirs = R"({"name":"db","com.example":"x"})";

TEST(EventStream, ReadsAnEventOfOurs) {
  const auto event = read("container", "die", kOurs);
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->kind, sdk::EventKind::Died);
  EXPECT_EQ(event->id, "abc");
  EXPECT_EQ(event->name, "web");
  EXPECT_EQ(event->action, "die");
  EXPECT_EQ(event->timeMs, 1700000000123);
}

TEST(EventStream, NamesKinds) {
  EXPECT_EQ(read("container", "start", kOurs)->kind, sdk::EventKind::Started);
  EXPECT_EQ(read("container", "oom", kOurs)->kind, sdk::EventKind::Changed);
  EXPECT_EQ(read("container", "die", kLegacy)->kind, sdk::EventKind::Died);
  EXPECT_EQ(read("image", "untag", R"({"name":"x"})")->subject, EventSubject::Image);
  EXPECT_EQ(read("network", "destroy", R"({"name":"x"})")->subject, EventSubject::Network);
  EXPECT_EQ(read("volume", "create", "{}")->subject, EventSubject::Volume);
}

TEST(EventStream, ReadsTheEndOfACommand) {
  const std::string attributes =
      R"({"name":"web","io.holdfast.owner":"o","execID":"e1","exitCode":"4"})";
  const auto event = read("container", "exec_die", attributes);
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->subject, EventSubject::Command);
  EXPECT_EQ(event->id, "e1");
  EXPECT_EQ(event->exitCode, 4);
  EXPECT_FALSE(read("container", "exec_die", kOurs).has_value()) << "it names no command";
  EXPECT_FALSE(
      read("container", "exec_die", R"({"io.holdfast.owner":"o","execID":"e1","exitCode":"4x"})")
          .has_value());
}

TEST(EventStream, PassesOverWhatIsNotOurs) {
  EXPECT_FALSE(read("container", "die", kTheirs).has_value());
  EXPECT_FALSE(read("plugin", "enable", "{}").has_value());
  EXPECT_FALSE(readEvent(kDialect, boost::json::parse("{}")).has_value());
  EXPECT_FALSE(
      readEvent(kDialect, boost::json::parse(R"({"Type":"container","Actor":7})")).has_value());
}

class Events final : public sdk::EventSink {
 public:
  virtual ~Events() = default;
  void event(const sdk::EngineEvent& event) noexcept override { kinds.push_back(event.kind); }
  std::vector<sdk::EventKind> kinds;
};

// Of the events of a stream.
class StreamedEvents : public ::testing::Test {
 protected:
  sdk::Status watch(fixtures::ScriptedServer& server) {
    support::HttpEndpoint endpoint;
    std::string problem;
    EXPECT_TRUE(support::parseEndpoint("unix://" + server.path(), false, endpoint, problem));
    runtime::EngineClient engine(kDialect, endpoint, -1);
    return runtime::watchEvents(engine, cache_, ends_, call_, events_);
  }
  const std::string ping_ = fixtures::httpAnswer("200 OK", "OK");
  runtime::LookCache cache_;
  runtime::ExecEnds ends_;
  testing::FakeCall call_;
  Events events_;
};

TEST_F(StreamedEvents, TellWhoWaitsForACommandAndNobodyElse) {
  const std::string event =
      R"({"Type":"container","Action":"exec_die","Actor":{"ID":"abc","Attributes":)"
      R"({"io.holdfast.owner":"o","execID":"e1","exitCode":"4"}}})";
  fixtures::ScriptedServer server({{ping_, fixtures::httpAnswer("200 OK", event)}, {ping_}});
  ends_.connected();  // as by a stream before this one
  const runtime::ExecEnds::Wait wait(ends_, "e1");
  const runtime::ExecEnds::Wait other(ends_, "e2");
  ends_.disconnected();
  EXPECT_EQ(watch(server).code, sdk::ErrorClass::Unavailable);
  EXPECT_EQ(wait.exitCode(), 4);
  EXPECT_FALSE(other.exitCode());
  EXPECT_EQ(events_.kinds, std::vector<sdk::EventKind>{sdk::EventKind::Connected});
  EXPECT_EQ(runtime::ExecEnds::Wait(ends_, "e3").fd(), -1) << "no stream is open";
}

TEST_F(StreamedEvents, OneThatBreaksOffHasEndedThoughTheEngineIsThere) {
  fixtures::ScriptedServer server(
      {{ping_, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}, {ping_}});
  EXPECT_EQ(watch(server).code, sdk::ErrorClass::Unavailable);
  EXPECT_EQ(events_.kinds, std::vector<sdk::EventKind>{sdk::EventKind::Connected});
  EXPECT_EQ(call_.message(), "Docker ended its stream of events");
}

}  // namespace
}  // namespace holdfast::docker
