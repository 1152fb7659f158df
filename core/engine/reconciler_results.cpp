// SPDX-License-Identifier: Apache-2.0
// What becomes of a step's result: memories, ledger, events, and another look.
#include "engine/event_text.hpp"
#include "engine/keys.hpp"
#include "engine/masked_answer.hpp"
#include "engine/reconciler.hpp"
#include "model/image_reference.hpp"
#include "retry/bounded_text.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::engine {

using model::EventType;
using sdk::ErrorClass;
using sdk::StepKind;

namespace {

// While much is going on, one look serves many finished steps.
constexpr model::Milliseconds kGather{200};

// "The engine does not answer" is not charged to a service, unless the engine answers everything
// else and only this keeps failing.
constexpr int kUnavailableTries = 2;

const char* reasonOf(StepKind step, ErrorClass errorClass) {
  switch (step) {
    case StepKind::CreateNetwork:
    case StepKind::CreateVolume:
    case StepKind::CreateContainer:
      return errorClass == ErrorClass::Invalid ? "CreateContainerConfigError"
                                               : "CreateContainerError";
    case StepKind::StartContainer:
    case StepKind::UnpauseContainer:
      return "RunContainerError";
    default:
      return "KillContainerError";
  }
}

std::string endedWell(StepKind last) {
  switch (last) {
    case StepKind::StopContainer:
      return "It stopped";
    case StepKind::PauseContainer:
      return "It was paused";
    case StepKind::UnpauseContainer:
      return "It was unpaused";
    case StepKind::RemoveContainer:
      return "It was removed";
    default:
      return "It started";
  }
}

bool registryAnswered(ErrorClass errorClass) {
  return errorClass == ErrorClass::Ok || errorClass == ErrorClass::NotFound ||
         errorClass == ErrorClass::Denied;
}

}  // namespace

Executor::Hooks Reconciler::hooks() {
  Executor::Hooks hooks;
  hooks.stepStarts = [this](const Chain& chain, const StepCall& step) { stepStarts(chain, step); };
  hooks.stepEnded = [this](const Chain& chain, const StepCall& step, const CallResult& result) {
    stepEnded(chain, step, masked(chain, result));
  };
  hooks.pullStarts = [this](const Chain& chain) {
    CallRecord record;
    record.call = kPullName;
    record.runtime = chain.runtime;
    record.object = chain.pullReference;
    callBegins(chain, std::move(record));
    for (const auto& key : chain.serves) {
      tell(eventOf(key, EventType::Normal, "Pulling",
                   "Pulling image \"" + chain.pullReference + "\""));
    }
  };
  hooks.chainEnded = [this](const Chain& chain, const CallResult& result, bool superseded) {
    // Of a chain that was cut short, its last step's success is not its own.
    const bool quiet = result.errorClass == ErrorClass::Cancelled ||
                       (superseded && (!result.ok() || chain.lane == Lane::Operation));
    if (quiet) {
      calls_.erase(chain.id);
    } else {
      chain.lane == Lane::Pull ? pullEnded(chain, result)
                               : chainEnded(chain, masked(chain, result));
    }
    const model::BootTime now = clock_.now().boot;
    for (const auto& runtime : runtimesOf(chain)) {
      const bool gather =
          result.ok() && chain.lane == Lane::Operation && executor_.operatingOn(runtime);
      const auto link = links_.find(runtime);
      if (link != links_.end())
        link->second->lookAt(gather ? now + kGather : now);
    }
    passDue_ = passDue_ || !result.ok();
  };
  return hooks;
}

// A pull is given nothing of a service but its image. What makes a container was given the service
// as it was then, whatever the target says meanwhile.
CallResult Reconciler::masked(const Chain& chain, const CallResult& result) const {
  if (result.ok() || chain.serves.empty())
    return result;
  if (const auto given = model::parseService(chain.deployedService))
    return maskedAnswer(result, *given);
  if (!desired_)
    return result;
  for (const auto& app : desired_->target->apps) {
    for (const auto& service : app.services) {
      if (model::serviceKey(app, service) == chain.serves.front())
        return maskedAnswer(result, service);
    }
  }
  return result;
}

void Reconciler::callBegins(const Chain& chain, CallRecord record) {
  const model::Now now = clock_.now();
  retry::cutText(record.object, kMaxCallText);
  record.began = now.wall;
  calls_.insert_or_assign(chain.id, RunningRecord{std::move(record), now.boot});
}

CallRecord Reconciler::callEnded(const Chain& chain, const CallResult& result) {
  const auto running = calls_.extract(chain.id);
  if (running.empty())
    return {};
  CallRecord record = running.mapped().record;
  record.took = clock_.now().boot - running.mapped().began;
  record.errorClass = result.errorClass;
  record.message = result.message;
  retry::cutText(record.message, kMaxCallText);
  for (const auto& key : chain.serves) {
    if (!desired_ || desired_->specs.count(key) == 0)
      continue;  // it left the target meanwhile
    ServiceMemory& memory = book_.memory(key);
    (chain.lane == Lane::Pull ? memory.pullCall : memory.stepCall) = record;
  }
  return record;
}

void Reconciler::stepStarts(const Chain& chain, const StepCall& step) {
  CallRecord record;
  record.call = stepName(step.kind);
  record.runtime = runtimeOf(chain, step);
  record.object = step.name;
  callBegins(chain, std::move(record));
  if (step.kind == StepKind::StopContainer && chain.condemned) {
    // Likewise on disk before: the end is charged once, whoever notes it.
    ServiceMemory& memory = book_.memory(chain.serves.front());
    memory.condemnedRun = memory.containerId == step.containerId ? memory.lastRun : "";
    memory.condemned = *chain.condemned;
    tell(eventOf(chain.serves.front(), EventType::Normal, "Killing",
                 "Container " + step.name + " " + chain.why));
    commit();
  } else if (step.kind == StepKind::StopContainer) {
    if (!chain.serves.empty()) {
      // On disk before the engine hears of it: an agent that is killed now must not take the end
      // for a crash when it comes back.
      ServiceMemory& memory = book_.memory(chain.serves.front());
      if (memory.containerId == step.containerId)
        memory.stoppingRun = memory.lastRun;
      commit();
    }
    const std::string text = "Stopping container " + step.name + ": " + chain.why;
    tell(chain.serves.empty() ? eventOf(EventType::Normal, "Killing", text)
                              : eventOf(chain.serves.front(), EventType::Normal, "Killing", text));
  }
  if (step.kind == StepKind::CreateContainer && !book_.memory(chain.serves.front()).pullSettled) {
    tell(eventOf(chain.serves.front(), EventType::Normal, "Pulled",
                 "Container image \"" + step.image + "\" already present on machine"));
  }
}

void Reconciler::stepEnded(const Chain& chain, const StepCall& step, const CallResult& result) {
  if (result.errorClass != ErrorClass::Cancelled)
    callEnded(chain, result);
  if (!result.ok() || chain.serves.empty())
    return;
  const std::string& key = chain.serves.front();
  if (step.kind == StepKind::CreateContainer) {
    tell(eventOf(key, EventType::Normal, "Created", "Created container " + step.name));
    ServiceMemory& memory = book_.memory(key);
    memory.deployedService = chain.deployedService;
    memory.deployedHash = chain.deployedHash;
    memory.pullSettled = false;
    memory.legacyContainerId.clear();
    memory.restartsOurs = false;
    ledger_.forget(formerKey(key));  // the former container is gone
  } else if (step.kind == StepKind::StartContainer) {
    ServiceMemory& memory = book_.memory(key);
    if (!step.containerId.empty() && memory.legacyContainerId == step.containerId) {
      memory.restartsOurs = true;
      if (seenRunning(runtimeOf(chain, step), step.containerId))
        return;  // that was all that was to be done
    }
    tell(eventOf(key, EventType::Normal, "Started", "Started container " + step.name));
  }
}

bool Reconciler::seenRunning(const std::string& runtime, const std::string& containerId) const {
  const auto link = links_.find(runtime);
  if (link == links_.end() || link->second->observation() == nullptr)
    return false;
  const auto& containers = link->second->observation()->containers;
  return std::any_of(containers.begin(), containers.end(), [&](const auto& container) {
    return container.id == containerId && container.state == model::ContainerState::Running;
  });
}

void Reconciler::chainEnded(const Chain& chain, const CallResult& result) {
  if (!result.ok()) {
    charge(chain, result);
    return;
  }
  unavailableStreak_.erase(chain.id);
  if (retry::familyOf(chain.ledgerKey) == retry::Family::Crash)
    return;
  const auto entry = ledger_.recordSuccess(chain.ledgerKey);
  if (entry && !chain.serves.empty()) {
    tell(eventOf(chain.serves.front(), EventType::Normal, "Recovered",
                 endedWell(chain.steps.back().kind) + " after " +
                     std::to_string(entry->retryCount) +
                     (entry->retryCount == 1 ? " failure" : " failures")));
  }
}

void Reconciler::pullEnded(const Chain& chain, const CallResult& result) {
  const model::Now now = clock_.now();
  const auto took = callEnded(chain, result).took.value_or(model::Milliseconds{0});
  if (registryAnswered(result.errorClass)) {
    ledger_.hostAnswered(model::registryHost(chain.pullReference), now);
  }
  if (!result.ok()) {
    if (charge(chain, result))
      countPull(chain, result, took);
    return;
  }
  unavailableStreak_.erase(chain.id);
  countPull(chain, result, took);
  const auto entry = ledger_.recordSuccess(chain.ledgerKey);
  const std::int64_t bytes = executor_.inFlight({}).byChain.at(chain.id).progress.totalBytes;
  for (const auto& key : chain.serves) {
    ServiceMemory& memory = book_.memory(key);
    memory.pulledForRevision = desired_ ? desired_->stored.revision : 0;
    memory.pullSettled = true;
    tell(eventOf(key, EventType::Normal, "Pulled", pulledText(chain.pullReference, took, bytes)));
    if (entry) {
      tell(eventOf(key, EventType::Normal, "Recovered",
                   "Image \"" + chain.pullReference + "\" was pulled after " +
                       std::to_string(entry->retryCount) +
                       (entry->retryCount == 1 ? " failure" : " failures")));
    }
  }
}

void Reconciler::countPull(const Chain& chain, const CallResult& result, model::Milliseconds took) {
  (result.ok() ? pulls_.succeeded : pulls_.failed) += 1;
  if (observers_.counting.pulled)
    observers_.counting.pulled({chain.runtime, result.errorClass, took});
}

// False when it is put down to the engine, which has to be looked at first.
bool Reconciler::charge(const Chain& chain, const CallResult& result) {
  const bool pull = chain.lane == Lane::Pull;
  const InFlight flying = executor_.inFlight({});
  const auto ended = flying.byChain.find(chain.id);  // a failed pull is not kept
  const std::string& runtime =
      ended == flying.byChain.end() ? chain.runtime : ended->second.runtime;
  if (result.errorClass == ErrorClass::Unavailable && !result.stuck &&
      ++unavailableStreak_[chain.id] <= kUnavailableTries) {
    const auto link = links_.find(runtime);
    if (link != links_.end())
      link->second->suspect();
    return false;
  }
  unavailableStreak_.erase(chain.id);
  if (usePresentImage(chain, result))
    return true;

  retry::Failure failure;
  failure.errorClass =
      result.errorClass == ErrorClass::Unavailable ? ErrorClass::Transient : result.errorClass;
  failure.message = result.message;
  failure.raw = result.raw;
  failure.retryAfter = result.retryAfter;
  failure.reason = "ErrImagePull";
  if (pull) {
    failure.host = model::registryHost(chain.pullReference);
  } else {
    const StepKind step =
        ended == flying.byChain.end() ? chain.steps.back().kind : ended->second.step;
    failure.reason = reasonOf(step, result.errorClass);
  }
  const model::Now now = clock_.now();
  const auto outcome = ledger_.recordFailure(chain.ledgerKey, std::move(failure), now.boot, now);
  if (pull)
    justFailed_.insert(chain.ledgerKey);
  if (result.errorClass == ErrorClass::RateLimited)
    executor_.withdrawPulls();
  tellFailure(chain, result, outcome.becameExhausted);
  return true;
}

void Reconciler::tellFailure(const Chain& chain, const CallResult& result, bool becameExhausted) {
  if (chain.serves.empty()) {
    tell(eventOf(EventType::Warning, "Failed",
                 "Could not remove " + chain.steps.front().name + ": " + result.message));
    return;
  }
  const retry::Entry* entry = ledger_.find(chain.ledgerKey);
  for (const auto& key : chain.serves) {
    if (chain.lane == Lane::Pull) {
      const std::string image = "\"" + chain.pullReference + "\"";
      tell(eventOf(key, EventType::Warning, "Failed",
                   "Failed to pull image " + image + ": " + result.message));
      tell(eventOf(key, EventType::Warning, "Failed", "Error: ErrImagePull"));
      if (entry->due) {
        tell(eventOf(key, EventType::Normal, "BackOff", "Back-off pulling image " + image));
      }
    } else {
      tell(eventOf(key, EventType::Warning, "Failed", "Error: " + result.message));
    }
    if (becameExhausted) {
      tell(eventOf(
          key, EventType::Warning, "MaxRetriesExceeded",
          "Gave up after " + std::to_string(entry->retryCount) + " retries: " + result.message));
    }
  }
}

// Pull policy Always, no answer from the registry, but a copy is here: an offline device runs.
bool Reconciler::usePresentImage(const Chain& chain, const CallResult& result) {
  if (chain.lane != Lane::Pull || presentImage(chain) == nullptr)
    return false;
  for (const auto& key : chain.serves) {
    ServiceMemory& memory = book_.memory(key);
    memory.pulledForRevision = desired_->stored.revision;
    memory.pullSettled = true;
    tell(eventOf(key, EventType::Warning, "Failed",
                 "Failed to pull image \"" + chain.pullReference + "\": " + result.message +
                     "; the present one is used"));
  }
  ledger_.forget(chain.ledgerKey);
  return true;
}

const model::ObservedImage* Reconciler::presentImage(const Chain& chain) const {
  const auto link = links_.find(chain.runtime);
  if (link == links_.end() || link->second->observation() == nullptr)
    return nullptr;
  const auto& images = link->second->observation()->images;
  const auto image = images.find(chain.pullReference);
  return image == images.end() ? nullptr : &image->second;
}

}  // namespace holdfast::engine
