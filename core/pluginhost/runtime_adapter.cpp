// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/runtime_adapter.hpp"

#include "engine/plan.hpp"
#include "model/text.hpp"
#include "pluginhost/broken_contract.hpp"
#include "pluginhost/observation_copy.hpp"
#include "pluginhost/output_pipe.hpp"

#include <optional>
#include <utility>

namespace holdfast::pluginhost {
namespace {

constexpr std::size_t kMaxPhase = 64;
constexpr std::size_t kMaxName = 4'096;
constexpr std::chrono::milliseconds kPresenceCheck{1'000};

// How many places the others leave, however many services are followed, probed and changed: without
// one for a look, the health check or the watch the engine would count as gone.
constexpr std::size_t kLeftBySteps = 8;      // and by pulls and validations
constexpr std::size_t kLeftByCommands = 32;  // for steps as well
constexpr std::size_t kLeftByOutput = 64;    // for commands as well: a probe has to come in time

// Hands progress on while the call is open. Reports that overtook each other on their way are old.
class ProgressForwarder final : public sdk::ProgressSink {
 public:
  ProgressForwarder(HostCall& call, const std::function<void(engine::PullProgress)>& forward)
      : call_(call), forward_(forward) {}
  virtual ~ProgressForwarder() = default;

  void progress(const sdk::PullProgress& progress) noexcept override {
    if (progress.structSize < sizeof(progress)) {
      return;
    }
    try {
      call_.deliver([&] {
        if (latest_ && progress.sequence <= *latest_) {
          return;
        }
        latest_ = progress.sequence;
        forward_({progress.doneBytes, progress.totalBytes, progress.waiting != 0,
                  progress.retrying != 0, model::oneLine(progress.phase, kMaxPhase)});
      });
    } catch (...) {
      // Out of memory: the next report comes.
    }
  }

 private:
  HostCall& call_;
  const std::function<void(engine::PullProgress)>& forward_;
  std::optional<std::uint32_t> latest_;
};

class EventForwarder final : public sdk::EventSink {
 public:
  EventForwarder(HostCall& call, const std::function<void(engine::EngineEvent)>& forward)
      : call_(call), forward_(forward) {}
  virtual ~EventForwarder() = default;

  void event(const sdk::EngineEvent& event) noexcept override {
    if (event.structSize < sizeof(event)) {
      return;
    }
    try {
      const bool known =
          event.kind >= sdk::EventKind::Connected && event.kind <= sdk::EventKind::Changed;
      engine::EngineEvent copy{
          known ? event.kind : sdk::EventKind::Changed, model::oneLine(event.containerId, kMaxName),
          model::oneLine(event.containerName, kMaxName), model::oneLine(event.action, kMaxName)};
      call_.deliver([&] { forward_(std::move(copy)); });
    } catch (...) {
      // Out of memory: an event is a hint only, the next look finds it.
    }
  }

 private:
  HostCall& call_;
  const std::function<void(engine::EngineEvent)>& forward_;
};

// The beginning of a command's output; the rest is read and dropped, so that the command goes on.
class OutputKeeper final : public sdk::OutputSink {
 public:
  OutputKeeper(HostCall& call, std::string& kept) : call_(call), kept_(kept) {}
  virtual ~OutputKeeper() = default;

  bool output(sdk::OutputStream /*stream*/, std::int64_t /*timeMs*/,
              std::string_view bytes) noexcept override {
    try {
      call_.deliver([&] { kept_.append(bytes.substr(0, engine::kMaxExecOutput - kept_.size())); });
    } catch (...) {
      // Out of memory: less output.
    }
    return true;
  }

 private:
  HostCall& call_;
  std::string& kept_;
};

sdk::Step viewOf(const engine::StepCall& step) {
  sdk::Step view;
  view.kind = step.kind;
  view.graceMs = step.grace.count();
  view.name = step.name;
  view.containerId = step.containerId;
  view.image = step.image;
  view.specJson = step.specJson;
  return view;
}

std::int64_t millisecondsOf(const std::optional<model::WallTime>& at) {
  return at ? at->time_since_epoch().count() : sdk::kNoTime;
}

// Hands a pipe's content to its reader until it ends. `patience` with nothing at all ends it too.
engine::CallResult readOut(OutputPipe& pipe, OutputReader& reader,
                           std::optional<model::Milliseconds> patience) {
  model::Milliseconds silence{0};
  while (true) {
    auto next = pipe.take(kPresenceCheck);
    engine::CallResult ended;
    if (next.chunk) {
      silence = model::Milliseconds(0);
      if (reader.output(*next.chunk)) {
        continue;
      }
      ended.errorClass = sdk::ErrorClass::Cancelled;
      ended.message = "the reader has gone";
    } else if (next.result) {
      return *next.result;
    } else if (!reader.present()) {
      ended.errorClass = sdk::ErrorClass::Cancelled;
      ended.message = "the reader has gone";
    } else {
      silence += kPresenceCheck;
      if (!patience || silence < *patience) {
        continue;
      }
      ended.errorClass = sdk::ErrorClass::Unavailable;
      ended.message = "no output within " + model::formatDuration(*patience);
    }
    pipe.close();
    return ended;
  }
}

}  // namespace

RuntimeAdapter::RuntimeAdapter(std::string name, sdk::RuntimePlugin& plugin, Supervisor& supervisor,
                               const model::Clock& clock, RuntimeDeadlines deadlines)
    : name_(std::move(name)),
      plugin_(plugin),
      supervisor_(supervisor),
      clock_(clock),
      deadlines_(deadlines) {}

void RuntimeAdapter::health(std::function<void(engine::CallResult)> done) {
  supervisor_.submit(
      {"health", deadlines_.health},
      [&plugin = plugin_](HostCall& call) { return plugin.health(call); }, done);
}

void RuntimeAdapter::engineInfo(std::function<void(engine::CallResult, engine::EngineInfo)> done) {
  auto copy = std::make_shared<EngineInfoCopy>();
  supervisor_.submit(
      {"engineInfo", deadlines_.other},
      [&plugin = plugin_, copy](HostCall& call) {
        const sdk::Status status = plugin.engineInfo(call, *copy);
        return status.ok() && !copy->reported()
                   ? broken(call, "engineInfo ended well without reporting anything")
                   : status;
      },
      [copy, done = std::move(done)](engine::CallResult result) {
        auto info = result.ok() ? copy->take() : engine::EngineInfo{};
        done(std::move(result), std::move(info));
      });
}

void RuntimeAdapter::validate(std::string specJson, std::function<void(engine::CallResult)> done) {
  supervisor_.submit(
      {.label = "validate", .deadline = deadlines_.other, .leaves = kLeftBySteps},
      [&plugin = plugin_, specJson = std::move(specJson)](HostCall& call) {
        return plugin.validate(specJson, call);
      },
      done);
}

void RuntimeAdapter::observe(std::vector<std::string> images,
                             std::function<void(engine::CallResult, model::Observation)> done) {
  auto copy = std::make_shared<ObservationCopy>(clock_.now(), images);
  supervisor_.submit(
      {"observe", deadlines_.observe},
      [&plugin = plugin_, copy, images = std::move(images)](HostCall& call) {
        const std::vector<std::string_view> views(images.begin(), images.end());
        sdk::ObserveRequest request;
        request.images = views;
        const sdk::Status status = plugin.observe(request, call, *copy);
        return status.ok() && !copy->problem().empty() ? broken(call, copy->problem()) : status;
      },
      // Only a call that has returned is read: a stuck one may be writing still.
      [copy, done = std::move(done)](engine::CallResult result) {
        auto observation = result.ok() ? copy->take() : model::Observation{};
        done(std::move(result), std::move(observation));
      });
}

CallSpec RuntimeAdapter::specOf(const engine::StepCall& step) const {
  CallSpec spec{"execute " + std::string(engine::stepName(step.kind)), deadlines_.other,
                // One slow container says nothing about the engine: health and observe do.
                sdk::ErrorClass::Transient, kLeftBySteps};
  switch (step.kind) {
    case sdk::StepKind::CreateContainer:
      spec.deadline = deadlines_.create;
      break;
    case sdk::StepKind::StartContainer:
      spec.deadline = deadlines_.start;
      break;
    case sdk::StepKind::StopContainer:
      spec.deadline = step.grace + deadlines_.stopBeyondGrace;
      break;
    case sdk::StepKind::RemoveContainer:
      spec.deadline = deadlines_.remove;
      break;
    default:
      break;
  }
  return spec;
}

void RuntimeAdapter::execute(engine::StepCall step, std::function<void(engine::CallResult)> done) {
  CallSpec spec = specOf(step);
  supervisor_.submit(
      std::move(spec),
      [&plugin = plugin_, step = std::move(step)](HostCall& call) {
        return plugin.execute(viewOf(step), call);
      },
      done);
}

std::unique_ptr<engine::RunningCall> RuntimeAdapter::pull(
    std::string reference, std::function<void(engine::PullProgress)> progress,
    std::function<void(engine::CallResult)> done) {
  return supervisor_.launch(
      {.label = "pull", .deadline = std::nullopt, .leaves = kLeftBySteps},
      [&plugin = plugin_, reference = std::move(reference),
       progress = std::move(progress)](HostCall& call) {
        ProgressForwarder sink(call, progress);
        sdk::PullRequest request;
        request.reference = reference;
        return plugin.pull(request, call, sink);
      },
      done);
}

std::unique_ptr<engine::RunningCall> RuntimeAdapter::watch(
    std::function<void(engine::EngineEvent)> event, std::function<void(engine::CallResult)> done) {
  return supervisor_.launch(
      {"watch", std::nullopt},
      [&plugin = plugin_, event = std::move(event)](HostCall& call) {
        EventForwarder sink(call, event);
        return plugin.watch(call, sink);
      },
      done);
}

std::unique_ptr<engine::RunningCall> RuntimeAdapter::exec(
    engine::ExecCall call, std::function<void(engine::CallResult, engine::ExecEnd)> done) {
  struct Answer {
    sdk::ExecResult result;
    std::string output;
  };
  auto answer = std::make_shared<Answer>();
  CallSpec spec{"exec", call.timeout + deadlines_.execBeyondTimeout,
                // One container's command says nothing about the engine.
                sdk::ErrorClass::Transient, kLeftByCommands};
  return supervisor_.launch(
      std::move(spec),
      [&plugin = plugin_, call = std::move(call), answer](HostCall& hostCall) {
        OutputKeeper sink(hostCall, answer->output);
        const std::vector<std::string_view> argv(call.argv.begin(), call.argv.end());
        sdk::ExecRequest request;
        request.timeoutMs = call.timeout.count();
        request.containerId = call.containerId;
        request.argv = argv;
        return plugin.exec(request, hostCall, sink, answer->result);
      },
      // Only a call that has returned is read: a stuck one may be writing still.
      [answer, done = std::move(done)](engine::CallResult result) {
        engine::ExecEnd end;
        if (result.ok()) {
          end = {answer->result.exitCode, answer->result.timedOut != 0, std::move(answer->output)};
        }
        done(std::move(result), std::move(end));
      });
}

engine::CallResult RuntimeAdapter::logs(const LogQuery& query, OutputReader& reader) {
  auto pipe = std::make_shared<OutputPipe>();
  const auto running = supervisor_.launch(
      {.label = "logs", .deadline = std::nullopt, .leaves = kLeftByOutput},
      [&plugin = plugin_, query, pipe](HostCall& call) {
        PipeSink sink(*pipe, call);
        sdk::LogRequest request;
        request.tail = query.tail.value_or(-1);
        request.sinceMs = millisecondsOf(query.since);
        request.untilMs = millisecondsOf(query.until);
        request.follow = query.follow ? 1 : 0;
        request.containerId = query.containerId;
        return plugin.logs(request, call, sink);
      },
      [pipe](engine::CallResult result) { pipe->finish(std::move(result)); });
  return readOut(*pipe, reader, query.follow ? std::nullopt : std::optional(deadlines_.silentLogs));
}

ExecOutcome RuntimeAdapter::exec(const ExecQuery& query, OutputReader& reader) {
  auto pipe = std::make_shared<OutputPipe>();
  auto answer = std::make_shared<sdk::ExecResult>();
  const auto running = supervisor_.launch(
      {.label = "exec",
       .deadline = query.timeout + deadlines_.execBeyondTimeout,
       .leaves = kLeftByCommands},
      [&plugin = plugin_, query, pipe, answer](HostCall& call) {
        PipeSink sink(*pipe, call);
        const std::vector<std::string_view> argv(query.argv.begin(), query.argv.end());
        sdk::ExecRequest request;
        request.timeoutMs = query.timeout.count();
        request.containerId = query.containerId;
        request.argv = argv;
        return plugin.exec(request, call, sink, *answer);
      },
      [pipe](engine::CallResult result) { pipe->finish(std::move(result)); });
  ExecOutcome outcome;
  outcome.result = readOut(*pipe, reader, std::nullopt);
  if (outcome.result.ok()) {
    outcome.exitCode = answer->exitCode;
    outcome.timedOut = answer->timedOut != 0;
  }
  return outcome;
}

}  // namespace holdfast::pluginhost
