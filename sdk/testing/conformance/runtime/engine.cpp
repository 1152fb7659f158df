// SPDX-License-Identifier: Apache-2.0
#include "conformance/runtime/engine.hpp"

#include <utility>

namespace holdfast::conformance {
namespace {

using sdk::StepKind;

constexpr std::int64_t kBeyondGraceMs = 30'000;

std::int64_t limitOf(const StepArguments& step) {
  switch (step.kind) {
    case StepKind::StartContainer:
    case StepKind::RemoveContainer:
      return 60'000;
    case StepKind::StopContainer:
      return step.graceMs + kBeyondGraceMs;
    default:
      return 30'000;
  }
}

}  // namespace

Outcome Engine::health(DeadlineCall& call) const {
  return perform(call, "health", [&] { return plugin_.health(call); });
}

Outcome Engine::info(DeadlineCall& call, Info& info) const {
  return perform(call, "engineInfo", [&] { return plugin_.engineInfo(call, info); });
}

Outcome Engine::info(Info& info, std::int64_t limitMs) const {
  DeadlineCall call(limitMs);
  return this->info(call, info);
}

Outcome Engine::validate(const std::string& spec) const {
  DeadlineCall call(5'000);
  Arguments arguments;
  return perform(call, "validate", [&] { return plugin_.validate(arguments.text(spec), call); });
}

Outcome Engine::observe(DeadlineCall& call, Seen& seen,
                        const std::vector<std::string>& images) const {
  Arguments arguments;
  sdk::ObserveRequest request;
  request.images = arguments.texts(images);
  return perform(call, "observe",
                 [&] { return plugin_.observe(arguments.value(request), call, seen); });
}

Outcome Engine::observe(Seen& seen, const std::vector<std::string>& images,
                        std::int64_t limitMs) const {
  DeadlineCall call(limitMs);
  return observe(call, seen, images);
}

Outcome Engine::execute(DeadlineCall& call, const StepArguments& step) const {
  Arguments arguments;
  sdk::Step request;
  request.kind = step.kind;
  request.graceMs = step.graceMs;
  request.name = arguments.text(step.name);
  request.containerId = arguments.text(step.containerId);
  request.image = arguments.text(step.image);
  request.specJson = arguments.text(step.specJson);
  const std::string label =
      "execute of step " + std::to_string(static_cast<int>(step.kind)) + " on " + step.name;
  return perform(call, label, [&] { return plugin_.execute(arguments.value(request), call); });
}

Outcome Engine::execute(const StepArguments& step, std::int64_t limitMs) const {
  DeadlineCall call(limitMs > 0 ? limitMs : limitOf(step));
  return execute(call, step);
}

Outcome Engine::pull(DeadlineCall& call, const std::string& reference, Progress& progress) const {
  Arguments arguments;
  sdk::PullRequest request;
  request.reference = arguments.text(reference);
  return perform(call, "pull of " + reference,
                 [&] { return plugin_.pull(arguments.value(request), call, progress); });
}

Outcome Engine::watch(DeadlineCall& call, Events& events) const {
  return perform(call, "watch", [&] { return plugin_.watch(call, events); });
}

Outcome Engine::logs(DeadlineCall& call, const LogArguments& request, Output& output) const {
  Arguments arguments;
  sdk::LogRequest wanted;
  wanted.tail = request.tail;
  wanted.sinceMs = request.sinceMs;
  wanted.follow = request.follow ? 1 : 0;
  wanted.containerId = arguments.text(request.containerId);
  return perform(call, "logs", [&] { return plugin_.logs(arguments.value(wanted), call, output); });
}

Outcome Engine::exec(DeadlineCall& call, const std::string& containerId,
                     const std::vector<std::string>& argv, std::int64_t timeoutMs, Output& output,
                     sdk::ExecResult& result) const {
  Arguments arguments;
  sdk::ExecRequest request;
  request.timeoutMs = timeoutMs;
  request.containerId = arguments.text(containerId);
  request.argv = arguments.texts(argv);
  return perform(call, "exec",
                 [&] { return plugin_.exec(arguments.value(request), call, output, result); });
}

Background::Background(std::string label, Work work, std::int64_t limitMs)
    : label_(std::move(label)),
      call_(limitMs),
      result_(
          std::async(std::launch::async, [this, work = std::move(work)] { return work(call_); })) {}

Background::~Background() {
  if (result_.valid()) {
    call_.cancel();
    const ReturnsSoon guard(label_);
    result_.wait();
  }
}

bool Background::ended(std::chrono::milliseconds limit) {
  return result_.wait_for(limit) == std::future_status::ready;
}

void Background::cancel() {
  call_.cancel();
}

Outcome Background::result() {
  const ReturnsSoon guard(label_, kSoon);
  return result_.get();
}

}  // namespace holdfast::conformance
