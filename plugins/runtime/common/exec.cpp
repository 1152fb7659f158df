// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/exec.hpp"

#include "holdfast/support/json.hpp"
#include "holdfast/support/raw_stream.hpp"
#include "runtime/common/container_process.hpp"
#include "runtime/common/waiting.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace holdfast::runtime {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using sdk::ErrorClass;
using sdk::Status;

constexpr int kCannotExecute = 126;
constexpr int kNoSuchProgram = 127;

// The exit code is recorded a moment after the command has ended.
constexpr auto kRecordTime = 2s;
// Between looks at a command that has closed its output and mostly is at its end.
constexpr auto kFirstStep = 5ms;
constexpr std::chrono::milliseconds kLongestStep{250};
// Between looks at one whose beginning was asked for, and is still to come.
constexpr std::chrono::milliseconds kBeginStep{20};

// The engine writes the head of this answer line by line, well before any command has ended.
constexpr std::int64_t kGatherMs = 20;
// Where its end will be told: most commands are over by then, and their output fits into buffers.
constexpr std::int64_t kGatherToTheEndMs = 250;

// A limit beyond it is none; it keeps points in time computable.
constexpr std::int64_t kLongestMs = std::chrono::milliseconds(24h).count();

using Clock = std::chrono::steady_clock;

struct ExecState {
  std::optional<int> exitCode;  // of a command that has ended
  int pid = 0;                  // 0 before it has begun
};

// What is still to be done for a call that is given up: in a short time of its own, and without a
// word in the call's place.
class RestOfCall final : public sdk::Call {
 public:
  [[nodiscard]] bool cancelled() const noexcept override { return remainingMs() == 0; }
  [[nodiscard]] std::int64_t remainingMs() const noexcept override {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
    return std::max<std::int64_t>(left.count(), 0);
  }
  [[nodiscard]] int cancelFd() const noexcept override { return -1; }
  void explain(std::string_view, std::string_view) noexcept override {}

 private:
  const Clock::time_point end_ = Clock::now() + 2s;
};

Status createExec(EngineClient& engine, const sdk::ExecRequest& request, sdk::Call& call,
                  std::string& id) {
  json::array command;
  for (const std::string_view word : request.argv) {
    command.emplace_back(json::string_view(word.data(), word.size()));
  }
  const EngineAnswer answer = engine.call(
      call, {.method = "POST",
             .path = "/containers/" + support::urlEncode(request.containerId) + "/exec",
             .body = json::object{
                 {"Cmd", std::move(command)}, {"AttachStdout", true}, {"AttachStderr", true}}});
  if (!answer.ok()) {
    return answer.status;
  }
  if (answer.http() != 201) {
    return engine.refuse(call, kExec, answer.response);
  }
  const std::optional<json::value> body = bodyOf(answer);
  id = body ? support::jsonText(*body, {"Id"}) : std::string_view{};
  return id.empty() ? engine.noJson(call, answer) : Status{};
}

Status inspectExec(EngineClient& engine, sdk::Call& call, const std::string& id, ExecState& state) {
  const EngineAnswer answer = engine.call(call, {.path = "/exec/" + id + "/json"});
  if (!answer.ok()) {
    return answer.status;
  }
  const std::optional<json::value> body = answer.http() == 200 ? bodyOf(answer) : std::nullopt;
  if (!body) {
    return fail(call, ErrorClass::Transient, "the engine does not tell how the command ended",
                rawAnswer(answer.http(), answer.response.body));
  }
  state.exitCode = engine.dialect().exitCodeOf(*body);
  state.pid = static_cast<int>(support::jsonInteger(*body, {"Pid"}));
  return {};
}

// After the end of the output, which mostly is that of the command: then one look is enough. No
// exit code, and Ok: the command goes on although its time is over.
Status awaitExit(EngineClient& engine, const sdk::ExecRequest& request, sdk::Call& call,
                 const std::string& id, Clock::time_point deadline, ExecState& state) {
  const Clock::time_point recorded = std::max(deadline, Clock::now()) + kRecordTime;
  for (std::chrono::milliseconds step = kFirstStep;; step = std::min(step * 2, kLongestStep)) {
    const Status status = inspectExec(engine, call, id, state);
    if (!status.ok() || state.exitCode) {
      return status;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const bool runs = left.count() <= 0 && livesInContainer(state.pid, request.containerId);
    if (runs || Clock::now() >= recorded) {
      return {};
    }
    if (!wait(call, left.count() > 0 ? std::min(step, left) : step)) {
      return fail(call, ErrorClass::Cancelled, "cancelled");
    }
  }
}

// Kills a command that nobody waits for any more, also one that a slow engine has yet to begin.
// False when it goes on.
bool endCommand(EngineClient& engine, std::string_view containerId, const std::string& id) {
  RestOfCall rest;
  ExecState state;
  for (auto step = kBeginStep; inspectExec(engine, rest, id, state).ok();
       step = std::min(step * 2, kLongestStep)) {
    if (state.exitCode || state.pid > 0) {
      return state.exitCode || killInContainer(state.pid, containerId);
    }
    if (!wait(rest, step)) {
      break;
    }
  }
  return false;
}

// Hands the command's output on, and keeps its beginning: the run time's own words stand there.
class Output {
 public:
  explicit Output(sdk::OutputSink& sink) : sink_(sink) {}

  [[nodiscard]] bool push(std::string_view bytes) {
    return decoder_.push(bytes, [this](int stream, std::string_view payload) {
      if (beginning_.size() < kKept) {
        beginning_.append(payload.substr(0, kKept - beginning_.size()));
      }
      const auto which = stream == 2 ? sdk::OutputStream::Stderr : sdk::OutputStream::Stdout;
      stopped_ = !sink_.output(which, sdk::kNoTime, payload);
      return !stopped_;
    });
  }

  [[nodiscard]] const std::string& beginning() const { return beginning_; }
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  static constexpr std::size_t kKept = 1024;

  sdk::OutputSink& sink_;
  support::RawStreamDecoder decoder_;
  std::string beginning_;
  bool stopped_ = false;
};

// The stream of the command. `late`: its time was over; the answer's status says the rest.
Status runExec(EngineClient& engine, sdk::Call& call, const std::string& id,
               std::chrono::milliseconds limit, const ExecEnds::Wait& end, Output& output,
               bool& late) {
  const auto begin = Clock::now();
  const support::StreamHandler handler{
      .head = {}, .data = [&](std::string_view bytes) { return output.push(bytes); }};
  const EngineAnswer answer = engine.stream(
      call,
      {.method = "POST",
       .path = "/exec/" + id + "/start",
       .body = json::object{{"Detach", false}, {"Tty", false}},
       .timeoutMs = limit.count(),
       .gather = {.atMostMs = end.fd() < 0 ? kGatherMs : kGatherToTheEndMs, .doneFd = end.fd()}},
      handler);
  if (!answer.ok()) {
    // Transient: it took too long while the engine itself answers.
    late = answer.status.code == ErrorClass::Transient && Clock::now() - begin >= limit;
    return late ? Status{} : answer.status;
  }
  return answer.http() == 200 ? Status{} : engine.refuse(call, kExec, answer.response);
}

Status notRun(const Dialect& dialect, sdk::Call& call, const std::string& words) {
  const ClassifiedError error = classify(dialect.errorTable(), kExec, 200, dialect.rootOf(words));
  return fail(call, error.errorClass, error.message, words);
}

}  // namespace

Status execInContainer(EngineClient& engine, ExecEnds& ends, const sdk::ExecRequest& request,
                       sdk::Call& call, sdk::OutputSink& sink, sdk::ExecResult& result) {
  if (request.containerId.empty() || request.argv.empty()) {
    return fail(call, ErrorClass::Invalid, "a container and a command must be named");
  }
  std::string id;
  Status status = createExec(engine, request, call, id);
  if (!status.ok()) {
    return status;
  }
  const std::chrono::milliseconds limit(std::clamp<std::int64_t>(request.timeoutMs, 1, kLongestMs));
  const Clock::time_point deadline = Clock::now() + limit;
  Output output(sink);
  ExecState state;
  bool late = false;
  const ExecEnds::Wait end(ends, id);
  status = runExec(engine, call, id, limit, end, output, late);
  state.exitCode = end.exitCode();
  if (status.ok() && output.stopped() && !state.exitCode) {
    static_cast<void>(endCommand(engine, request.containerId, id));
  }
  if (status.ok() && !late && !state.exitCode) {
    status = awaitExit(engine, request, call, id, deadline, state);
    late = status.ok() && !state.exitCode;
  }
  const bool givenUp = late || status.code == ErrorClass::Cancelled;
  if (givenUp && !endCommand(engine, request.containerId, id)) {
    call.explain("the command goes on: it could not be killed from here", {});
  }
  if (!status.ok()) {
    return status;
  }
  result.timedOut = late ? 1 : 0;
  result.exitCode = state.exitCode.value_or(0);
  const bool refused = state.exitCode == kCannotExecute || state.exitCode == kNoSuchProgram;
  if (refused && engine.dialect().saysNotRun(output.beginning())) {
    return notRun(engine.dialect(), call, output.beginning());
  }
  return {};
}

}  // namespace holdfast::runtime
