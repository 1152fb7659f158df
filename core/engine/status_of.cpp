// SPDX-License-Identifier: Apache-2.0
#include "engine/keys.hpp"
#include "engine/plan.hpp"
#include "engine/probing.hpp"

namespace holdfast::engine {

namespace {

std::string_view word(model::DesiredState state) {
  switch (state) {
    case model::DesiredState::Running:
      return "running";
    case model::DesiredState::Stopped:
      return "stopped";
    case model::DesiredState::Paused:
      return "paused";
  }
  return "running";
}

model::StatusError errorOf(const Decision& decision, const PlanInput& input) {
  model::StatusError error;
  error.type = decision.errorType;
  error.reason = decision.reason;
  const retry::Entry* entry = input.ledger->find(decision.errorKey);
  if (entry == nullptr) {  // the target itself is at fault: only another one helps
    error.message = decision.problem;
    error.errorClass = model::errorClassWord(sdk::ErrorClass::Invalid);
    error.timestamp = error.since = input.targetAcceptedAt;
    error.firstError = decision.problem;
    return error;
  }
  if (decision.status != model::ServiceStatusWord::Error)
    error.reason = entry->latest.reason;
  error.message = entry->latest.message;
  error.errorClass = model::errorClassWord(entry->latest.errorClass);
  error.timestamp = entry->timestamp;
  error.retryCount = entry->retryCount;
  error.maxRetries = entry->maxRetries;
  if (entry->due)
    error.nextRetry = model::wallOf(*entry->due, input.now);
  error.exhausted = entry->exhausted;
  error.since = entry->since;
  error.firstError = entry->firstError;
  return error;
}

// Another image's rate limit holds this one back: not a failure of its own, but it has an end.
model::StatusError pauseOf(const Decision& decision, const PlanInput& input) {
  model::StatusError error;
  error.type = "ImagePullBackOff";
  error.reason = decision.reason;
  error.message = error.firstError = decision.why;
  error.errorClass = model::errorClassWord(sdk::ErrorClass::RateLimited);
  error.timestamp = error.since = input.now.wall;
  error.nextRetry = model::wallOf(*decision.waitsUntil, input.now);
  return error;
}

std::optional<std::string> digestOf(const Decision& decision, const PlanInput& input) {
  const auto view = input.runtimes.find(decision.place);
  if (view == input.runtimes.end() || view->second.observation == nullptr)
    return std::nullopt;
  const auto& images = view->second.observation->images;
  const auto image = images.find(decision.container->image);
  if (image == images.end() || image->second.id != decision.container->imageId ||
      image->second.digest.empty())
    return std::nullopt;
  return image->second.digest;
}

}  // namespace

model::ServiceStatus statusOf(const Decision& decision, const PlanInput& input) {
  model::ServiceStatus status;
  status.appId = decision.app->id;
  status.appName = decision.app->name;
  status.serviceId = decision.service->id;
  status.serviceName = decision.service->name;
  status.imageName = decision.service->image;
  status.state = word(decision.service->state);
  if (decision.overridden)
    status.override_ = "stopped";
  status.serviceStatus = decision.status;
  status.reason = decision.reason;
  status.ready = decision.ready;
  status.runtime = decision.runtime;
  status.stale = decision.stale;

  const auto memory = input.memories->find(decision.key);
  if (memory != input.memories->end()) {
    status.restartCount = memory->second.restartCount;
    status.lastState = memory->second.lastState;
  }
  if (const auto* crash = input.ledger->find(crashKey(decision.key))) {
    status.crashCount = crash->retryCount;
  }
  if (decision.container) {
    status.containerId = decision.container->id;
    status.runningImage = decision.container->image;
    status.runningImageDigest = digestOf(decision, input);
    if (decision.container->state == model::ContainerState::Running)
      status.startedAt = decision.container->startedAt;
  }
  status.probes = probesStatusOf(decision, input);
  const auto pull =
      input.inFlight->byChain.find(pullChain(decision.runtime, decision.service->image));
  if (pull != input.inFlight->byChain.end()) {
    const PullProgress& progress = pull->second.progress;
    status.pull = model::PullState{progress.doneBytes, progress.totalBytes, progress.phase};
  }
  const auto view = input.runtimes.find(decision.runtime);
  const bool seen = view != input.runtimes.end() && view->second.observation != nullptr;
  status.observedAt = seen ? view->second.observation->at.wall : input.now.wall;
  if (!decision.errorType.empty()) {
    status.error = errorOf(decision, input);
  } else if (decision.waitsUntil) {
    status.error = pauseOf(decision, input);
  }
  return status;
}

}  // namespace holdfast::engine
