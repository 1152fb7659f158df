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

TEST(EventStream, OneThatBreaksOffHasEndedThoughTheEngineIsThere) {
  const std::string kPing = fixtures::httpAnswer("200 OK", "OK");
  fixtures::ScriptedServer server(
      {{kPing, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}, {kPing}});
  support::HttpEndpoint endpoint;
  std::string problem;
  ASSERT_TRUE(support::parseEndpoint("unix://" + server.path(), false, endpoint, problem));
  runtime::EngineClient engine(kDialect, endpoint, -1);
  runtime::LookCache cache;
  testing::FakeCall call;
  Events events;
  EXPECT_EQ(runtime::watchEvents(engine, cache, call, events).code, sdk::ErrorClass::Unavailable);
  EXPECT_EQ(events.kinds, std::vector<sdk::EventKind>{sdk::EventKind::Connected});
  EXPECT_EQ(call.message(), "Docker ended its stream of events");
}

}  // namespace
}  // namespace holdfast::docker
