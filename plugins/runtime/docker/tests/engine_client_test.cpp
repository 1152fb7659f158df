// SPDX-License-Identifier: Apache-2.0
// The engine's client as Docker's dialect makes it speak.
#include "runtime/common/engine_client.hpp"

#include "fixtures/http/scripted_server.hpp"
#include "holdfast/testing/deadline_call.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "runtime/docker/docker_dialect.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::docker {
namespace {

using fixtures::httpAnswer;
using fixtures::ScriptedServer;
using runtime::EngineClient;
using sdk::ErrorClass;
using testing::FakeCall;

const DockerDialect kDialect;

EngineClient clientOf(const std::string& path) {
  support::HttpEndpoint endpoint;
  std::string problem;
  EXPECT_TRUE(support::parseEndpoint("unix://" + path, false, endpoint, problem)) << problem;
  return EngineClient(kDialect, endpoint, -1);
}

std::string ping(const std::string& headers) {
  return httpAnswer("200 OK", "OK", headers);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// As the host makes it: the cancellation comes a moment after the time that it tells.
class HostsCall final : public sdk::Call {
 public:
  explicit HostsCall(std::int64_t limitMs) : end_(limitMs + kDelayMs) {}
  [[nodiscard]] bool cancelled() const noexcept override { return end_.cancelled(); }
  [[nodiscard]] std::int64_t remainingMs() const noexcept override {
    return std::max<std::int64_t>(end_.remainingMs() - kDelayMs, 0);
  }
  [[nodiscard]] int cancelFd() const noexcept override { return end_.cancelFd(); }
  void explain(std::string_view message, std::string_view raw) noexcept override {
    end_.explain(message, raw);
  }
  [[nodiscard]] std::string message() const { return end_.message(); }

 private:
  static constexpr std::int64_t kDelayMs = 30;
  testing::DeadlineCall end_;
};

TEST(EngineClient, SpeaksTheHighestVersionThatBothKnow) {
  struct Row {
    std::string offered;
    int minor;
  };
  for (const Row& row : {Row{"1.40", 40}, Row{"1.41", 41}, Row{"1.44", 44}, Row{"1.53", 44}}) {
    ScriptedServer server(
        {{ping("Api-Version: " + row.offered + "\r\n"), httpAnswer("200 OK", "[]")}});
    EngineClient client = clientOf(server.path());
    FakeCall call;
    int minor = 0;
    ASSERT_TRUE(client.version(call, minor).ok()) << call.message();
    EXPECT_EQ(minor, row.minor);
    ASSERT_TRUE(client.call(call, {.path = "/containers/json"}).ok());
    EXPECT_TRUE(contains(server.requests(),
                         "GET /v1." + std::to_string(row.minor) + "/containers/json HTTP/1.1"));
  }
}

TEST(EngineClient, RefusesAnEngineThatIsTooOld) {
  for (const std::string headers : {"Api-Version: 1.39\r\n", "Api-Version: nonsense\r\n", ""}) {
    ScriptedServer server({{ping(headers)}});
    FakeCall call;
    EXPECT_EQ(clientOf(server.path()).ping(call).code, ErrorClass::Unavailable) << headers;
    EXPECT_TRUE(contains(call.message(), "1.40"));
  }
}

TEST(EngineClient, RefusesPodmanAndNamesItsPlugin) {
  ScriptedServer server({{ping("Api-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\n")}});
  FakeCall call;
  EXPECT_EQ(clientOf(server.path()).ping(call).code, ErrorClass::Unavailable);
  EXPECT_TRUE(contains(call.message(), "plugin podman"));
}

TEST(EngineClient, SaysThatThereIsNoEngine) {
  FakeCall call;
  EngineClient client = clientOf("/nonexistent/docker.sock");
  EXPECT_EQ(client.call(call, {.path = "/info"}).status.code, ErrorClass::Unavailable);
  EXPECT_EQ(call.message(),
            "/nonexistent/docker.sock does not exist: is Docker installed and running?");
}

TEST(EngineClient, NegotiatesAgainAfterTheEngineWasAway) {
  ScriptedServer server({{ping("Api-Version: 1.41\r\n"), ""},
                         {""},  // libcurl's own second attempt
                         {""},  // the ping that tells whether it is there
                         {ping("Api-Version: 1.44\r\n"), httpAnswer("200 OK", "{}")}});
  EngineClient client = clientOf(server.path());
  FakeCall call;
  EXPECT_EQ(client.call(call, {.path = "/info"}).status.code, ErrorClass::Unavailable);
  EXPECT_TRUE(client.call(call, {.path = "/info"}).ok()) << call.message();
  EXPECT_TRUE(contains(server.requests(), "GET /v1.44/info"));
}

TEST(EngineClient, BlamesTheRequestWhenOnlyItTakesTooLong) {
  ScriptedServer server({{ping("Api-Version: 1.41\r\n"), std::string(ScriptedServer::kStay)},
                         {ping("Api-Version: 1.41\r\n")}});
  EngineClient client = clientOf(server.path());
  FakeCall call;
  EXPECT_EQ(client.call(call, {.path = "/info", .timeoutMs = 50}).status.code,
            ErrorClass::Transient);
  EXPECT_TRUE(contains(call.message(), "did not finish GET /info"));
}

// As a handler that panics does; the engine lives on.
TEST(EngineClient, BlamesTheRequestWhenOnlyItsConnectionIsClosed) {
  ScriptedServer server(
      {{ping("Api-Version: 1.41\r\n"), ""},
       {""},
       {ping("Api-Version: 1.41\r\n"), ping("Api-Version: 1.44\r\n"), httpAnswer("200 OK", "{}")}});
  EngineClient client = clientOf(server.path());
  FakeCall call;
  EXPECT_EQ(client.call(call, {.path = "/info"}).status.code, ErrorClass::Transient);
  EXPECT_EQ(call.message(), "Docker closed the connection in the middle of GET /info");
  EXPECT_TRUE(client.call(call, {.path = "/info"}).ok()) << call.message();
  EXPECT_TRUE(contains(server.requests(), "GET /v1.44/info")) << "it may have been a restart";
}

TEST(EngineClient, BlamesTheEngineWhenNothingIsAnswered) {
  ScriptedServer server({{ping("Api-Version: 1.41\r\n"), std::string(ScriptedServer::kStay)}});
  EngineClient client = clientOf(server.path());
  FakeCall call(60);
  EXPECT_EQ(client.call(call, {.path = "/info"}).status.code, ErrorClass::Unavailable);
}

// Whether the engine or the request is to blame is the host's to say: it knows what was asked.
TEST(EngineClient, BlamesNobodyAtTheEndOfTheCall) {
  for (const std::int64_t timeoutMs : {30'000, 40}) {  // all that is left; less, and then a ping
    ScriptedServer server({{ping("Api-Version: 1.41\r\n"), std::string(ScriptedServer::kStay)},
                           {std::string(ScriptedServer::kStay)}});
    EngineClient client = clientOf(server.path());
    HostsCall call(200);
    EXPECT_EQ(client.call(call, {.path = "/info", .timeoutMs = timeoutMs}).status.code,
              ErrorClass::Cancelled);
    EXPECT_EQ(call.message(), "Docker did not finish GET /info in time");
    EXPECT_TRUE(call.cancelled()) << "not before the host says so";
  }
}

TEST(EngineClient, EndsWithTheCallThatIsCancelled) {
  ScriptedServer server({{ping("Api-Version: 1.41\r\n")}});
  EngineClient client = clientOf(server.path());
  FakeCall call;
  ASSERT_TRUE(client.ping(call).ok());
  call.cancel();
  EXPECT_EQ(client.call(call, {.path = "/info"}).status.code, ErrorClass::Cancelled);
}

TEST(EngineClient, ExplainsARefusalWithTheRootCauseAndTheWholeAnswer) {
  support::HttpResponse response;
  response.status = 404;
  response.body = R"({"message":"No such image: nginx:1"})";
  FakeCall call;
  EXPECT_EQ(clientOf("/x").refuse(call, runtime::kCreate, response).code, ErrorClass::NotFound);
  EXPECT_EQ(call.message(), "No such image: nginx:1");
  EXPECT_EQ(call.raw(), "HTTP 404\n" + response.body);
}

}  // namespace
}  // namespace holdfast::docker
