// SPDX-License-Identifier: Apache-2.0
// Events, logs and commands in containers.

#include "conformance/runtime/fixture.hpp"

#include <algorithm>

namespace holdfast::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class EventTest : public RuntimeTest {
 protected:
  // watch() in the background, as the agent has it all the time.
  void SetUp() override {
    RuntimeTest::SetUp();
    if (!instance_ || !instance_->created() || HasFatalFailure()) {
      return;
    }
    watch_ = std::make_unique<Background>(
        "watch", [this](DeadlineCall& call) { return engine().watch(call, events_); });
    ASSERT_TRUE(events_.waitFor(sdk::EventKind::Connected));
  }
  void TearDown() override {
    watch_.reset();
    RuntimeTest::TearDown();
  }

  Events events_;
  std::unique_ptr<Background> watch_;
};

TEST_F(EventTest, BeginWithConnected) {
  const std::vector<Events::Event> events = events_.events();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.front().kind, sdk::EventKind::Connected);
}

TEST_F(EventTest, TellOfAStart) {
  const std::string name = named("starts");
  ASSERT_NO_FATAL_FAILURE(run(spec(name)));
  EXPECT_TRUE(events_.waitFor(sdk::EventKind::Started, name));
}

TEST_F(EventTest, TellOfADeathWithIdAndName) {
  CONFORMANCE_NEEDS("shell");
  const std::string name = named("dies");
  ASSERT_NO_FATAL_FAILURE(run(shellSpec(name, "exit 3")));
  ASSERT_TRUE(events_.waitFor(sdk::EventKind::Died, name));
  const std::string id = look(name).id;
  for (const Events::Event& event : events_.events()) {
    if (event.kind == sdk::EventKind::Died && event.name == name) {
      EXPECT_EQ(event.id, id);
    }
  }
}

TEST_F(EventTest, EndWhenTheWatchIsCancelled) {
  watch_->cancel();
  EXPECT_TRUE(watch_->ended(kSlack)) << "the watch goes on 1 s after its cancellation";
  EXPECT_EQ(watch_->result(), ErrorClass::Cancelled);
  watch_.reset();
}

class LogTest : public RuntimeTest {
 protected:
  void SetUp() override {
    CONFORMANCE_NEEDS("shell");
    RuntimeTest::SetUp();
  }

  // Runs a command line to its end and returns the container's id.
  [[nodiscard]] std::string ranTo(const std::string& suffix, const std::string& script) const {
    const std::string name = named(suffix);
    run(shellSpec(name, script));
    awaitEnd(name);
    return look(name).id;
  }

  [[nodiscard]] Outcome read(const LogArguments& request, Output& output) const {
    DeadlineCall call(30'000);
    return engine().logs(call, request, output);
  }
};

TEST_F(LogTest, AreOldestFirstWithoutNewlines) {
  Output output;
  ASSERT_EQ(read({ranTo("order", "echo one; echo; echo three")}, output), ErrorClass::Ok);
  EXPECT_THAT(output.texts(), ElementsAre("one", "", "three"));
}

TEST_F(LogTest, HaveTheirTimes) {
  Output output;
  ASSERT_EQ(read({ranTo("times", "echo one; echo two")}, output), ErrorClass::Ok);
  ASSERT_THAT(output.lines(), Not(IsEmpty()));
  for (const Output::Line& line : output.lines()) {
    EXPECT_GT(line.timeMs, 1'577'836'800'000) << line.text;
  }
}

TEST_F(LogTest, KeepTheStreamsApart) {
  Output output;
  ASSERT_EQ(read({ranTo("streams", "echo out; echo err >&2")}, output), ErrorClass::Ok);
  EXPECT_EQ(output.all(sdk::OutputStream::Stdout), "out");
  EXPECT_EQ(output.all(sdk::OutputStream::Stderr), "err");
}

TEST_F(LogTest, CanBeReadFromTheEnd) {
  Output output;
  ASSERT_EQ(read({.containerId = ranTo("tail", "echo one; echo two"), .tail = 1}, output),
            ErrorClass::Ok);
  EXPECT_THAT(output.texts(), UnorderedElementsAre("two"));
}

TEST_F(LogTest, CanBeReadSinceAnInstant) {
  const std::string id = ranTo("since", "echo early; sleep 1; echo late");
  Output all;
  ASSERT_EQ(read({id}, all), ErrorClass::Ok);
  const std::vector<Output::Line> lines = all.lines();
  const auto late = std::find_if(lines.begin(), lines.end(),
                                 [](const Output::Line& line) { return line.text == "late"; });
  ASSERT_NE(late, lines.end());
  Output output;
  ASSERT_EQ(read({.containerId = id, .sinceMs = late->timeMs}, output), ErrorClass::Ok);
  EXPECT_THAT(output.texts(), UnorderedElementsAre("late"));
}

TEST_F(LogTest, EndWhenTheirReaderHasEnough) {
  Output output(1);
  static_cast<void>(read({ranTo("enough", "echo one; echo two; echo three")}, output));
  EXPECT_EQ(output.lines().size(), 1u) << "lines after the sink had returned false";
}

TEST_F(LogTest, AreFollowedUntilTheContainerEnds) {
  const std::string name = named("follow");
  ASSERT_NO_FATAL_FAILURE(run(shellSpec(name, "echo first; sleep 1; echo second; exit 0")));
  const std::string id = look(name).id;
  Output output;
  Background reading("logs", [&](DeadlineCall& call) {
    return engine().logs(call, {.containerId = id, .follow = true}, output);
  });
  ASSERT_TRUE(reading.ended(10s)) << "still followed after the container's end";
  EXPECT_EQ(reading.result(), ErrorClass::Ok);
  EXPECT_THAT(output.texts(), UnorderedElementsAre("first", "second"));
}

TEST_F(LogTest, AreNoLongerFollowedWhenCancelled) {
  const std::string name = named("follow-cancel");
  ASSERT_NO_FATAL_FAILURE(run(shellSpec(name, "echo first; sleep 1000")));
  const std::string id = look(name).id;
  Output output;
  Background reading("logs", [&](DeadlineCall& call) {
    return engine().logs(call, {.containerId = id, .follow = true}, output);
  });
  ASSERT_TRUE(waitUntil([&] { return !output.lines().empty(); }));
  reading.cancel();
  EXPECT_TRUE(reading.ended(kSlack)) << "goes on 1 s after its cancellation";
  EXPECT_EQ(reading.result(), ErrorClass::Cancelled);
  static_cast<void>(stop(name, 0));
}

TEST_F(LogTest, OfAnAbsentContainerAreNotFound) {
  Output output;
  EXPECT_EQ(read({std::string(64, 'a')}, output), ErrorClass::NotFound);
}

class ExecTest : public RuntimeTest {
 protected:
  void SetUp() override {
    CONFORMANCE_NEEDS("exec");
    CONFORMANCE_NEEDS("shell");
    RuntimeTest::SetUp();
  }

  [[nodiscard]] std::string runningId(const std::string& suffix) const {
    const std::string name = named(suffix);
    run(spec(name));
    return look(name).id;
  }

  [[nodiscard]] Outcome exec(const std::string& id, const std::vector<std::string>& argv,
                             std::int64_t timeoutMs = 10'000) {
    DeadlineCall call(timeoutMs + 5'000);
    result_ = {};
    return engine().exec(call, id, argv, timeoutMs, output_, result_);
  }

  Output output_;
  sdk::ExecResult result_;
};

TEST_F(ExecTest, TellsOutputAndExitCode) {
  const std::string id = runningId("exec");
  ASSERT_EQ(exec(id, shell("echo out; echo err >&2; exit 4")), ErrorClass::Ok);
  EXPECT_EQ(result_.exitCode, 4);
  EXPECT_EQ(result_.timedOut, 0);
  EXPECT_EQ(output_.all(sdk::OutputStream::Stdout), "out\n");
  EXPECT_EQ(output_.all(sdk::OutputStream::Stderr), "err\n");
}

TEST_F(ExecTest, KillsACommandWhoseTimeIsOver) {
  using Clock = std::chrono::steady_clock;
  const std::string id = runningId("exec-timeout");
  auto began = Clock::now();
  ASSERT_EQ(exec(id, shell("exit 0")), ErrorClass::Ok);
  const auto took = Clock::now() - began;  // the command is to begin within its time
  const auto time = std::chrono::ceil<std::chrono::milliseconds>(300ms + 2 * took);
  const auto longer = std::chrono::ceil<std::chrono::seconds>(time + 200ms).count();
  began = Clock::now();
  ASSERT_EQ(
      exec(id, shell("sleep " + std::to_string(longer) + "; touch /tmp/conformance"), time.count()),
      ErrorClass::Ok);
  EXPECT_EQ(result_.timedOut, 1);
  EXPECT_LE(Clock::now() - began, time + took + kSlack);
  // Had it gone on, it would be done by then.
  ASSERT_EQ(
      exec(id, shell("sleep " + std::to_string(longer + 1) + "; test -e /tmp/conformance"), 60'000),
      ErrorClass::Ok);
  EXPECT_NE(result_.exitCode, 0) << "the command went on after its time was over";
}

TEST_F(ExecTest, AMissingCommandIsRejected) {
  EXPECT_EQ(exec(runningId("exec-missing"), {"/no/such/program"}), ErrorClass::Rejected);
}

TEST_F(ExecTest, NeedsAContainerThatRuns) {
  const std::string name = named("exec-created");
  ASSERT_EQ(create(spec(name)), ErrorClass::Ok);
  EXPECT_EQ(exec(look(name).id, shell("exit 0")), ErrorClass::Conflict);
  EXPECT_EQ(exec(std::string(64, 'a'), shell("exit 0")), ErrorClass::NotFound);
}

}  // namespace
}  // namespace holdfast::conformance
