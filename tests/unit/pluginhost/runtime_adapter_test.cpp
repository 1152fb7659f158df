// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/runtime_adapter.hpp"

#include <gmock/gmock.h>

#include <poll.h>

#include <future>
#include <map>
#include <stdexcept>

namespace holdfast::pluginhost {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kLong = 30s;  // only ever reached by a test that fails

class FixedClock final : public model::Clock {
 public:
  [[nodiscard]] model::Now now() const override {
    return {model::BootTime(7ms), model::WallTime(9ms)};
  }
};

void waitForCancel(sdk::Call& call) {
  struct pollfd fd {
    call.cancelFd(), POLLIN, 0
  };
  ::poll(&fd, 1, 30'000);
}

// Does what the test says, in the place of a loaded plugin.
class FakeRuntime final : public sdk::RuntimePlugin {
 public:
  std::function<sdk::Status(const sdk::ObserveRequest&, sdk::ObservationSink&)> onObserve;
  std::function<sdk::Status(const sdk::Step&, sdk::Call&)> onExecute;
  std::function<sdk::Status(sdk::Call&, sdk::ProgressSink&)> onPull;
  std::function<sdk::Status(const sdk::LogRequest&, sdk::Call&, sdk::OutputSink&)> onLogs;
  bool describe = true;
  std::int64_t remainingMs = 0;  // of the latest unary call
  bool outputWanted = false;     // after all that the latest command has said

  sdk::Status start(sdk::Call&) override { return {}; }
  sdk::Status health(sdk::Call& call) override {
    remainingMs = call.remainingMs();
    return {};
  }
  void stop() noexcept override {}

  sdk::Status engineInfo(sdk::Call&, sdk::EngineInfoSink& sink) override {
    if (describe) {
      sdk::EngineInfo info;
      info.name = "Docker";
      info.version = "20.10.24";
      sink.engineInfo(info);
    }
    return {};
  }
  sdk::Status validate(std::string_view specJson, sdk::Call& call) override {
    call.explain("logging.driver: unknown", specJson);
    return {sdk::ErrorClass::Invalid};
  }
  sdk::Status observe(const sdk::ObserveRequest& request, sdk::Call&,
                      sdk::ObservationSink& sink) override {
    return onObserve(request, sink);
  }
  sdk::Status execute(const sdk::Step& step, sdk::Call& call) override {
    remainingMs = call.remainingMs();
    return onExecute ? onExecute(step, call) : sdk::Status{};
  }
  sdk::Status pull(const sdk::PullRequest&, sdk::Call& call, sdk::ProgressSink& sink) override {
    return onPull(call, sink);
  }
  sdk::Status watch(sdk::Call& call, sdk::EventSink& sink) override {
    sdk::EngineEvent event;
    event.kind = sdk::EventKind::Died;
    event.containerId = "abc";
    event.containerName = "app_web_1";
    event.action = "die";
    sink.event(event);
    event.kind = sdk::EventKind{99};
    sink.event(event);
    waitForCancel(call);
    return {sdk::ErrorClass::Cancelled};
  }
  sdk::Status logs(const sdk::LogRequest& request, sdk::Call& call,
                   sdk::OutputSink& sink) override {
    return onLogs(request, call, sink);
  }
  sdk::Status exec(const sdk::ExecRequest& request, sdk::Call& call, sdk::OutputSink& sink,
                   sdk::ExecResult& result) override {
    remainingMs = call.remainingMs();
    for (const auto argument : request.argv) {
      outputWanted = sink.output(sdk::OutputStream::Stderr, sdk::kNoTime, argument);
    }
    result.exitCode = 3;
    return {};
  }
};

class Reader final : public OutputReader {
 public:
  bool output(const OutputChunk& chunk) override {
    chunks.push_back(chunk.bytes);
    return chunks.size() < limit;
  }
  bool present() override { return here; }

  std::vector<std::string> chunks;
  std::size_t limit = SIZE_MAX;
  bool here = true;
};

class RuntimeAdapterTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(supervisor_.drain(kLong)); }

  engine::CallResult execute(engine::StepCall step) {
    std::promise<engine::CallResult> answer;
    adapter_.execute(std::move(step), [&](auto result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
  }

  std::pair<engine::CallResult, model::Observation> observe(std::vector<std::string> images) {
    std::promise<std::pair<engine::CallResult, model::Observation>> answer;
    adapter_.observe(std::move(images), [&](auto result, auto observation) {
      answer.set_value({std::move(result), std::move(observation)});
    });
    return answer.get_future().get();
  }

  FakeRuntime plugin_;
  FixedClock clock_;
  Supervisor supervisor_{"docker", {}, std::make_shared<Alarm>(), {}};
  RuntimeAdapter adapter_{"docker", plugin_, supervisor_, clock_};
};

TEST_F(RuntimeAdapterTest, LooksWithTheTimeAtWhichTheLookBegan) {
  plugin_.onObserve = [](const sdk::ObserveRequest& request, sdk::ObservationSink& sink) {
    sdk::ImageRecord image;
    image.reference = request.images[0];
    image.id = "sha256:1";
    sink.image(image);
    return sdk::Status{};
  };
  const auto [result, observation] = observe({"nginx:1"});
  ASSERT_TRUE(result.ok()) << result.message;
  EXPECT_EQ(observation.at.boot, model::BootTime(7ms));
  EXPECT_EQ(observation.images.at("nginx:1").id, "sha256:1");
}

TEST_F(RuntimeAdapterTest, ALookThatBreaksTheContractIsNoLook) {
  plugin_.onObserve = [](const sdk::ObserveRequest&, sdk::ObservationSink& sink) {
    sdk::ContainerRecord good;
    good.id = "1";
    good.name = "web";
    sink.container(good);
    sink.container({});
    return sdk::Status{};
  };
  const auto [result, observation] = observe({});
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Internal);
  EXPECT_THAT(result.message, HasSubstr("broke its contract"));
  EXPECT_TRUE(observation.containers.empty());
  EXPECT_EQ(supervisor_.health().internalErrors, 1U);
}

TEST_F(RuntimeAdapterTest, AFailedLookCarriesNothing) {
  plugin_.onObserve = [](const sdk::ObserveRequest&, sdk::ObservationSink& sink) {
    sdk::VolumeRecord volume;
    volume.name = "data";
    sink.volume(volume);
    return sdk::Status{sdk::ErrorClass::Unavailable};
  };
  EXPECT_TRUE(observe({}).second.volumes.empty());
}

TEST_F(RuntimeAdapterTest, HandsEveryFieldOfAStepOn) {
  engine::StepCall got;
  plugin_.onExecute = [&](const sdk::Step& step, sdk::Call&) {
    got = {step.kind,
           model::Milliseconds(step.graceMs),
           std::string(step.name),
           std::string(step.containerId),
           std::string(step.image),
           std::string(step.specJson)};
    return sdk::Status{};
  };
  EXPECT_TRUE(execute({sdk::StepKind::StopContainer, 3s, "web", "abc", "nginx:1", "{}"}).ok());
  EXPECT_EQ(got.kind, sdk::StepKind::StopContainer);
  EXPECT_EQ(got.grace, 3s);
  EXPECT_EQ(got.name, "web");
  EXPECT_EQ(got.containerId, "abc");
  EXPECT_EQ(got.image, "nginx:1");
  EXPECT_EQ(got.specJson, "{}");
}

TEST_F(RuntimeAdapterTest, GivesEachCallItsTime) {
  using sdk::StepKind;
  const std::map<StepKind, std::int64_t> expected{
      {StepKind::CreateNetwork, 30'000},   {StepKind::CreateContainer, 30'000},
      {StepKind::StartContainer, 60'000},  {StepKind::StopContainer, 40'000},
      {StepKind::RemoveContainer, 60'000}, {StepKind::RemoveImage, 30'000}};
  for (const auto& [kind, limit] : expected) {
    engine::StepCall step;
    step.kind = kind;
    step.grace = 10s;
    ASSERT_TRUE(execute(step).ok());
    EXPECT_LE(plugin_.remainingMs, limit);
    EXPECT_GT(plugin_.remainingMs, limit - 5'000);
  }
  std::promise<void> done;
  adapter_.health([&](auto) { done.set_value(); });
  done.get_future().wait();
  EXPECT_LE(plugin_.remainingMs, 5'000);
}

TEST_F(RuntimeAdapterTest, AStepThatTookTooLongSaysNothingAboutTheEngine) {
  RuntimeDeadlines deadlines;
  deadlines.other = 10ms;
  RuntimeAdapter adapter("docker", plugin_, supervisor_, clock_, deadlines);
  plugin_.onExecute = [](const sdk::Step&, sdk::Call& call) {
    waitForCancel(call);
    return sdk::Status{sdk::ErrorClass::Cancelled};
  };
  std::promise<engine::CallResult> answer;
  adapter.execute({}, [&](auto result) { answer.set_value(std::move(result)); });
  const auto result = answer.get_future().get();
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Transient);
  EXPECT_EQ(result.message, "execute createNetwork: no answer within 10ms");
}

TEST_F(RuntimeAdapterTest, DescribesTheEngine) {
  std::promise<std::pair<engine::CallResult, engine::EngineInfo>> answer;
  adapter_.engineInfo([&](auto result, auto info) { answer.set_value({result, info}); });
  const auto [result, info] = answer.get_future().get();
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(info.name, "Docker");
  EXPECT_EQ(info.version, "20.10.24");

  plugin_.describe = false;
  std::promise<engine::CallResult> nothing;
  adapter_.engineInfo([&](auto second, auto) { nothing.set_value(second); });
  EXPECT_EQ(nothing.get_future().get().errorClass, sdk::ErrorClass::Internal);
}

TEST_F(RuntimeAdapterTest, RefusesASpecificationWithTheReason) {
  std::promise<engine::CallResult> answer;
  adapter_.validate("{\"a\":1}", [&](auto result) { answer.set_value(std::move(result)); });
  const auto result = answer.get_future().get();
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Invalid);
  EXPECT_EQ(result.message, "logging.driver: unknown");
  EXPECT_EQ(result.raw, "{\"a\":1}");
}

TEST_F(RuntimeAdapterTest, ForwardsProgressInItsOrder) {
  plugin_.onPull = [](sdk::Call& call, sdk::ProgressSink& sink) {
    EXPECT_EQ(call.remainingMs(), INT64_MAX);
    sdk::PullProgress progress;
    progress.phase = "down\nloading";
    for (const std::uint32_t sequence : {1U, 3U, 2U, 4U}) {
      progress.sequence = sequence;
      progress.doneBytes = sequence;
      sink.progress(progress);
    }
    return sdk::Status{};
  };
  std::vector<std::int64_t> seen;
  std::string phase;
  std::promise<engine::CallResult> answer;
  const auto handle = adapter_.pull(
      "nginx:1",
      [&](const engine::PullProgress& progress) {
        seen.push_back(progress.doneBytes);
        phase = progress.phase;
      },
      [&](auto result) { answer.set_value(std::move(result)); });
  EXPECT_TRUE(answer.get_future().get().ok());
  EXPECT_THAT(seen, ElementsAre(1, 3, 4));
  EXPECT_EQ(phase, "down loading");
}

TEST_F(RuntimeAdapterTest, WatchesUntilItIsCancelled) {
  std::vector<engine::EngineEvent> events;
  std::promise<void> second;
  std::promise<engine::CallResult> answer;
  auto handle = adapter_.watch(
      [&](engine::EngineEvent event) {
        events.push_back(std::move(event));
        if (events.size() == 2) {
          second.set_value();
        }
      },
      [&](auto result) { answer.set_value(std::move(result)); });
  second.get_future().wait();
  handle.reset();
  EXPECT_EQ(answer.get_future().get().errorClass, sdk::ErrorClass::Cancelled);
  EXPECT_EQ(events[0].kind, sdk::EventKind::Died);
  EXPECT_EQ(events[0].containerId, "abc");
  EXPECT_EQ(events[0].containerName, "app_web_1");
  EXPECT_EQ(events[0].action, "die");
  EXPECT_EQ(events[1].kind, sdk::EventKind::Changed) << "a kind that this agent does not know";
}

TEST_F(RuntimeAdapterTest, ReadsLogsToTheirEnd) {
  sdk::LogRequest got;
  plugin_.onLogs = [&](const sdk::LogRequest& request, sdk::Call&, sdk::OutputSink& sink) {
    got = request;
    EXPECT_EQ(request.containerId, "abc");
    for (const char* line : {"one", "two", "three"}) {
      sink.output(sdk::OutputStream::Stdout, 1, line);
    }
    return sdk::Status{};
  };
  Reader reader;
  LogQuery query;
  query.containerId = "abc";
  query.tail = 5;
  query.since = model::WallTime(1s);
  EXPECT_TRUE(adapter_.logs(query, reader).ok());
  EXPECT_THAT(reader.chunks, ElementsAre("one", "two", "three"));
  EXPECT_EQ(got.tail, 5);
  EXPECT_EQ(got.sinceMs, 1'000);
  EXPECT_EQ(got.untilMs, sdk::kNoTime);
  EXPECT_EQ(got.follow, 0);
}

TEST_F(RuntimeAdapterTest, EndsFollowedLogsWhenTheReaderWantsNoMore) {
  std::promise<void> ended;
  plugin_.onLogs = [&](const sdk::LogRequest&, sdk::Call&, sdk::OutputSink& sink) {
    while (sink.output(sdk::OutputStream::Stdout, 1, "line")) {
    }
    ended.set_value();
    return sdk::Status{sdk::ErrorClass::Cancelled};
  };
  Reader reader;
  reader.limit = 3;
  LogQuery query;
  query.follow = true;
  EXPECT_EQ(adapter_.logs(query, reader).errorClass, sdk::ErrorClass::Cancelled);
  EXPECT_EQ(reader.chunks.size(), 3U);
  ended.get_future().wait();
}

TEST_F(RuntimeAdapterTest, NoticesThatTheReaderOfQuietLogsHasGone) {
  plugin_.onLogs = [&](const sdk::LogRequest&, sdk::Call& call, sdk::OutputSink&) {
    waitForCancel(call);
    return sdk::Status{sdk::ErrorClass::Cancelled};
  };
  Reader reader;
  reader.here = false;
  LogQuery query;
  query.follow = true;
  EXPECT_EQ(adapter_.logs(query, reader).errorClass, sdk::ErrorClass::Cancelled);
}

TEST_F(RuntimeAdapterTest, GivesUpLogsThatBringNothing) {
  RuntimeDeadlines deadlines;
  deadlines.silentLogs = 1s;
  RuntimeAdapter adapter("docker", plugin_, supervisor_, clock_, deadlines);
  plugin_.onLogs = [&](const sdk::LogRequest&, sdk::Call& call, sdk::OutputSink&) {
    waitForCancel(call);
    return sdk::Status{sdk::ErrorClass::Cancelled};
  };
  Reader reader;
  const auto result = adapter.logs({}, reader);
  EXPECT_EQ(result.errorClass, sdk::ErrorClass::Unavailable);
  EXPECT_EQ(result.message, "no output within 1s");
}

// Refused for want of a place, a look would say that the engine is gone.
TEST_F(RuntimeAdapterTest, OutputAndCommandsLeaveRoomForLooks) {
  plugin_.onPull = [](sdk::Call& call, sdk::ProgressSink&) {
    waitForCancel(call);
    return sdk::Status{sdk::ErrorClass::Cancelled};
  };
  plugin_.onObserve = [](const sdk::ObserveRequest&, sdk::ObservationSink&) {
    return sdk::Status{};
  };
  const SupervisorLimits limits;
  std::vector<std::unique_ptr<engine::RunningCall>> pulls;
  const auto fillTo = [&](std::size_t calls) {
    while (pulls.size() < calls) {
      pulls.push_back(adapter_.pull(
          "app:1", [](engine::PullProgress) {}, [](const engine::CallResult&) {}));
    }
  };
  const auto logs = [&] {
    Reader reader;
    return adapter_.logs({}, reader);
  };
  const auto exec = [&] {
    Reader reader;
    return adapter_.exec({"abc", {"ls"}, 2s}, reader).result;
  };
  plugin_.onLogs = [](const sdk::LogRequest&, sdk::Call&, sdk::OutputSink&) {
    return sdk::Status{};
  };
  fillTo(limits.maxCalls / 2 - 1);
  EXPECT_TRUE(logs().ok());
  fillTo(limits.maxCalls / 2);
  EXPECT_EQ(logs().errorClass, sdk::ErrorClass::Unavailable);
  EXPECT_THAT(logs().message, HasSubstr("the limit for logs"));
  EXPECT_TRUE(exec().ok());
  fillTo(limits.maxCalls * 3 / 4);
  EXPECT_THAT(exec().message, HasSubstr("the limit for exec"));
  EXPECT_TRUE(execute({}).ok());
  fillTo(limits.maxCalls);  // the last ones are refused
  EXPECT_THAT(execute({}).message, HasSubstr("the limit for execute"));
  EXPECT_TRUE(observe({}).first.ok());
}

TEST_F(RuntimeAdapterTest, RunsACommand) {
  Reader reader;
  const auto outcome = adapter_.exec({"abc", {"ls", "-l"}, 2s}, reader);
  EXPECT_TRUE(outcome.result.ok());
  EXPECT_EQ(outcome.exitCode, 3);
  EXPECT_FALSE(outcome.timedOut);
  EXPECT_THAT(reader.chunks, ElementsAre("ls", "-l"));
  EXPECT_LE(plugin_.remainingMs, 7'000);
  EXPECT_GT(plugin_.remainingMs, 2'000);
}

// docs/probes.md: 10 KiB of the output are kept. The command goes on, and its end is told.
TEST_F(RuntimeAdapterTest, KeepsTheBeginningOfWhatAProbesCommandSays) {
  const std::string most(10'000, 'a');
  const std::string across(500, 'b');
  std::promise<std::pair<engine::CallResult, engine::ExecEnd>> answer;
  const auto handle = adapter_.exec(engine::ExecCall{"abc", {most, across, "more", "and more"}, 2s},
                                    [&](auto result, auto end) {
                                      answer.set_value({std::move(result), std::move(end)});
                                    });
  const auto [result, end] = answer.get_future().get();
  EXPECT_TRUE(result.ok()) << result.message;
  EXPECT_EQ(end.output.size(), most.size() + 240);
  EXPECT_TRUE(end.output == most + across.substr(0, 240));
  EXPECT_EQ(end.exitCode, 3);
  EXPECT_FALSE(end.timedOut);
  EXPECT_TRUE(plugin_.outputWanted);
}

}  // namespace
}  // namespace holdfast::pluginhost
