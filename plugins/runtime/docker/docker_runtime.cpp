// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/docker_runtime.hpp"

#include "runtime/common/container_spec.hpp"
#include "runtime/docker/create_body.hpp"
#include "runtime/docker/engine_info.hpp"
#include "runtime/docker/event_stream.hpp"
#include "runtime/docker/exec.hpp"
#include "runtime/docker/logs.hpp"
#include "runtime/docker/observer.hpp"
#include "runtime/docker/pull.hpp"
#include "runtime/docker/steps.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace holdfast::docker {

DockerRuntime::StopSignal::StopSignal() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
}

DockerRuntime::StopSignal::~StopSignal() {
  ::close(descriptor_);
}

void DockerRuntime::StopSignal::raise() const noexcept {
  ::eventfd_write(descriptor_, 1);
}

DockerRuntime::DockerRuntime(sdk::Host& host) : DockerRuntime(host, readOptions(host)) {}

DockerRuntime::DockerRuntime(sdk::Host& host, Options options)
    : host_(host),
      engine_(std::move(options.endpoint), stopSignal_.descriptor()),
      credentials_(runtime::CredentialStore::ofEnvironment(std::move(options.authFile))) {}

DockerRuntime::~DockerRuntime() = default;

sdk::Status DockerRuntime::start(sdk::Call&) {
  return {};
}

sdk::Status DockerRuntime::health(sdk::Call& call) {
  return engine_.ping(call);
}

void DockerRuntime::stop() noexcept {
  stopSignal_.raise();
}

sdk::Status DockerRuntime::engineInfo(sdk::Call& call, sdk::EngineInfoSink& sink) {
  return tellEngineInfo(engine_, call, sink);
}

sdk::Status DockerRuntime::validate(std::string_view specJson, sdk::Call& call) {
  std::string problem;
  const auto spec = runtime::parseContainerSpec(specJson, problem);
  if (spec) {
    problem = refusalOf(*spec);
  }
  return problem.empty() ? sdk::Status{} : fail(call, sdk::ErrorClass::Invalid, problem);
}

sdk::Status DockerRuntime::observe(const sdk::ObserveRequest& request, sdk::Call& call,
                                   sdk::ObservationSink& sink) {
  return observeEngine(engine_, cache_, request, call, sink);
}

// The event of our own change may come after the next look.
void DockerRuntime::forget(const sdk::Step& step) {
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

sdk::Status DockerRuntime::execute(const sdk::Step& step, sdk::Call& call) {
  const sdk::Status status = executeStep(engine_, step, call);
  forget(step);
  return status;
}

sdk::Status DockerRuntime::pull(const sdk::PullRequest& request, sdk::Call& call,
                                sdk::ProgressSink& sink) {
  const sdk::Status status = pullImage(engine_, credentials_, host_, request.reference, call, sink);
  cache_.forgetImages();
  return status;
}

sdk::Status DockerRuntime::watch(sdk::Call& call, sdk::EventSink& sink) {
  return watchEvents(engine_, cache_, call, sink);
}

sdk::Status DockerRuntime::logs(const sdk::LogRequest& request, sdk::Call& call,
                                sdk::OutputSink& sink) {
  return readLogs(engine_, request, call, sink);
}

sdk::Status DockerRuntime::exec(const sdk::ExecRequest& request, sdk::Call& call,
                                sdk::OutputSink& sink, sdk::ExecResult& result) {
  return execInContainer(engine_, request, call, sink, result);
}

}  // namespace holdfast::docker
