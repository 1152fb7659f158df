// SPDX-License-Identifier: Apache-2.0
// The program against the real API server, with an agent in memory behind it: what one side writes
// the other has to read.
#include "api/server.hpp"
#include "component/cli/cli_process.hpp"
#include "unit/api/fake_agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace holdfast::cli {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// An agent whose state moves on each time it is looked at.
class ScriptedAgent : public api::FakeAgent {
 public:
  std::shared_ptr<const engine::Snapshot> snapshot() const override {
    const Turn turn(turns);
    if (onLook) {
      onLook();
    }
    return FakeAgent::snapshot();
  }
  std::function<void()> onLook;
};

class CliApi : public testing::Test {
 protected:
  CliApi() {
    std::filesystem::create_directories(folder_);
    server_ = std::make_unique<api::Server>(api::ServerSettings{.socketPath = socket_}, agent_,
                                            [](engine::Severity, const std::string&) {});
    server_->start();
  }
  CliApi(const CliApi&) = delete;
  CliApi& operator=(const CliApi&) = delete;
  ~CliApi() override {
    server_->stop(std::chrono::seconds(5));
    std::filesystem::remove_all(folder_);
  }

  // The program runs between two turns of the test with the agent.
  Ended runPiped(const std::string& socket, const std::vector<std::string>& words,
                 const std::string& input = {}) {
    takeTurn();
    Ended ended = cli::runPiped(socket, words, input);
    takeTurn();
    return ended;
  }
  Ended runOnTerminal(const std::string& socket, const std::vector<std::string>& words,
                      const std::string& input = {}, unsigned short columns = 80,
                      bool colour = false) {
    takeTurn();
    Ended ended = cli::runOnTerminal(socket, words, input, columns, colour);
    takeTurn();
    return ended;
  }
  void takeTurn() const { const api::FakeAgent::Turn turn(agent_.turns); }

  // A service whose image cannot be pulled.
  model::ServiceStatus& failing() {
    model::ServiceStatus& status = agent_.addService().status;
    status.imageName = "nodered/node-red:invalid";
    status.serviceStatus = model::ServiceStatusWord::Error;
    status.reason = "ImagePullBackOff";
    status.error = model::StatusError{.type = "ImagePullBackOff",
                                      .reason = "ImagePullBackOff",
                                      .message = "manifest \x1b]0;owned\x07unknown",
                                      .errorClass = "not_found",
                                      .retryCount = 10,
                                      .maxRetries = 10,
                                      .exhausted = true,
                                      .firstError = "no route"};
    return status;
  }

  const std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) /
                                        ("holdfast-cli-api-" + std::to_string(::getpid()));
  const std::string socket_ = (folder_ / "s.sock").string();
  ScriptedAgent agent_;
  std::unique_ptr<api::Server> server_;
};

TEST_F(CliApi, ShowsStatus) {
  failing();
  const Ended ended = runPiped(socket_, {"status"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.output,
              HasSubstr("monitoring   nodered   ImagePullBackOff   no      0          "
                        "gave up      -     nodered/node-red:invalid\n"));
  EXPECT_THAT(ended.errors, IsEmpty());
}

TEST_F(CliApi, DescribesAndExplains) {
  failing();
  engine::ServiceView& view = agent_.state.services.front();
  view.specJson = R"({"name": "monitoring_nodered_2", "image": "nodered/node-red:invalid"})";
  view.specHash = "abcd";
  view.decision = "gave up pulling";
  retry::Entry entry;
  entry.key = "image:docker:nodered/node-red:invalid";
  entry.retryCount = entry.maxRetries = 10;
  entry.exhausted = true;
  entry.latest = {.errorClass = sdk::ErrorClass::NotFound,
                  .reason = "ErrImagePull",
                  .message = "manifest unknown",
                  .raw = "HTTP 404\nno \x1b[2J such"};
  entry.firstError = "no route";
  view.ledger.push_back(entry);
  view.errorKey = entry.key;
  const Ended description = runPiped(socket_, {"describe", "1001/nodered"});
  EXPECT_EQ(description.code, 0) << description.errors;
  EXPECT_THAT(
      description.output,
      AllOf(HasSubstr("Name:             monitoring/nodered\n"),
            HasSubstr("  Hash:           abcd\n"), HasSubstr("    State:        gave up (10/10)\n"),
            HasSubstr("      no ^[[2J such\n"), Not(HasSubstr("\x1b"))));
  const Ended reasons = runPiped(socket_, {"why", "monitoring/nodered"});
  EXPECT_EQ(reasons.code, 0) << reasons.errors;
  EXPECT_THAT(reasons.output,
              AllOf(HasSubstr("Decision:   The agent concluded: gave up pulling.\n"),
                    HasSubstr("of another cause: no route"), HasSubstr("| no ^[[2J such\n"),
                    HasSubstr("It gave up after 10 retries"), Not(HasSubstr("\x1b"))));
}

TEST_F(CliApi, ListsEvents) {
  agent_.addService();
  agent_.history.push_back({.id = 7,
                            .firstId = 7,
                            .what = {.type = model::EventType::Warning,
                                     .reason = "Failed",
                                     .app = "1001",
                                     .service = "nodered",
                                     .message = "manifest unknown"},
                            .firstTimestamp = agent_.time.wall,
                            .lastTimestamp = agent_.time.wall});
  const Ended ended = runPiped(socket_, {"events", "monitoring/nodered", "--since", "1h"});
  EXPECT_EQ(ended.code, 0) << ended.errors;
  EXPECT_THAT(ended.output,
              HasSubstr("Warning   Failed   monitoring/nodered   manifest unknown\n"));
  ASSERT_FALSE(agent_.queries.empty());
  EXPECT_EQ(agent_.queries.front().app, "1001");
  EXPECT_EQ(agent_.queries.front().service, "nodered");
  EXPECT_TRUE(agent_.queries.front().since.has_value());
}

TEST_F(CliApi, PlansFromStandardInput) {
  agent_.actions = {{.service = "1001/nodered",
                     .runtime = "docker",
                     .step = "downloadImage",
                     .object = "nodered/node-red:3",
                     .why = "not there"}};
  const Ended ended = runPiped(socket_, {"plan", "-f", "-", "--exit-code"}, R"({"apps": {}})");
  EXPECT_EQ(ended.code, 2) << ended.errors;
  EXPECT_THAT(ended.output,
              HasSubstr("1001/nodered   downloadImage   nodered/node-red:3   not there"));
  ASSERT_EQ(agent_.plans.size(), 1u);
  EXPECT_EQ(agent_.plans.front()->text, R"({"apps": {}})");
}

TEST_F(CliApi, PointsAtTheProblemsOfATarget) {
  agent_.result = {.code = engine::CommandResult::Code::Invalid,
                   .message = "refused",
                   .problems = {{"/apps/1/services", "expected an array"}}};
  const Ended ended =
      runPiped(socket_, {"apply", "-f", "-"}, "{\n \"apps\": {\"1\": {\"services\": 7}}\n}");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.errors,
              StartsWith("standard input:2:17: /apps/1/services: expected an array\n"));
}

TEST_F(CliApi, OperatesOnServicesAndApps) {
  agent_.addService();
  agent_.result.message = "taken in";
  for (const char* verb : {"retry", "restart", "stop", "start"}) {
    EXPECT_EQ(runPiped(socket_, {verb, "monitoring/nodered"}).output, "taken in\n");
  }
  EXPECT_EQ(runPiped(socket_, {"retry", "--all"}).code, 0);
  EXPECT_EQ(runPiped(socket_, {"purge", "monitoring"}).code, 2);  // nobody to be asked
  EXPECT_EQ(runPiped(socket_, {"purge", "monitoring", "--yes"}).code, 0);
  EXPECT_THAT(agent_.commands, ElementsAre("retry monitoring/nodered", "restart monitoring/nodered",
                                           "stop monitoring/nodered", "start monitoring/nodered",
                                           "retryAll", "purge monitoring"));
}

TEST_F(CliApi, AsksOnATerminalBeforeItPurges) {
  agent_.result.message = "purging";
  const Ended no = runOnTerminal(socket_, {"purge", "monitoring"}, "n\n");
  EXPECT_EQ(no.code, 1);
  EXPECT_THAT(no.output, HasSubstr("Nothing was removed."));
  EXPECT_THAT(agent_.commands, IsEmpty());
  EXPECT_EQ(runOnTerminal(socket_, {"purge", "monitoring"}, "y\n").code, 0);
  EXPECT_THAT(agent_.commands, ElementsAre("purge monitoring"));
}

TEST_F(CliApi, TakesOverOrphans) {
  agent_.state.owner = "11111111-1111-1111-1111-111111111111";
  agent_.state.orphans = {{.owner = "22222222-2222-2222-2222-222222222222",
                           .runtime = "docker",
                           .name = "web_front_7"}};
  const Ended ended = runPiped(socket_, {"adopt", "--yes"});
  EXPECT_EQ(ended.code, 0) << ended.errors;
  EXPECT_THAT(ended.errors,
              HasSubstr("22222222-2222-2222-2222-222222222222   docker    web_front_7"));
  EXPECT_THAT(agent_.commands, ElementsAre("adopt 22222222-2222-2222-2222-222222222222"));
}

TEST_F(CliApi, StreamsLogsAndDisarmsThemOnATerminal) {
  engine::ServiceView& view = agent_.addService();
  view.status.containerId = "abc";
  agent_.output = {{.stream = sdk::OutputStream::Stdout, .bytes = "\x1b[31mred\x1b[0m \x1b[2J\x07"},
                   {.stream = sdk::OutputStream::Stderr, .bytes = "caf\xc3\xa9"}};
  EXPECT_EQ(runPiped(socket_, {"logs", "monitoring/nodered", "--tail", "2"}).output,
            "\x1b[31mred\x1b[0m \x1b[2J\x07\ncaf\xc3\xa9\n");
  EXPECT_EQ(agent_.logQuery.tail, 2);
  EXPECT_EQ(runOnTerminal(socket_, {"logs", "monitoring/nodered"}).output,
            "red ^[[2J^G\r\ncaf\xc3\xa9\r\n");
}

TEST_F(CliApi, SaysWhyThereAreNoLogs) {
  agent_.addService().status.reason = "ImagePullBackOff";
  const Ended ended = runPiped(socket_, {"logs", "monitoring/nodered"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.errors, HasSubstr("there is no container yet"));
}

TEST_F(CliApi, ColoursOnATerminalOnly) {
  failing();
  EXPECT_THAT(runOnTerminal(socket_, {"status"}, "", 200, true).output,
              HasSubstr("\x1b[31mmonitoring"));
  EXPECT_THAT(runOnTerminal(socket_, {"status"}, "", 200, false).output, Not(HasSubstr("\x1b")));
  EXPECT_THAT(runPiped(socket_, {"status"}).output, Not(HasSubstr("\x1b")));
}

// What a pull, then a running container look like from one look to the next.
void pullsThenRuns(ScriptedAgent& agent, int looks) {
  model::ServiceStatus& status = agent.state.services.front().status;
  ++agent.state.version;
  if (looks < 6) {
    status.reason = "Pulling";
    status.pull = model::PullState{looks * 10'000'000, 60'000'000, "downloading"};
  } else {
    status.pull.reset();
    status.serviceStatus = model::ServiceStatusWord::Running;
    status.reason = "Running";
    agent.state.settled = true;
  }
}

TEST_F(CliApi, WaitsAndDrawsBarsOnATerminal) {
  agent_.addService();
  agent_.result.revision = 4;
  agent_.state.storedTarget = engine::StoredTarget{.revision = 4};
  int looks = 0;
  agent_.onLook = [&] { pullsThenRuns(agent_, ++looks); };
  const std::string file = (folder_ / "target.json").string();
  std::ofstream(file) << "{}";
  const Ended ended = runOnTerminal(socket_, {"apply", "-f", file, "--wait=30"});
  EXPECT_EQ(ended.code, 0) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("[=="), HasSubstr("\x1b[1A\r"),
                    HasSubstr("Revision 4 settled: 1 of 1 services at their state.\r\n")));
}

TEST_F(CliApi, WatchesInPlaceThroughAResizeAndLeavesACleanTerminal) {
  failing();
  takeTurn();
  Terminal terminal(socket_, {"status", "--watch"}, 120, true);
  ASSERT_TRUE(terminal.shows("ImagePullBackOff"));
  {
    const api::FakeAgent::Turn turn(agent_.turns);
    auto& status = agent_.state.services.front().status;
    status.serviceStatus = model::ServiceStatusWord::Running;
    status.reason = "Running";
    status.error.reset();
    ++agent_.state.version;
  }
  ASSERT_TRUE(terminal.shows("Running"));
  terminal.resize(40);
  // The image no longer fits, and nothing is wrapped.
  ASSERT_TRUE(terminal.shows("..."));
  // Interrupting a terminal drops what it has not shown yet.
  ASSERT_TRUE(terminal.shows("\x1b[J"));
  terminal.type("\x03");
  const Ended ended = terminal.end();
  EXPECT_EQ(ended.code, -1);  // by the signal
  const std::string last = ended.output.substr(ended.output.rfind("\x1b[J"));
  EXPECT_THAT(last, AnyOf("\x1b[J", "\x1b[J^C"));
  EXPECT_THAT(ended.output, Not(HasSubstr("\x1b[?")));  // no mode that would have to be left
}

TEST_F(CliApi, SentencesFitTheTerminal) {
  failing();
  const std::string text = runOnTerminal(socket_, {"why", "monitoring/nodered"}, "", 50).output;
  EXPECT_THAT(text, HasSubstr("Status:     monitoring/nodered is in error:"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 51U) << line;  // and the carriage return
  }
}

TEST_F(CliApi, WaitsWithPlainLinesElsewhere) {
  agent_.addService();
  agent_.result.revision = 4;
  agent_.state.storedTarget = engine::StoredTarget{.revision = 4};
  int looks = 0;
  agent_.onLook = [&] { pullsThenRuns(agent_, ++looks); };
  const Ended ended = runPiped(socket_, {"apply", "-f", "-", "--wait=30"}, "{}");
  EXPECT_EQ(ended.code, 0) << ended.errors;
  EXPECT_EQ(ended.output,
            "monitoring/nodered: Pulling\n"
            "monitoring/nodered: Running\n"
            "Revision 4 settled: 1 of 1 services at their state.\n");
}

TEST_F(CliApi, ExitsWith3WhenItSettlesFailing) {
  failing();
  agent_.result.revision = 4;
  agent_.state.storedTarget = engine::StoredTarget{.revision = 4};
  agent_.state.settled = true;
  const Ended ended = runPiped(socket_, {"apply", "-f", "-", "--wait"}, "{}");
  EXPECT_EQ(ended.code, 3) << ended.errors;
  EXPECT_THAT(ended.output, HasSubstr("  monitoring/nodered: ImagePullBackOff: manifest "
                                      "^[]0;owned^Gunknown; next retry: gave up\n"));
}

TEST(CliSocket, SaysThatThereIsNone) {
  const Ended ended = runPiped("/nonexistent/s.sock", {"status"});
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(
      ended.errors,
      StartsWith("holdfast: cannot reach the agent at /nonexistent/s.sock: there is no such "
                 "file\n  Is the agent running?    systemctl status holdfastd\n"));
}

TEST(CliSocket, SaysThatNobodyListens) {
  const std::string path =
      (std::filesystem::path(testing::TempDir()) / ("dead-" + std::to_string(::getpid()))).string();
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(socket);
  const Ended ended = runPiped(path, {"status"});
  std::filesystem::remove(path);
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.errors, HasSubstr("nobody listens there"));
}

}  // namespace
}  // namespace holdfast::cli
