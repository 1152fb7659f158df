// SPDX-License-Identifier: Apache-2.0
// Events, logs and commands on a real engine.

#include "engines/plugin_fixture.hpp"

namespace holdfast::plugin_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PluginStreams : public EnginePlugin {
 protected:
  void SetUp() override { view_.pull(Lab::image("sleeper:1.0")); }

  static json::object shell(const std::string& name, const std::string& script) {
    return spec(name, "sleeper:1.0", {{"command", {"/bin/sh", "-c", script}}});
  }

  Outcome logs(const std::string& name, Output& output, sdk::LogRequest request = {}) {
    FakeCall call;
    const std::string id = idOrName(name);
    request.containerId = id;
    const sdk::Status status = plugin_->logs(request, call, output);
    return {status.code, call.message(), call.raw()};
  }

  Outcome exec(const std::string& name, const std::vector<std::string_view>& argv, Output& output,
               sdk::ExecResult& result, std::int64_t timeoutMs = 10'000) {
    FakeCall call;
    return exec(call, name, argv, output, result, timeoutMs);
  }
  Outcome exec(FakeCall& call, const std::string& name, const std::vector<std::string_view>& argv,
               Output& output, sdk::ExecResult& result, std::int64_t timeoutMs) {
    const std::string id = idOrName(name);
    sdk::ExecRequest request;
    request.timeoutMs = timeoutMs;
    request.containerId = id;
    request.argv = argv;
    const sdk::Status status = plugin_->exec(request, call, output, result);
    return {status.code, call.message(), call.raw()};
  }

  // An absent container is asked for by the name that it has not.
  [[nodiscard]] std::string idOrName(const std::string& name) const {
    const std::string id = idOf(name);
    return id.empty() ? name : id;
  }

  // True when soon no process of the container has `word` in its command line.
  bool endsWithoutTrace(const std::string& name, std::string_view word) {
    return waitUntil(
        [&] {
          Output now;
          sdk::ExecResult result;
          EXPECT_EQ(exec(name, {"ps"}, now, result), ErrorClass::Ok);
          std::string text;
          for (const std::string& part : now.texts()) {
            text += part;
          }
          return text.find("sleep 1000000") != std::string::npos &&
                 text.find(word) == std::string::npos;
        },
        kSoon);
  }

  void waitForEnd(const std::string& name) {
    ASSERT_TRUE(waitUntil([&] { return view_.stateOf(name) == "exited"; }, kSoon));
  }
};

TEST_F(PluginStreams, ReportsStartsAndDeathsOfOurContainersOnly) {
  Watch watch(*plugin_);
  view_.create("theirs", Lab::image("sleeper:1.0"));
  view_.start("theirs");
  run(shell("ours", "exit 3"));
  EXPECT_TRUE(watch.waitFor(sdk::EventKind::Started, "ours"));
  EXPECT_TRUE(watch.waitFor(sdk::EventKind::Died, "ours"));
  for (const Watch::Event& event : watch.events()) {
    EXPECT_NE(event.name, "theirs") << event.action;
  }
  EXPECT_EQ(watch.end(), ErrorClass::Cancelled);
}

TEST_F(PluginStreams, CommandsInContainersMakeNoEvents) {
  run(spec("probed", "sleeper:1.0"));
  Watch watch(*plugin_);
  Output output;
  sdk::ExecResult result;
  ASSERT_EQ(exec("probed", {"true"}, output, result), ErrorClass::Ok);
  ASSERT_EQ(step(StepKind::PauseContainer, "probed"), ErrorClass::Ok);
  EXPECT_TRUE(watch.waitFor(sdk::EventKind::Changed, "probed"));
  for (const Watch::Event& event : watch.events()) {
    EXPECT_THAT(event.action, ::testing::Not(HasSubstr("exec"))) << event.action;
  }
}

TEST_F(PluginStreams, TheWatchEndsUnavailableWhenTheEngineGoes) {
  Watch watch(*plugin_);
  lab_.kill(engine_.engine());
  EXPECT_TRUE(watch.ended());
  FakeCall call;
  EXPECT_EQ(plugin_->health(call).code, ErrorClass::Unavailable);
  EXPECT_THAT(call.message(), HasSubstr("is " + engine_.name() + " running?"));
  lab_.start(engine_.engine());
  EXPECT_EQ(watch.end(), ErrorClass::Unavailable);
  EXPECT_EQ(plugin_->health(call).code, ErrorClass::Ok);
}

TEST_F(PluginStreams, AFrozenEngineIsUnavailableAtTheDeadline) {
  lab_.freeze(engine_.engine());
  FakeCall call(300);
  Seen seen;
  EXPECT_EQ(plugin_->observe({}, call, seen).code, ErrorClass::Unavailable);
  lab_.thaw(engine_.engine());
  EXPECT_EQ(plugin_->health(call).code, ErrorClass::Ok) << call.message();
}

TEST_F(PluginStreams, ReadsLogsInOrderWithTimesAndStreams) {
  run(shell("talks", "echo one; echo two >&2; echo; echo last"));
  waitForEnd("talks");
  Output output;
  ASSERT_EQ(logs("talks", output), ErrorClass::Ok);
  std::vector<std::string> out;
  for (const Output::Line& line : output.lines()) {
    EXPECT_GT(line.timeMs, 1'700'000'000'000);
    if (line.stream == sdk::OutputStream::Stdout) {
      out.push_back(line.text);
    } else {
      EXPECT_EQ(line.text, "two");
    }
  }
  EXPECT_THAT(out, ElementsAre("one", "", "last"));
  Output tail;
  sdk::LogRequest request;
  request.tail = 1;
  ASSERT_EQ(logs("talks", tail, request), ErrorClass::Ok);
  EXPECT_EQ(tail.lines().size(), 1u);
}

TEST_F(PluginStreams, ALongLineIsPutTogether) {
  run(shell("long",
            "head -c 40000 /dev/zero | while read -r x; do :; done; "
            "printf '%040000d\\n' 0"));
  waitForEnd("long");
  Output output;
  ASSERT_EQ(logs("long", output), ErrorClass::Ok);
  ASSERT_EQ(output.lines().size(), 1u);
  EXPECT_EQ(output.lines()[0].text, std::string(40000, '0'));
}

TEST_F(PluginStreams, LogsSinceAnInstantLeaveOutWhatCameBefore) {
  run(shell("since", "echo early; sleep 2; echo late"));
  waitForEnd("since");
  Output all;
  ASSERT_EQ(logs("since", all), ErrorClass::Ok);
  ASSERT_THAT(all.texts(), ElementsAre("early", "late"));
  sdk::LogRequest request;
  request.sinceMs = all.lines()[1].timeMs;
  Output late;
  ASSERT_EQ(logs("since", late, request), ErrorClass::Ok);
  EXPECT_THAT(late.texts(), ElementsAre("late"));
}

// As the output of a former run is asked for.
TEST_F(PluginStreams, LogsUntilAnInstantLeaveOutWhatCameAfter) {
  run(shell("until", "echo early; sleep 2; echo late"));
  waitForEnd("until");
  Output all;
  ASSERT_EQ(logs("until", all), ErrorClass::Ok);
  ASSERT_EQ(all.lines().size(), 2u);
  sdk::LogRequest request;
  request.untilMs = (all.lines()[0].timeMs + all.lines()[1].timeMs) / 2;
  Output early;
  ASSERT_EQ(logs("until", early, request), ErrorClass::Ok);
  EXPECT_THAT(early.texts(), ElementsAre("early"));
}

TEST_F(PluginStreams, FollowsALogUntilTheContainerEnds) {
  run(shell("follow", "echo started; trap 'echo bye; exit 0' TERM; sleep 1000 & wait"));
  Output output;
  sdk::LogRequest request;
  request.follow = 1;
  auto result = std::async(std::launch::async, [&] { return logs("follow", output, request); });
  ASSERT_TRUE(waitUntil([&] { return output.lines().size() == 1; }, kSoon));
  ASSERT_EQ(step(StepKind::StopContainer, "follow"), ErrorClass::Ok);
  EXPECT_EQ(result.get(), ErrorClass::Ok);
  EXPECT_THAT(output.texts(), ElementsAre("started", "bye"));
}

TEST_F(PluginStreams, ALogThatCannotBeReadSaysWhy) {
  run(spec("mute", "sleeper:1.0", {{"logging", {{"driver", "none"}}}}));
  Output output;
  const Outcome outcome = logs("mute", output);
  EXPECT_EQ(outcome, ErrorClass::Invalid);
  EXPECT_EQ(outcome.message, engine_.unreadableLog());
  EXPECT_EQ(logs("absent", output), ErrorClass::NotFound);
}

TEST_F(PluginStreams, ACommandsOutputAndExitCodeComeBack) {
  run(spec("shell", "sleeper:1.0"));
  Output output;
  sdk::ExecResult result;
  ASSERT_EQ(exec("shell", {"/bin/sh", "-c", "echo out; echo err >&2; exit 4"}, output, result),
            ErrorClass::Ok);
  EXPECT_EQ(result.exitCode, 4);
  EXPECT_EQ(result.timedOut, 0);
  EXPECT_THAT(output.texts(), ::testing::UnorderedElementsAre("out\n", "err\n"));
}

TEST_F(PluginStreams, ACommandThatIsNotThereIsRejected) {
  run(spec("shell", "sleeper:1.0"));
  Output output;
  sdk::ExecResult result;
  const Outcome missing = exec("shell", {"nosuch"}, output, result);
  EXPECT_EQ(missing, ErrorClass::Rejected);
  EXPECT_THAT(missing.message, HasSubstr("executable file not found"));
  ASSERT_EQ(exec("shell", {"/bin/sh", "-c", "exit 126"}, output, result), ErrorClass::Ok);
  EXPECT_EQ(result.exitCode, 126) << "a command's own 126 is a result";
}

TEST_F(PluginStreams, ACommandNeedsARunningContainer) {
  ASSERT_EQ(create(spec("created", "sleeper:1.0")), ErrorClass::Ok);
  Output output;
  sdk::ExecResult result;
  EXPECT_EQ(exec("created", {"true"}, output, result), ErrorClass::Conflict);
  EXPECT_EQ(exec("absent", {"true"}, output, result), ErrorClass::NotFound);
}

// One that does as it is told, and one that ignores every signal it can, with children and theirs.
TEST_F(PluginStreams, ACommandThatTakesTooLongIsKilledWithItsChildren) {
  run(spec("shell", "sleeper:1.0"));
  for (const std::string_view script :
       {"echo begun; sleep 4711; echo end",
        "trap '' TERM INT HUP QUIT; echo begun; (sleep 4711; true) & sh -c 'sleep 4711; true' & "
        "while :; do sleep 4711; done"}) {
    Output output;
    sdk::ExecResult result;
    ASSERT_EQ(exec("shell", {"/bin/sh", "-c", script}, output, result, 500), ErrorClass::Ok);
    EXPECT_EQ(result.timedOut, 1);
    EXPECT_THAT(output.texts(), ElementsAre("begun\n"));
    EXPECT_TRUE(endsWithoutTrace("shell", "4711")) << script;
  }
}

// Nothing is open then whose end would be that of the command.
TEST_F(PluginStreams, ACommandThatClosesItsOutputIsWaitedFor) {
  run(spec("shell", "sleeper:1.0"));
  Output output;
  sdk::ExecResult result;
  ASSERT_EQ(exec("shell", {"/bin/sh", "-c", "exec >&- 2>&-; sleep 2.5; exit 3"}, output, result),
            ErrorClass::Ok);
  EXPECT_EQ(result.timedOut, 0);
  EXPECT_EQ(result.exitCode, 3);
  ASSERT_EQ(
      exec("shell", {"/bin/sh", "-c", "exec >&- 2>&-; sleep 4712; exit 1"}, output, result, 500),
      ErrorClass::Ok);
  EXPECT_EQ(result.timedOut, 1);
  EXPECT_TRUE(endsWithoutTrace("shell", "4712"));
}

TEST_F(PluginStreams, ACommandWhoseCallIsCancelledIsKilled) {
  run(spec("shell", "sleeper:1.0"));
  Output output;
  sdk::ExecResult result;
  FakeCall call;
  auto running = std::async(std::launch::async, [&] {
    return exec(call, "shell", {"/bin/sh", "-c", "echo begun; sleep 4713; echo end"}, output,
                result, 60'000);
  });
  EXPECT_TRUE(waitUntil([&] { return !output.texts().empty(); }, kSoon));
  call.cancel();
  EXPECT_EQ(running.get(), ErrorClass::Cancelled);
  EXPECT_TRUE(endsWithoutTrace("shell", "4713"));
}

}  // namespace
}  // namespace holdfast::plugin_test
