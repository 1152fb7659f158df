// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/engine_runtime.hpp"

#include "runtime/common/container_spec.hpp"
#include "runtime/common/engine_info.hpp"
#include "runtime/common/event_stream.hpp"
#include "runtime/common/exec.hpp"
#include "runtime/common/logs.hpp"
#include "runtime/common/object_steps.hpp"
#include "runtime/common/observer.hpp"
#include "runtime/common/pull.hpp"

#include <utility>

namespace holdfast::runtime {

EngineRuntime::EngineRuntime(sdk::Host& host, const Dialect& dialect, EngineOptions options)
    : host_(host),
      engine_(dialect, std::move(options.endpoint), stopSignal_.descriptor()),
      credentials_(CredentialStore::ofEnvironment(std::move(options.authFile))) {}

EngineRuntime::~EngineRuntime() = default;

sdk::Status EngineRuntime::start(sdk::Call&) {
  return {};
}

sdk::Status EngineRuntime::health(sdk::Call& call) {
  return engine_.ping(call);
}

void EngineRuntime::stop() noexcept {
  stopSignal_.raise();
}

sdk::Status EngineRuntime::engineInfo(sdk::Call& call, sdk::EngineInfoSink& sink) {
  return tellEngineInfo(engine_, call, sink);
}

sdk::Status EngineRuntime::validate(std::string_view specJson, sdk::Call& call) {
  std::string problem;
  const auto spec = parseContainerSpec(specJson, problem);
  if (spec) {
    problem = engine_.dialect().refusalOf(*spec);
  }
  return problem.empty() ? sdk::Status{} : fail(call, sdk::ErrorClass::Invalid, problem);
}

sdk::Status EngineRuntime::observe(const sdk::ObserveRequest& request, sdk::Call& call,
                                   sdk::ObservationSink& sink) {
  return observeEngine(engine_, cache_, request, call, sink);
}

// The event of our own change may come after the next look.
void EngineRuntime::forget(const sdk::Step& step) {
  switch (step.kind) {
    case sdk::StepKind::CreateNetwork:
    case sdk::StepKind::RemoveNetwork:
      cache_.forgetNetworks();
      break;
    case sdk::StepKind::CreateVolume:
    case sdk::StepKind::RemoveVolume:
      cache_.forgetVolumes();
      break;
    case sdk::StepKind::RemoveImage:
      cache_.forgetImages();
      break;
    default:
      cache_.forgetContainer(step.name);
  }
}

sdk::Status EngineRuntime::execute(const sdk::Step& step, sdk::Call& call) {
  const sdk::Status status = executeStep(engine_, step, call);
  forget(step);
  return status;
}

sdk::Status EngineRuntime::pull(const sdk::PullRequest& request, sdk::Call& call,
                                sdk::ProgressSink& sink) {
  const sdk::Status status = pullImage(engine_, credentials_, host_, request.reference, call, sink);
  cache_.forgetImages();
  return status;
}

sdk::Status EngineRuntime::watch(sdk::Call& call, sdk::EventSink& sink) {
  return watchEvents(engine_, cache_, execEnds_, call, sink);
}

sdk::Status EngineRuntime::logs(const sdk::LogRequest& request, sdk::Call& call,
                                sdk::OutputSink& sink) {
  return readLogs(engine_, request, call, sink);
}

sdk::Status EngineRuntime::exec(const sdk::ExecRequest& request, sdk::Call& call,
                                sdk::OutputSink& sink, sdk::ExecResult& result) {
  return execInContainer(engine_, execEnds_, request, call, sink, result);
}

}  // namespace holdfast::runtime
