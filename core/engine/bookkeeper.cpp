// SPDX-License-Identifier: Apache-2.0
#include "engine/bookkeeper.hpp"

#include "engine/event_text.hpp"
#include "engine/inventory.hpp"
#include "engine/keys.hpp"
#include "engine/probing.hpp"
#include "engine/restart_policy.hpp"
#include "engine/service_planner.hpp"
#include "engine/take_over.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::engine {

namespace {

using model::ContainerState;
using model::EventType;

// How long an engine takes to end its containers and itself (dockerd: 10 s each, side by side).
constexpr model::Milliseconds kShutdown{15'000};

bool wantsStop(const ServiceMemory& memory, const model::Service& service,
               const std::string& specHash) {
  return service.state == model::DesiredState::Stopped ||
         (memory.userStopped && memory.userStoppedHash == specHash);
}

// How long ago something happened by the engine's wall clock, never negative.
model::Milliseconds ago(const std::optional<model::WallTime>& at, const model::Now& now) {
  return at ? std::max(model::Milliseconds{0}, now.wall - *at) : model::Milliseconds{0};
}

}  // namespace

std::string runOf(const model::ObservedContainer& container) {
  if (!container.startedAt)
    return {};
  return container.id + "@" + model::toRfc3339(*container.startedAt);
}

void Bookkeeper::restore(std::map<std::string, ServiceMemory> memories) {
  memories_ = std::move(memories);
  saved_ = memories_;
}

ServiceMemory& Bookkeeper::memory(const std::string& serviceKey) {
  touched_ = true;
  auto& memory = memories_[serviceKey];
  memory.key = serviceKey;
  return memory;
}

void Bookkeeper::forget(const std::string& key) {
  touched_ = true;
  memories_.erase(key);
  runs_.erase(key);
}

void Bookkeeper::leave(const std::string& serviceKey) {
  ServiceMemory rest;
  rest.key = serviceKey;
  rest.deployedService = memory(serviceKey).deployedService;
  forget(serviceKey);
  if (!rest.deployedService.empty())
    memory(serviceKey) = std::move(rest);
}

void Bookkeeper::forgetRemoved(const Look& look, const Inventory& inventory) {
  std::vector<std::string> removed;
  for (const auto& [key, memory] : memories_) {
    if (isAppKey(key) || look.input.specs->count(key) != 0 || inventory.knows(key))
      continue;
    const auto deployed = model::parseService(memory.deployedService);
    if (!deployed || deployed->runtime == look.runtime ||
        look.input.runtimes.count(deployed->runtime) == 0) {
      removed.push_back(key);
    }
  }
  for (const auto& key : removed)
    forget(key);
}

bool Bookkeeper::takeOver(const PlanInput& input, const std::string& runtime) {
  touched_ = true;
  const TakenOver taken = engine::takeOver(input, runtime, memories_);
  for (const auto& [service, name] : taken.containers) {
    events_.push_back(
        eventOf(service, EventType::Normal, "TakenOver",
                "Container " + name + " of the original agent runs on until its service changes"));
  }
  return taken.volumesChanged;
}

void Bookkeeper::note(const Look& look) {
  const Inventory inventory(look.input);
  for (const auto& app : look.input.target->apps) {
    for (const auto& service : app.services) {
      const std::string key = model::serviceKey(app, service);
      const OwnContainer own = inventory.serving(key);
      if (own.container == nullptr) {
        runs_.erase(key);
        continue;
      }
      if (own.runtime != look.runtime)
        continue;
      const Subject subject{look, app, service, key, *own.container};
      noteRun(subject);
      if (own.container->state == ContainerState::Exited)
        noteExit(subject);
      if (own.container->state == ContainerState::Running) {
        noteLongRun(subject);
        noteGoesOn(subject);
      }
    }
  }
  notePresentImages(look);
  forgetRemoved(look, inventory);
  lookedAt_.insert(look.runtime);
}

void Bookkeeper::noteRun(const Subject& subject) {
  const auto& container = subject.container;
  ServiceMemory& memory = this->memory(subject.key);
  if (memory.containerId != container.id) {
    memory.containerId = container.id;
    memory.lastRun.clear();
    memory.restartCount = 0;
    memory.handledExit.clear();
    memory.exitKind = ExitKind::None;
    memory.lastState.reset();
  }
  const std::string run = runOf(container);
  if (run.empty() || container.state == ContainerState::Created)
    return;

  if (memory.lastRun != run) {
    const bool asked =
        memory.restartRun == memory.lastRun || memory.stoppingRun == memory.lastRun ||
        (memory.handledExit == memory.lastRun && memory.exitKind == ExitKind::Intended);
    if (!memory.lastRun.empty() && !asked) {
      memory.restartCount += 1;
      restarts_.push_back(subject.key);
    }
    memory.lastRun = run;
    if (memory.restartRun != run)
      memory.restartRun.clear();
    if (memory.stoppingRun != run)
      memory.stoppingRun.clear();
    if (memory.condemnedRun != run) {
      memory.condemnedRun.clear();
      memory.condemned = {};
    }
    // A former container that is held up says nothing about what its successor waits for.
    const auto& input = subject.look.input;
    if (!isOutdated(input, subject.key, subject.service, {subject.look.runtime, &container}))
      recovered(subject.key, startKey(subject.key), "Container " + container.name + " started");
  }
  if (runs_[subject.key].id != run) {
    const auto& now = subject.look.input.now;
    const bool seen = lookedAt_.count(subject.look.runtime) != 0 && !subject.look.afterGap;
    runs_[subject.key] = {run, seen ? now.boot : now.boot - ago(container.startedAt, now), seen};
  }
}

void Bookkeeper::noteLongRun(const Subject& subject) {
  const std::string key = crashKey(subject.key);
  if (ledger_.find(key) == nullptr)
    return;
  const auto ran = subject.look.input.now.boot - runs_.at(subject.key).began;
  const auto resetAfter = ledger_.policies().crash.resetAfter;
  if (ran <= resetAfter)
    return;
  recovered(subject.key, key,
            "Container " + subject.container.name + " has run for more than " +
                model::formatDuration(resetAfter));
}

// The stop failed, and is no longer wanted or will be tried again: until then an end is its own.
void Bookkeeper::noteGoesOn(const Subject& subject) {
  ServiceMemory& memory = this->memory(subject.key);
  if (memory.stoppingRun == memory.lastRun &&
      subject.look.input.inFlight->byChain.count(serviceChain(subject.key)) == 0) {
    memory.stoppingRun.clear();
  }
}

void Bookkeeper::noteExit(const Subject& subject) {
  const auto& container = subject.container;
  ServiceMemory& memory = this->memory(subject.key);
  const std::string run = runOf(container);
  if (run.empty() || memory.handledExit == run)
    return;

  const std::string reason = exitReason(container);
  memory.handledExit = run;
  memory.lastState =
      model::LastState{container.exitCode, reason, container.startedAt, container.finishedAt};
  const auto& input = subject.look.input;
  if (memory.stoppingRun == run || memory.restartRun == run ||
      wantsStop(memory, subject.service, input.specs->at(subject.key).hash)) {
    memory.exitKind = ExitKind::Intended;
    return;
  }
  const auto deployed = model::parseService(memory.deployedService);
  const model::RestartPolicy policy = deployed ? deployed->restart : subject.service.restart;
  if (memory.condemnedRun == run) {
    memory.exitKind = ExitKind::Unhealthy;
    if (restartsUnhealthy(policy))
      charge(subject, policy, failedText(memory.condemned) + "; ");
    return;
  }
  events_.push_back(
      eventOf(subject.key, reason == "Completed" ? EventType::Normal : EventType::Warning, "Exited",
              "Container " + container.name + " exited: " + reason + " (exit code " +
                  std::to_string(container.exitCode) + ")"));
  memory.exitKind = subject.look.afterGap ? ExitKind::Unseen : ExitKind::Own;
  if (memory.exitKind == ExitKind::Own && restartsAfter(policy, container.exitCode)) {
    charge(subject, policy, "");
  }
}

void Bookkeeper::charge(const Subject& subject, const model::RestartPolicy& policy,
                        const std::string& because) {
  const auto& container = subject.container;
  const auto& now = subject.look.input.now;
  const Run& run = runs_.at(subject.key);
  const std::string key = crashKey(subject.key);

  // Seen ends count from when they were seen. One that happened while the agent was away counts
  // from the engine's own finish time, but never so that it waits longer than its ladder says.
  model::BootTime finished = now.boot;
  model::Milliseconds ran = now.boot - run.began;
  if (!run.seenBeginning && container.startedAt && container.finishedAt) {
    ran = std::max(model::Milliseconds{0}, *container.finishedAt - *container.startedAt);
    finished = now.boot - std::min(ago(container.finishedAt, now), ledger_.policies().crash.max);
  }
  retry::Failure failure;
  failure.reason = "CrashLoopBackOff";
  failure.message = because + "exited with code " + std::to_string(container.exitCode) + " (" +
                    exitReason(container) + ")";
  failure.raw = container.engineError;
  std::optional<int> limit;
  if (policy.maxRetries > 0)
    limit = policy.maxRetries;
  const auto outcome = ledger_.recordFailure(key, std::move(failure), finished, now, ran, limit);
  charged_[subject.key] = {subject.look.runtime, now.boot};
  const retry::Entry* entry = ledger_.find(key);
  if (outcome.becameExhausted) {
    events_.push_back(eventOf(subject.key, EventType::Warning, "MaxRetriesExceeded",
                              "Container " + container.name + " was restarted " +
                                  std::to_string(entry->retryCount) + " times; gave up"));
  } else if (entry->retryCount > 1) {
    events_.push_back(eventOf(subject.key, EventType::Warning, "BackOff",
                              "Back-off restarting failed container " + container.name));
  }
}

void Bookkeeper::engineLost(const std::string& runtime, const model::Now& now) {
  for (auto charged = charged_.begin(); charged != charged_.end();) {
    const auto& [service, crash] = *charged;
    if (crash.runtime != runtime) {
      ++charged;
      continue;
    }
    const retry::Entry* entry = ledger_.find(crashKey(service));
    if (entry != nullptr && entry->retryCount == 1 && now.boot - crash.at <= kShutdown) {
      ledger_.forget(crashKey(service));
      memory(service).exitKind = ExitKind::Unseen;
    }
    charged = charged_.erase(charged);
  }
}

// An image that is there needs no pull, whoever fetched it.
void Bookkeeper::notePresentImages(const Look& look) {
  const auto& observation = *look.input.runtimes.at(look.runtime).observation;
  for (const auto& app : look.input.target->apps) {
    for (const auto& service : app.services) {
      if (service.pullPolicy == model::PullPolicy::Always ||
          runtimeOf(service, look.input.defaultRuntime) != look.runtime ||
          observation.images.count(service.image) == 0) {
        continue;
      }
      recovered(model::serviceKey(app, service), imageKey(look.runtime, service.image),
                "Image \"" + service.image + "\" is present");
    }
  }
}

void Bookkeeper::recovered(const std::string& serviceKey, const std::string& ledgerKey,
                           const std::string& message) {
  const auto entry = ledger_.recordSuccess(ledgerKey);
  if (!entry)
    return;
  events_.push_back(eventOf(serviceKey, EventType::Normal, "Recovered",
                            message + " after " + std::to_string(entry->retryCount) +
                                (entry->retryCount == 1 ? " failure" : " failures")));
}

std::optional<model::BootTime> Bookkeeper::nextWake(const model::Now& now) const {
  std::optional<model::BootTime> wake;
  for (const auto& [key, run] : runs_) {
    if (ledger_.find(crashKey(key)) == nullptr)
      continue;
    // Strictly longer than resetAfter, in whole milliseconds.
    const auto at = run.began + ledger_.policies().crash.resetAfter + model::Milliseconds{1};
    if (at > now.boot && (!wake || at < *wake))
      wake = at;
  }
  return wake;
}

std::vector<std::string> Bookkeeper::takeRestarts() {
  return std::exchange(restarts_, {});
}

std::vector<model::EventDraft> Bookkeeper::takeEvents() {
  return std::exchange(events_, {});
}

void Bookkeeper::takeChanges(StateChange& change) {
  if (!std::exchange(touched_, false))
    return;
  for (const auto& [key, memory] : memories_) {
    const auto saved = saved_.find(key);
    if (saved == saved_.end() || saved->second != memory)
      change.memories.push_back(memory);
  }
  for (const auto& [key, memory] : saved_) {
    if (memories_.count(key) == 0)
      change.forgottenMemories.push_back(key);
  }
  if (!change.memories.empty() || !change.forgottenMemories.empty())
    saved_ = memories_;
}

}  // namespace holdfast::engine
