// SPDX-License-Identifier: Apache-2.0
// How a command's end is found out, with answers that a real engine gives only now and then;
// tests/engines has real commands.
#include "runtime/common/exec.hpp"

#include "fixtures/http/scripted_server.hpp"
#include "fixtures/lab/wait_until.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "runtime/docker/docker_dialect.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::docker {
namespace {

using namespace std::chrono_literals;
using fixtures::httpAnswer;
using fixtures::ScriptedServer;
using runtime::EngineClient;
using sdk::ErrorClass;
using testing::FakeCall;
using Answers = std::vector<std::string>;

const DockerDialect kDialect;
const std::string kPing = httpAnswer("200 OK", "OK");
const std::string kCreated = httpAnswer("201 Created", R"({"Id":"e1"})");
// The stream of a command, which ends with its connection.
const std::string kStream =
    "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";
const std::string kFrame = std::string("\x01\0\0\0\0\0\0\x03", 8) + "out";

std::string inspected(const std::string& running, const std::string& exitCode) {
  return httpAnswer("200 OK",
                    R"({"Running":)" + running + R"(,"ExitCode":)" + exitCode + R"(,"Pid":0})");
}
const std::string kRuns = inspected("true", "null");

class Sink final : public sdk::OutputSink {
 public:
  explicit Sink(
      bool goesOn = true, std::function<void()> onOutput = [] {})
      : goesOn_(goesOn), onOutput_(std::move(onOutput)) {}
  virtual ~Sink() = default;
  bool output(sdk::OutputStream, std::int64_t, std::string_view bytes) noexcept override {
    text_ += bytes;
    onOutput_();
    return goesOn_;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  const bool goesOn_;
  const std::function<void()> onOutput_;
  std::string text_;
};

class Exec : public ::testing::Test {
 protected:
  sdk::Status run(ScriptedServer& server, std::int64_t timeoutMs, Sink& sink) {
    support::HttpEndpoint endpoint;
    std::string problem;
    EXPECT_TRUE(support::parseEndpoint("unix://" + server.path(), false, endpoint, problem));
    EngineClient engine(kDialect, endpoint, -1);
    const std::vector<std::string_view> argv = {"check"};
    sdk::ExecRequest request;
    request.timeoutMs = timeoutMs;
    request.containerId = "c1";
    request.argv = argv;
    return runtime::execInContainer(engine, ends_, request, call_, sink, result_);
  }

  static int countOf(std::string_view word, const std::string& text) {
    int count = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
      ++count;
    }
    return count;
  }

  FakeCall call_;
  runtime::ExecEnds ends_;
  sdk::ExecResult result_;
};

TEST_F(Exec, TakesThreeCalls) {
  ScriptedServer server({{kPing, kCreated, kStream + kFrame}, {inspected("false", "4")}});
  Sink sink;
  ASSERT_EQ(run(server, 10'000, sink).code, ErrorClass::Ok) << call_.message();
  EXPECT_EQ(result_.exitCode, 4);
  EXPECT_EQ(result_.timedOut, 0);
  EXPECT_EQ(sink.text(), "out");
  EXPECT_EQ(countOf(" HTTP/1.1\r\n", server.requests()), 1 + 3) << server.requests();
}

TEST_F(Exec, AsksForNoEndThatAnEventTells) {
  ends_.connected();
  ScriptedServer server({{kPing, kCreated, kStream + kFrame}});
  // With the output, so before the stream's end, however slow the machine is.
  Sink sink(true, [this] {
    ends_.ended("e0", 7);
    ends_.ended("e1", 4);
  });
  ASSERT_EQ(run(server, 10'000, sink).code, ErrorClass::Ok) << call_.message();
  EXPECT_EQ(result_.exitCode, 4);
  EXPECT_EQ(sink.text(), "out");
  EXPECT_EQ(countOf(" HTTP/1.1\r\n", server.requests()), 1 + 2) << server.requests();
}

TEST_F(Exec, AsksForAnEndOfWhichNoEventCame) {
  ends_.connected();
  ScriptedServer server({{kPing, kCreated, kStream + kFrame}, {inspected("false", "4")}});
  Sink sink;
  ASSERT_EQ(run(server, 10'000, sink).code, ErrorClass::Ok) << call_.message();
  EXPECT_EQ(result_.exitCode, 4);
}

TEST_F(Exec, WaitsForTheExitCodeOfACommandThatClosedItsOutput) {
  ScriptedServer server(
      {{kPing, kCreated, kStream},
       {kRuns, kRuns, inspected("false", "null"), kRuns, inspected("false", "1")}});
  Sink sink;
  ASSERT_EQ(run(server, 10'000, sink).code, ErrorClass::Ok) << call_.message();
  EXPECT_EQ(result_.exitCode, 1);
  EXPECT_EQ(result_.timedOut, 0);
}

TEST_F(Exec, NeverTakesOneThatRunsForOneThatEndedWell) {
  ScriptedServer server({{kPing, kCreated, kStream}, Answers(1'000, kRuns)});
  Sink sink;
  ASSERT_EQ(run(server, 100, sink).code, ErrorClass::Ok) << call_.message();
  EXPECT_EQ(result_.timedOut, 1);
  EXPECT_LT(countOf("/exec/e1/json", server.requests()), 50) << "it is not asked without a pause";
}

TEST_F(Exec, SaysThatTheEngineDoesNotTellTheEnd) {
  ScriptedServer server(
      {{kPing, kCreated, kStream}, {httpAnswer("404 Not Found", R"({"message":"gone"})")}});
  Sink sink;
  EXPECT_EQ(run(server, 10'000, sink).code, ErrorClass::Transient);
  EXPECT_EQ(call_.message(), "the engine does not tell how the command ended");
}

// A probe that is defined anew gives its attempt up; the command has not begun when that happens.
TEST_F(Exec, LooksAfterACommandWhoseCallIsCancelled) {
  ScriptedServer server({{kPing, kCreated, kStream + std::string(ScriptedServer::kStay)},
                         {inspected("false", "null"), kRuns, inspected("false", "137")}});
  Sink sink;
  auto running = std::async(std::launch::async, [&] { return run(server, 60'000, sink); });
  EXPECT_TRUE(fixtures::waitUntil(
      [&] { return server.requests().find("/exec/e1/start") != std::string::npos; }, 10s));
  call_.cancel();
  EXPECT_EQ(running.get().code, ErrorClass::Cancelled);
  EXPECT_EQ(countOf("/exec/e1/json", server.requests()), 3) << server.requests();
}

TEST_F(Exec, TellsTheRealEndOfACommandWhoseReaderHasEnough) {
  ScriptedServer server({{kPing, kCreated, kStream + kFrame + std::string(ScriptedServer::kStay)},
                         {kRuns, kRuns, inspected("false", "137"), inspected("false", "137")}});
  Sink sink(false);
  ASSERT_EQ(run(server, 60'000, sink).code, ErrorClass::Ok) << call_.message();
  EXPECT_EQ(result_.exitCode, 137);
  EXPECT_EQ(result_.timedOut, 0);
  EXPECT_EQ(countOf("/exec/e1/json", server.requests()), 4) << "it is looked for, to be killed";
}

}  // namespace
}  // namespace holdfast::docker
