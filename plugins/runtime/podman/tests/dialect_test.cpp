// SPDX-License-Identifier: Apache-2.0
#include "fixtures/http/scripted_server.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "runtime/common/engine_client.hpp"
#include "runtime/common/event_stream.hpp"
#include "runtime/podman/podman_dialect.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>

namespace holdfast::podman {
namespace {

using fixtures::httpAnswer;
using fixtures::ScriptedServer;
using runtime::EngineClient;
using sdk::ErrorClass;
using testing::FakeCall;

const PodmanDialect kDialect;

EngineClient clientOf(const std::string& path) {
  support::HttpEndpoint endpoint;
  std::string problem;
  EXPECT_TRUE(support::parseEndpoint("unix://" + path, false, endpoint, problem)) << problem;
  return EngineClient(kDialect, endpoint, -1);
}

std::string ping(const std::string& headers) {
  return httpAnswer("200 OK", "OK", headers);
}

const std::string kPodman4 = "Api-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\n";

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(PodmanDialect, SpeaksTheFormOfVersion4AndPullsByDockersCall) {
  ScriptedServer server({{ping("Api-Version: 1.41\r\nLibpod-Api-Version: 5.8.2\r\n"),
                          httpAnswer("200 OK", "[]"), httpAnswer("200 OK", "{}")}});
  EngineClient client = clientOf(server.path());
  FakeCall call;
  ASSERT_TRUE(client.call(call, {.path = "/containers/json"}).ok()) << call.message();
  ASSERT_TRUE(client.call(call, {.method = "POST", .path = "/images/create", .pull = true}).ok());
  EXPECT_TRUE(contains(server.requests(), "GET /v4.0.0/libpod/containers/json HTTP/1.1"));
  EXPECT_TRUE(contains(server.requests(), "POST /v1.41/images/create HTTP/1.1"));
}

TEST(PodmanDialect, LooksAgainWhenAProcessEndedUnderTheLook) {
  const std::string vanished = httpAnswer(
      "500 Internal Server Error",
      R"({"cause":"no such process","message":"read /proc/4711/cgroup: no such process"})");
  ScriptedServer server({{ping(kPodman4), vanished, httpAnswer("200 OK", "[]"), vanished}});
  EngineClient client = clientOf(server.path());
  FakeCall call;
  EXPECT_EQ(client.call(call, {.path = "/containers/json"}).http(), 200);
  EXPECT_EQ(client.call(call, {.method = "POST", .path = "/containers/a/stop"}).http(), 500);
}

TEST(PodmanDialect, RefusesDockerAndNamesItsPlugin) {
  ScriptedServer server({{ping("Api-Version: 1.44\r\n")}});
  FakeCall call;
  EXPECT_EQ(clientOf(server.path()).ping(call).code, ErrorClass::Unavailable);
  EXPECT_TRUE(contains(call.message(), "belongs to Docker: load the plugin docker"));
}

TEST(PodmanDialect, RefusesAnEngineThatIsTooOld) {
  for (const std::string headers :
       {"Libpod-Api-Version: 3.4.4\r\n", "Libpod-Api-Version: x\r\n", ""}) {
    ScriptedServer server({{ping(headers)}});
    FakeCall call;
    EXPECT_EQ(clientOf(server.path()).ping(call).code, ErrorClass::Unavailable) << headers;
    EXPECT_TRUE(contains(call.message(), "Podman 4"));
  }
}

TEST(PodmanDialect, SaysThatThereIsNoService) {
  FakeCall call;
  EngineClient client = clientOf("/nonexistent/podman.sock");
  EXPECT_EQ(client.call(call, {.path = "/info"}).status.code, ErrorClass::Unavailable);
  EXPECT_EQ(call.message(),
            "/nonexistent/podman.sock does not exist: is Podman installed and running?");
}

// A service that was started for a socket and found nothing to do ends after 5 s: the next
// connection starts it again, and nobody hears of it.
TEST(PodmanDialect, AServiceThatIdledOutIsNoOutage) {
  ScriptedServer server(
      {{ping(kPodman4), httpAnswer("200 OK", "[]")}, {httpAnswer("200 OK", "[]")}});
  EngineClient client = clientOf(server.path());
  FakeCall call;
  EXPECT_TRUE(client.call(call, {.path = "/containers/json"}).ok());
  EXPECT_TRUE(client.call(call, {.path = "/containers/json"}).ok()) << call.message();
}

TEST(PodmanDialect, AsksForTheServiceOnceInACall) {
  EngineClient client = clientOf("/nonexistent/podman.sock");
  int asked = 0;
  client.onNobodyThere([&](sdk::Call&) {
    ++asked;
    return true;
  });
  FakeCall call;
  EXPECT_EQ(client.ping(call).code, ErrorClass::Unavailable);
  EXPECT_EQ(asked, 1);
}

TEST(PodmanDialect, KnowsTheWordsForStates) {
  using sdk::ContainerState;
  EXPECT_EQ(kDialect.stateOf("running"), ContainerState::Running);
  EXPECT_EQ(kDialect.stateOf("exited"), ContainerState::Exited);
  EXPECT_EQ(kDialect.stateOf("stopped"), ContainerState::Exited);
  EXPECT_EQ(kDialect.stateOf("created"), ContainerState::Created);
  EXPECT_EQ(kDialect.stateOf("initialized"), ContainerState::Created);
  EXPECT_EQ(kDialect.stateOf("paused"), ContainerState::Paused);
  EXPECT_EQ(kDialect.stateOf("stopping"), ContainerState::Changing);
  EXPECT_EQ(kDialect.stateOf("removing"), ContainerState::Changing);
  EXPECT_EQ(kDialect.stateOf("never seen"), ContainerState::Changing);
}

TEST(PodmanDialect, LeavesWhatSomebodyElseKeeps) {
  const auto manages = [](const std::string& labels) {
    return kDialect.manages(boost::json::parse(labels).as_object());
  };
  const std::string legacy = R"("iotistic.app-id":"1","iotistic.service-id":"2")";
  EXPECT_TRUE(manages(R"({"io.holdfast.owner":"o"})"));
  EXPECT_TRUE(manages(R"({"io.holdfast.owner":"o","PODMAN_SYSTEMD_UNIT":"x.service"})"));
  EXPECT_TRUE(manages("{" + legacy + "}"));
  EXPECT_FALSE(manages("{" + legacy + R"(,"PODMAN_SYSTEMD_UNIT":"x.service"})"));
  EXPECT_FALSE(manages("{" + legacy + R"(,"com.docker.compose.project":"x"})"));
  EXPECT_FALSE(manages(R"({"PODMAN_SYSTEMD_UNIT":"x.service"})"));
}

TEST(PodmanDialect, ReadsTheTextOfARefusal) {
  support::HttpResponse response;
  response.status = 500;
  response.body = R"({"cause":"that name is already in use","message":"the chain","response":500})";
  EXPECT_EQ(kDialect.errorTextOf(response), "the chain");
  EXPECT_TRUE(kDialect.saysNameTaken(response));
  response.body = R"({"progressDetail":{},"errorDetail":{"message":"m"},"error":"m"})";
  EXPECT_EQ(kDialect.errorTextOf(response), "m");
  EXPECT_FALSE(kDialect.saysNameTaken(response));
  response.body = "Not Found";
  EXPECT_EQ(kDialect.errorTextOf(response), "Not Found");
}

TEST(PodmanDialect, TellsACommandThatWasNotRunFromOneThatWas) {
  EXPECT_TRUE(kDialect.saysNotRun("Error: runc: exec failed: unable to start container process"));
  EXPECT_TRUE(
      kDialect.saysNotRun("Error: crun: open executable: Permission denied: OCI permission "
                          "denied"));
  EXPECT_FALSE(kDialect.saysNotRun("Error: my database is gone"));
  EXPECT_FALSE(kDialect.saysNotRun(""));
}

TEST(PodmanDialect, ReadsItsEvents) {
  const auto event = runtime::readEvent(kDialect, boost::json::parse(R"({"status":"died","id":"abc",
      "from":"i","Type":"container","Action":"died","Actor":{"ID":"abc","Attributes":{
      "containerExitCode":"3","image":"i","io.holdfast.owner":"x","name":"e1","podId":""}},
      "scope":"local","time":1795646174,"timeNano":1795646174472904713})"));
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->kind, sdk::EventKind::Died);
  EXPECT_EQ(event->name, "e1");
  EXPECT_EQ(event->timeMs, 1795646174472);
}

}  // namespace
}  // namespace holdfast::podman
