// SPDX-License-Identifier: Apache-2.0
// What Podman tells of a command that has yet to begin, which a real one does only when it is slow;
// tests/engines has real commands.
#include "runtime/common/exec.hpp"

#include "fixtures/http/scripted_server.hpp"
#include "fixtures/lab/wait_until.hpp"
#include "holdfast/testing/fake_call.hpp"
#include "runtime/podman/podman_dialect.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::podman {
namespace {

using namespace std::chrono_literals;
using fixtures::httpAnswer;
using fixtures::ScriptedServer;
using sdk::ErrorClass;
using testing::FakeCall;

const PodmanDialect kDialect;
const std::string kPing =
    httpAnswer("200 OK", "OK", "Api-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\n");
const std::string kCreated = httpAnswer("201 Created", R"({"Id":"e1"})");
// The stream of a command, which ends with its connection.
const std::string kStream =
    "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";

std::string inspected(const std::string& running, const std::string& canRemove,
                      const std::string& exitCode) {
  return httpAnswer("200 OK", R"({"CanRemove":)" + canRemove + R"(,"ExitCode":)" + exitCode +
                                  R"(,"Running":)" + running + R"(,"Pid":0})");
}
const std::string kToBegin = inspected("false", "false", "0");
const std::string kRuns = inspected("true", "false", "0");
const std::string kEndedWell = inspected("false", "true", "0");

class Sink final : public sdk::OutputSink {
 public:
  virtual ~Sink() = default;
  bool output(sdk::OutputStream, std::int64_t, std::string_view) noexcept override { return true; }
};

class PodmanExec : public ::testing::Test {
 protected:
  sdk::Status run(ScriptedServer& server) {
    support::HttpEndpoint endpoint;
    std::string problem;
    EXPECT_TRUE(support::parseEndpoint("unix://" + server.path(), false, endpoint, problem));
    runtime::EngineClient engine(kDialect, endpoint, -1);
    const std::vector<std::string_view> argv = {"check"};
    sdk::ExecRequest request;
    request.timeoutMs = 60'000;
    request.containerId = "c1";
    request.argv = argv;
    Sink sink;
    return runtime::execInContainer(engine, ends_, request, call_, sink, result_);
  }

  static int looksAmong(const std::string& requests) {
    int count = 0;
    for (std::size_t at = requests.find("/exec/e1/json"); at != std::string::npos;
         at = requests.find("/exec/e1/json", at + 1)) {
      ++count;
    }
    return count;
  }

  FakeCall call_;
  runtime::ExecEnds ends_;
  sdk::ExecResult result_;
};

TEST_F(PodmanExec, SeesAtOnceThatACommandHasEndedWell) {
  ScriptedServer server({{kPing, kCreated, kStream}, {kEndedWell}});
  ASSERT_EQ(run(server).code, ErrorClass::Ok) << call_.message();
  EXPECT_EQ(result_.exitCode, 0);
  EXPECT_EQ(result_.timedOut, 0);
}

TEST_F(PodmanExec, LooksAfterACommandThatHasYetToBegin) {
  ScriptedServer server({{kPing, kCreated, kStream + std::string(ScriptedServer::kStay)},
                         {kToBegin, kRuns, kEndedWell}});
  auto running = std::async(std::launch::async, [&] { return run(server); });
  EXPECT_TRUE(fixtures::waitUntil(
      [&] { return server.requests().find("/exec/e1/start") != std::string::npos; }, 10s));
  call_.cancel();
  EXPECT_EQ(running.get().code, ErrorClass::Cancelled);
  EXPECT_EQ(looksAmong(server.requests()), 3) << server.requests();
}

}  // namespace
}  // namespace holdfast::podman
