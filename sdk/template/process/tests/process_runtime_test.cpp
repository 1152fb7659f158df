// SPDX-License-Identifier: Apache-2.0
// The runtime as the host uses it, with real processes: images are shell scripts.
#include "process_runtime.hpp"

#include "processes.hpp"
#include "run_record.hpp"
#include "waiting.hpp"
#include <holdfast/testing/fake_call.hpp>
#include <holdfast/testing/fake_host.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace process {
namespace {

namespace sdk = holdfast::sdk;
using holdfast::testing::FakeCall;
using holdfast::testing::FakeHost;
using sdk::ContainerState;
using sdk::ErrorClass;
using sdk::StepKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Seen {
  ContainerState state{};
  std::string id;
  int exitCode = 0;
  int pid = 0;
};

class Looking final : public sdk::ObservationSink {
 public:
  void container(const sdk::ContainerRecord& record) noexcept override {
    containers[std::string(record.name)] = {record.state, std::string(record.id), record.exitCode,
                                            record.pid};
  }
  void image(const sdk::ImageRecord& record) noexcept override {
    images[std::string(record.reference)] = record.id;
  }
  void network(const sdk::NetworkRecord&) noexcept override {}
  void volume(const sdk::VolumeRecord&) noexcept override {}

  std::map<std::string, Seen> containers;
  std::map<std::string, std::string> images;
};

class NoProgress final : public sdk::ProgressSink {
 public:
  void progress(const sdk::PullProgress&) noexcept override {}
};

// Wants no more once there was any.
class FirstOutput final : public sdk::OutputSink {
 public:
  bool output(sdk::OutputStream, std::int64_t, std::string_view) noexcept override { return false; }
};

class Lines final : public sdk::OutputSink {
 public:
  bool output(sdk::OutputStream stream, std::int64_t, std::string_view bytes) noexcept override {
    const std::lock_guard lock(mutex_);
    lines_.push_back((stream == sdk::OutputStream::Stderr ? "E " : "O ") + std::string(bytes));
    changed_.notify_all();
    return true;
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  void awaitCount(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return lines_.size() >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

class Events final : public sdk::EventSink {
 public:
  void event(const sdk::EngineEvent& event) noexcept override {
    const std::lock_guard lock(mutex_);
    seen_.push_back(std::string(event.action) + " " + std::string(event.containerName));
    connected_ = connected_ || event.kind == sdk::EventKind::Connected;
    changed_.notify_all();
  }
  void awaitConnected() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return connected_; });
  }
  void await(const std::string& what) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return std::find(seen_.begin(), seen_.end(), what) != seen_.end(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> seen_;
  bool connected_ = false;
};

class ProcessRuntimeTest : public ::testing::Test {
 protected:
  ProcessRuntimeTest() {
    std::string pattern = ::testing::TempDir() + "process-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(folder_ / "images");
    std::filesystem::create_directory(folder_ / "state");
    host_.emplace(FakeHost::Options{{"images", (folder_ / "images").string()}},
                  (folder_ / "state").string());
    restartAgent();
    image("sh:1", "#!/bin/sh\nexec /bin/sh -c \"$@\"\n");
    EXPECT_EQ(pull("sh:1"), ErrorClass::Ok);
  }
  ~ProcessRuntimeTest() override {
    for (const auto& [name, container] : look().containers) {
      step(StepKind::StopContainer, name, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  // What a new agent finds is what the old one left.
  void restartAgent() {
    runtime_.reset();
    runtime_.emplace(*host_, PROCESS_SUPERVISOR);
    FakeCall call;
    ASSERT_TRUE(runtime_->start(call).ok());
  }

  void image(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / "images" / name) << text;
  }

  ErrorClass pull(const std::string& reference) {
    FakeCall call;
    NoProgress progress;
    sdk::PullRequest request;
    request.reference = reference;
    return note(runtime_->pull(request, call, progress), call);
  }

  ErrorClass create(const std::string& name, const std::string& script,
                    const std::string& more = "",
                    const std::string& label = R"("io.holdfast.owner": "me")") {
    const std::string spec = R"({"name": ")" + name + R"(", "image": "sh:1", "command": [")" +
                             script + R"("], "labels": {)" + label + "}" + more + "}";
    FakeCall call;
    sdk::Step step;
    step.kind = StepKind::CreateContainer;
    step.name = name;
    step.specJson = spec;
    return note(runtime_->execute(step, call), call);
  }

  ErrorClass step(StepKind kind, const std::string& name, std::int64_t graceMs = 10'000) {
    FakeCall call;
    sdk::Step step;
    step.kind = kind;
    step.name = name;
    step.graceMs = graceMs;
    return note(runtime_->execute(step, call), call);
  }

  void createAndStart(const std::string& name, const std::string& script) {
    ASSERT_EQ(create(name, script), ErrorClass::Ok) << message_;
    ASSERT_EQ(step(StepKind::StartContainer, name), ErrorClass::Ok) << message_;
  }

  Looking look(const std::vector<std::string_view>& images = {}) {
    FakeCall call;
    Looking sink;
    sdk::ObserveRequest request;
    request.images = images;
    EXPECT_TRUE(runtime_->observe(request, call, sink).ok()) << call.message();
    return sink;
  }
  Seen seen(const std::string& name) { return look().containers[name]; }

  // Its output, once it has ended.
  std::vector<std::string> outputOf(const std::string& name, int tail = -1) {
    FakeCall call;
    Lines lines;
    const std::string id = seen(name).id;
    sdk::LogRequest request;
    request.containerId = id;
    request.follow = 1;
    request.tail = tail;
    EXPECT_TRUE(runtime_->logs(request, call, lines).ok());
    return lines.all();
  }

  // Until the container has written something: its script is then past that.
  void awaitOutput(const std::string& name) {
    FakeCall call;
    FirstOutput first;
    const std::string id = seen(name).id;
    sdk::LogRequest request;
    request.containerId = id;
    request.follow = 1;
    runtime_->logs(request, call, first);
  }

  ErrorClass exec(const std::string& name, const std::vector<std::string_view>& argv,
                  std::int64_t timeoutMs = 60'000) {
    FakeCall call;
    const std::string id = seen(name).id;
    sdk::ExecRequest request;
    request.containerId = id;
    request.argv = argv;
    request.timeoutMs = timeoutMs;
    result_ = {};
    Lines lines;
    const auto status = runtime_->exec(request, call, lines, result_);
    output_ = lines.all();
    return note(status, call);
  }

  ErrorClass note(sdk::Status status, const FakeCall& call) {
    message_ = call.message();
    return status.code;
  }

  std::filesystem::path folder_;
  std::optional<FakeHost> host_;
  std::optional<ProcessRuntime> runtime_;
  std::string message_;
  sdk::ExecResult result_;
  std::vector<std::string> output_;
};

TEST_F(ProcessRuntimeTest, AContainerLivesFromCreationToRemoval) {
  ASSERT_EQ(create("app", "exec sleep 1000"), ErrorClass::Ok);
  EXPECT_EQ(seen("app").state, ContainerState::Created);
  ASSERT_EQ(step(StepKind::StartContainer, "app"), ErrorClass::Ok) << message_;
  const Seen running = seen("app");
  EXPECT_EQ(running.state, ContainerState::Running);
  EXPECT_EQ(::kill(running.pid, 0), 0);
  EXPECT_EQ(step(StepKind::RemoveContainer, "app"), ErrorClass::Conflict) << "it still runs";
  ASSERT_EQ(step(StepKind::StopContainer, "app"), ErrorClass::Ok);
  EXPECT_EQ(seen("app").state, ContainerState::Exited);
  EXPECT_EQ(seen("app").exitCode, 128 + SIGTERM);
  ASSERT_EQ(step(StepKind::RemoveContainer, "app"), ErrorClass::Ok);
  EXPECT_THAT(look().containers, IsEmpty());
}

TEST_F(ProcessRuntimeTest, EveryStepMayComeTwice) {
  ASSERT_EQ(create("app", "exec sleep 1000"), ErrorClass::Ok);
  const std::string id = seen("app").id;
  EXPECT_EQ(create("app", "exec sleep 1000"), ErrorClass::Ok);
  EXPECT_EQ(seen("app").id, id) << "it is the same one";
  for (const auto kind :
       {StepKind::StartContainer, StepKind::PauseContainer, StepKind::UnpauseContainer,
        StepKind::StopContainer, StepKind::RemoveContainer}) {
    EXPECT_EQ(step(kind, "app"), ErrorClass::Ok) << message_;
    EXPECT_EQ(step(kind, "app"), ErrorClass::Ok) << message_;
  }
  EXPECT_EQ(step(StepKind::StopContainer, "app"), ErrorClass::Ok) << "what is absent does not run";
  EXPECT_EQ(step(StepKind::StartContainer, "app"), ErrorClass::NotFound);
}

TEST_F(ProcessRuntimeTest, ContainersSurviveTheAgentAndKeepTheirEnding) {
  createAndStart("stays", "exec sleep 1000");
  createAndStart("ends", "exit 7");
  EXPECT_THAT(outputOf("ends"), IsEmpty());
  const int pid = seen("stays").pid;
  restartAgent();
  EXPECT_EQ(seen("stays").state, ContainerState::Running);
  EXPECT_EQ(seen("stays").pid, pid);
  EXPECT_EQ(seen("ends").state, ContainerState::Exited);
  EXPECT_EQ(seen("ends").exitCode, 7);
}

TEST_F(ProcessRuntimeTest, ARestartIsANewRunOfTheSameContainer) {
  createAndStart("app", "echo hello; exit 3");
  EXPECT_THAT(outputOf("app"), ElementsAre("O hello"));
  const std::string id = seen("app").id;
  ASSERT_EQ(step(StepKind::StartContainer, "app"), ErrorClass::Ok);
  EXPECT_THAT(outputOf("app"), ElementsAre("O hello", "O hello"));
  EXPECT_THAT(outputOf("app", 1), ElementsAre("O hello"));
  EXPECT_EQ(seen("app").id, id);
}

TEST_F(ProcessRuntimeTest, ASupervisorThatIsKilledTakesItsProgramAlong) {
  createAndStart("app", "exec sleep 1000");
  const auto program = identify(seen("app").pid);
  ASSERT_TRUE(program);
  const Fd ended = openProcess(*program);
  const auto run = parseRun(readFile(folder_ / "state/containers/app.run").value_or(""));
  ASSERT_TRUE(run);
  ASSERT_EQ(::kill(run->supervisor.pid, SIGKILL), 0);
  FakeCall call;
  ASSERT_EQ(await(ended, call, INT64_MAX), Wait::Ready);
  EXPECT_EQ(seen("app").state, ContainerState::Exited);
  EXPECT_EQ(seen("app").exitCode, 255);
}

TEST_F(ProcessRuntimeTest, NothingThatAProgramStartedOutlivesIt) {
  createAndStart("app", "setsid sleep 1000 & echo $!; exit 0");
  const auto lines = outputOf("app");
  ASSERT_EQ(lines.size(), 1U);
  const auto orphan = identify(std::stoi(lines[0].substr(2)));
  EXPECT_FALSE(orphan && openProcess(*orphan));
}

TEST_F(ProcessRuntimeTest, StopKillsWhatDoesNotListen) {
  createAndStart("app", "trap '' TERM; echo ready; while :; do sleep 1000; done");
  awaitOutput("app");
  EXPECT_EQ(step(StepKind::StopContainer, "app", 1), ErrorClass::Ok) << message_;
  EXPECT_EQ(seen("app").exitCode, 128 + SIGKILL);
}

TEST_F(ProcessRuntimeTest, AStopEndsWithItsCall) {
  createAndStart("app", "trap '' TERM; echo ready; while :; do sleep 1000; done");
  awaitOutput("app");
  FakeCall call;
  call.cancel();
  sdk::Step stop;
  stop.kind = StepKind::StopContainer;
  stop.name = "app";
  EXPECT_EQ(runtime_->execute(stop, call).code, ErrorClass::Cancelled);
  EXPECT_EQ(seen("app").state, ContainerState::Running);
}

TEST_F(ProcessRuntimeTest, PausedIsAState) {
  createAndStart("app", "exec sleep 1000");
  EXPECT_EQ(step(StepKind::PauseContainer, "app"), ErrorClass::Ok);
  EXPECT_EQ(seen("app").state, ContainerState::Paused);
  EXPECT_EQ(step(StepKind::StartContainer, "app"), ErrorClass::Conflict);
  EXPECT_EQ(step(StepKind::StopContainer, "app"), ErrorClass::Ok) << "a paused one too";
  EXPECT_EQ(step(StepKind::PauseContainer, "app"), ErrorClass::Conflict);
}

TEST_F(ProcessRuntimeTest, WhatCannotBeRunIsRejected) {
  image("sh:1", "#!/no/such/interpreter\n");
  ASSERT_EQ(pull("sh:1"), ErrorClass::Ok);
  ASSERT_EQ(create("app", ""), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::StartContainer, "app"), ErrorClass::Rejected);
  EXPECT_THAT(message_, HasSubstr("interpreter"));
  EXPECT_EQ(seen("app").state, ContainerState::Created);
}

TEST_F(ProcessRuntimeTest, AnEntryPointIsRunInPlaceOfTheImage) {
  ASSERT_EQ(create("app", "$0 here", R"(, "entrypoint": ["echo", "got"])"), ErrorClass::Ok);
  ASSERT_EQ(step(StepKind::StartContainer, "app"), ErrorClass::Ok) << message_;
  EXPECT_THAT(outputOf("app"), ElementsAre("O got $0 here"));
  ASSERT_EQ(create("none", "", R"(, "entrypoint": ["/no/such/program"])"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::StartContainer, "none"), ErrorClass::Rejected);
  EXPECT_THAT(message_, HasSubstr("/no/such/program"));
}

TEST_F(ProcessRuntimeTest, IsNotMadeWithoutItsOption) {
  FakeHost host({}, (folder_ / "state").string());
  EXPECT_THROW(ProcessRuntime(host, PROCESS_SUPERVISOR), std::invalid_argument);
}

TEST_F(ProcessRuntimeTest, AWorkingDirectoryThatIsMissingIsRejected) {
  ASSERT_EQ(create("app", "true", R"(, "workingDir": "/no/such/folder")"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::StartContainer, "app"), ErrorClass::Rejected);
  EXPECT_THAT(message_, HasSubstr("/no/such/folder"));
}

TEST_F(ProcessRuntimeTest, TouchesNothingForeign) {
  ASSERT_EQ(create("foreign", "exec sleep 1000", "", R"("a": "b")"), ErrorClass::Ok);
  EXPECT_THAT(look().containers, IsEmpty());
  for (const auto kind :
       {StepKind::StartContainer, StepKind::StopContainer, StepKind::RemoveContainer}) {
    EXPECT_EQ(step(kind, "foreign"), ErrorClass::Conflict);
  }
  EXPECT_EQ(create("foreign", "true", "", R"("io.holdfast.owner": "me")"), ErrorClass::Conflict);
}

TEST_F(ProcessRuntimeTest, TheProgramGetsItsOwnEnvironmentAndNothingOfTheAgent) {
  ::setenv("SECRET_OF_THE_AGENT", "1", 1);
  ASSERT_EQ(create("app", "env; ls /proc/self/fd | wc -w; cat /dev/stdin; echo oops >&2",
                   R"(, "environment": {"A": "b c"})"),
            ErrorClass::Ok);
  ASSERT_EQ(step(StepKind::StartContainer, "app"), ErrorClass::Ok);
  const auto lines = outputOf("app");
  EXPECT_THAT(lines, ::testing::Contains("O A=b c"));
  EXPECT_THAT(lines, ::testing::Contains("E oops"));
  EXPECT_THAT(lines, ::testing::Contains("O 4")) << "0, 1, 2 and the one that ls opened";
  for (const auto& line : lines) {
    EXPECT_THAT(line, ::testing::Not(HasSubstr("SECRET_OF_THE_AGENT")));
  }
}

TEST_F(ProcessRuntimeTest, TellsWhatHappensAtOnce) {
  FakeCall call;
  Events events;
  auto watching = std::async(std::launch::async, [&] { return runtime_->watch(call, events); });
  events.awaitConnected();
  createAndStart("app", "exit 0");
  events.await("create app");
  events.await("start app");
  events.await("die app");
  EXPECT_EQ(step(StepKind::RemoveContainer, "app"), ErrorClass::Ok);
  events.await("remove app");
  call.cancel();
  EXPECT_EQ(watching.get().code, ErrorClass::Cancelled);
}

TEST_F(ProcessRuntimeTest, FollowedLogsComeAsTheyAreWritten) {
  const std::string gate = (folder_ / "gate").string();
  ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
  createAndStart("app", "echo one; read line < " + gate + "; echo two");
  FakeCall call;
  Lines lines;
  const std::string id = seen("app").id;
  sdk::LogRequest request;
  request.containerId = id;
  request.follow = 1;
  auto reading =
      std::async(std::launch::async, [&] { return runtime_->logs(request, call, lines); });
  lines.awaitCount(1);
  std::ofstream(gate) << "go on\n";
  EXPECT_TRUE(reading.get().ok()) << "it ends with the container";
  EXPECT_THAT(lines.all(), ElementsAre("O one", "O two"));
}

TEST_F(ProcessRuntimeTest, FollowedLogsEndWithTheirCall) {
  createAndStart("app", "echo one; exec sleep 1000");
  FakeCall call;
  Lines lines;
  const std::string id = seen("app").id;
  sdk::LogRequest request;
  request.containerId = id;
  request.follow = 1;
  auto reading =
      std::async(std::launch::async, [&] { return runtime_->logs(request, call, lines); });
  lines.awaitCount(1);
  call.cancel();
  EXPECT_EQ(reading.get().code, ErrorClass::Cancelled);
}

TEST_F(ProcessRuntimeTest, CommandsRunBesideTheContainer) {
  createAndStart("app", "exec sleep 1000");
  EXPECT_EQ(exec("app", {"/bin/sh", "-c", "echo out; echo err >&2; exit 5"}), ErrorClass::Ok);
  EXPECT_EQ(result_.exitCode, 5);
  EXPECT_THAT(output_, ::testing::UnorderedElementsAre("O out\n", "E err\n"));
  EXPECT_EQ(exec("app", {"/bin/sh", "-c", "echo $$; sleep 1000"}, 200), ErrorClass::Ok);
  EXPECT_EQ(result_.timedOut, 1);
  EXPECT_EQ(exec("app", {"/no/such/program"}), ErrorClass::Rejected);
  EXPECT_EQ(exec("none", {"true"}), ErrorClass::NotFound);
  ASSERT_EQ(step(StepKind::StopContainer, "app"), ErrorClass::Ok);
  EXPECT_EQ(exec("app", {"true"}), ErrorClass::Conflict);
}

TEST_F(ProcessRuntimeTest, HealthIsTheStateDirectory) {
  FakeCall call;
  EXPECT_TRUE(runtime_->health(call).ok());
  std::filesystem::remove_all(folder_ / "state/containers");
  EXPECT_EQ(runtime_->health(call).code, ErrorClass::Unavailable);
  restartAgent();
}

TEST_F(ProcessRuntimeTest, AnImageInUseStays) {
  ASSERT_EQ(create("app", "true"), ErrorClass::Ok);
  FakeCall call;
  sdk::Step removal;
  removal.kind = StepKind::RemoveImage;
  removal.image = "sh:1";
  EXPECT_TRUE(runtime_->execute(removal, call).ok());
  EXPECT_EQ(look({"sh:1"}).images.size(), 1U);
  ASSERT_EQ(step(StepKind::RemoveContainer, "app"), ErrorClass::Ok);
  EXPECT_TRUE(runtime_->execute(removal, call).ok());
  EXPECT_TRUE(runtime_->execute(removal, call).ok());
  EXPECT_THAT(look({"sh:1"}).images, IsEmpty());
}

TEST_F(ProcessRuntimeTest, ARunningContainerKeepsItsImageThroughAnUpdate) {
  createAndStart("old", "exec sleep 1000");
  const std::string before = look({"sh:1"}).images["sh:1"];
  image("sh:1", "#!/bin/sh\necho new\n");
  EXPECT_EQ(look({"sh:1"}).images["sh:1"], before) << "not before it is pulled";
  ASSERT_EQ(pull("sh:1"), ErrorClass::Ok);
  EXPECT_NE(look({"sh:1"}).images["sh:1"], before);
  ASSERT_EQ(step(StepKind::StopContainer, "old"), ErrorClass::Ok);
  EXPECT_EQ(step(StepKind::StartContainer, "old"), ErrorClass::Ok) << message_;
  createAndStart("new", "");
  EXPECT_THAT(outputOf("new"), ElementsAre("O new"));
}

}  // namespace
}  // namespace process
