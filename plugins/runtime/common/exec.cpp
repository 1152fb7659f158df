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

// The exit code is recorded a moment after the output has ended.
constexpr auto kRecordTime = 2s;
constexpr auto kRecordStep = 5ms;

struct ExecState {
  bool running = true;
  int exitCode = 0;
  int pid = 0;
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

std::optional<ExecState> inspectExec(EngineClient& engine, sdk::Call& call, const std::string& id) {
  const EngineAnswer answer = engine.call(call, {.path = "/exec/" + id + "/json"});
  const std::optional<json::value> body =
      answer.ok() && answer.http() == 200 ? bodyOf(answer) : std::nullopt;
  if (!body) {
    return std::nullopt;
  }
  ExecState state;
  state.running = support::jsonBool(*body, {"Running"});
  state.exitCode = static_cast<int>(support::jsonInteger(*body, {"ExitCode"}));
  state.pid = static_cast<int>(support::jsonInteger(*body, {"Pid"}));
  return state;
}

std::optional<ExecState> awaitExit(EngineClient& engine, sdk::Call& call, const std::string& id) {
  std::optional<ExecState> state;
  for (auto waited = 0ms; waited < kRecordTime; waited += kRecordStep) {
    state = inspectExec(engine, call, id);
    if (!state || !state->running || !wait(call, kRecordStep)) {
      break;
    }
  }
  return state;
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

// The stream of the command. `timedOut`: its time was over; the answer's status says the rest.
Status runExec(EngineClient& engine, const sdk::ExecRequest& request, sdk::Call& call,
               const std::string& id, Output& output, bool& timedOut) {
  const auto begin = std::chrono::steady_clock::now();
  const auto limit = std::chrono::milliseconds(std::max<std::int64_t>(request.timeoutMs, 1));
  const support::StreamHandler handler{
      .head = {}, .data = [&](std::string_view bytes) { return output.push(bytes); }};
  const EngineAnswer answer =
      engine.stream(call,
                    {.method = "POST",
                     .path = "/exec/" + id + "/start",
                     .body = json::object{{"Detach", false}, {"Tty", false}},
                     .timeoutMs = limit.count()},
                    handler);
  if (!answer.ok()) {
    // Transient: it took too long while the engine itself answers.
    const bool late = answer.status.code == ErrorClass::Transient;
    timedOut = late && std::chrono::steady_clock::now() - begin >= limit;
    return timedOut ? Status{} : answer.status;
  }
  return answer.http() == 200 ? Status{} : engine.refuse(call, kExec, answer.response);
}

Status notRun(const Dialect& dialect, sdk::Call& call, const std::string& words) {
  const ClassifiedError error = classify(dialect.errorTable(), kExec, 200, dialect.rootOf(words));
  return fail(call, error.errorClass, error.message, words);
}

}  // namespace

Status execInContainer(EngineClient& engine, const sdk::ExecRequest& request, sdk::Call& call,
                       sdk::OutputSink& sink, sdk::ExecResult& result) {
  if (request.containerId.empty() || request.argv.empty()) {
    return fail(call, ErrorClass::Invalid, "a container and a command must be named");
  }
  std::string id;
  Status status = createExec(engine, request, call, id);
  if (!status.ok()) {
    return status;
  }
  Output output(sink);
  bool timedOut = false;
  status = runExec(engine, request, call, id, output, timedOut);
  if (!status.ok()) {
    return status;
  }
  const std::optional<ExecState> state =
      timedOut || output.stopped() ? inspectExec(engine, call, id) : awaitExit(engine, call, id);
  if (!state) {
    return fail(call, ErrorClass::Transient, "the engine does not tell how the command ended");
  }
  if (state->running && !killInContainer(state->pid, request.containerId)) {
    call.explain("the command goes on: its process is not visible from here", {});
  }
  result.timedOut = timedOut ? 1 : 0;
  result.exitCode = state->exitCode;
  const bool refused = state->exitCode == kCannotExecute || state->exitCode == kNoSuchProgram;
  if (!timedOut && refused && engine.dialect().saysNotRun(output.beginning())) {
    return notRun(engine.dialect(), call, output.beginning());
  }
  return {};
}

}  // namespace holdfast::runtime
