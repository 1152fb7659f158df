// SPDX-License-Identifier: Apache-2.0
#include "engine/probing.hpp"

#include "engine/inventory.hpp"
#include "engine/keys.hpp"
#include "engine/secrets.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::engine {

namespace {

// Docker's own, of an image that does not say (daemon/health.go).
constexpr std::chrono::seconds kCheckInterval{30};
constexpr std::chrono::seconds kCheckTimeout{30};
constexpr int kCheckRetries = 3;

std::chrono::seconds secondsOf(model::Milliseconds given, std::chrono::seconds otherwise) {
  return given.count() == 0 ? otherwise : std::chrono::ceil<std::chrono::seconds>(given);
}

model::Probe readinessOf(const model::ImageCheck& check) {
  model::Probe probe;
  probe.type = model::Probe::Type::Exec;
  probe.command = check.command;
  probe.period = secondsOf(check.interval, kCheckInterval);
  probe.timeout = secondsOf(check.timeout, kCheckTimeout);
  probe.failureThreshold = check.retries == 0 ? kCheckRetries : check.retries;
  return probe;
}

std::string_view typeWord(model::Probe::Type type) {
  switch (type) {
    case model::Probe::Type::Http:
      return "http";
    case model::Probe::Type::Tcp:
      return "tcp";
    case model::Probe::Type::Exec:
      break;
  }
  return "exec";
}

ProbeTask taskOf(const Decision& decision, const PlanInput& input) {
  const model::Service& keeper = decision.keeper();
  ProbeTask task;
  task.key = decision.key;
  task.app = decision.app->id;
  task.service = decision.service->name;
  task.runtime = decision.place;
  task.probes = decision.probes;
  task.verdictEndsRun = keeper.unhealthyPolicy != model::UnhealthyPolicy::Alert;
  task.hostNetwork = keeper.networkMode == "host";
  task.ports = keeper.ports;
  task.secrets = secretsOf(keeper);
  const auto view = input.runtimes.find(decision.place);
  task.rootless = view != input.runtimes.end() && view->second.rootless;
  if (!decision.container)
    return task;
  const model::ObservedContainer& container = *decision.container;
  task.containerId = container.id;
  task.run = runOf(container);
  const auto memory = input.memories->find(decision.key);
  task.hasStarted =
      memory != input.memories->end() && !task.run.empty() && memory->second.startedRun == task.run;
  task.running = container.state == model::ContainerState::Running;
  task.paused = container.state == model::ContainerState::Paused;
  task.stopping = decision.ending;
  task.startedAt = container.startedAt;
  task.addresses = container.addresses;
  return task;
}

// Reached its threshold. A readiness probe begins as failed, and is not failing for that.
bool isFailing(ProbeKind kind, const model::Probe& probe, const ProbeState& state) {
  if (kind != ProbeKind::Readiness)
    return state.result == ProbeResult::Failure;
  return state.result == ProbeResult::Failure && state.streakOf == ProbeResult::Failure &&
         state.streak >= probe.failureThreshold;
}

bool inStartPeriod(ProbeKind kind, const ProbeReport& report, const Decision& decision,
                   const model::Now& now) {
  return kind == ProbeKind::Readiness && now.boot - report.began < decision.probes.startPeriod;
}

model::ProbeStatus shownOf(ProbeKind kind, const model::Probe& probe, const ProbeState* state) {
  model::ProbeStatus status;
  status.type = typeWord(probe.type);
  if (state == nullptr) {  // of a run that is not there
    status.result = probeResultName(ProbeResult::Unknown);
    return status;
  }
  status.result = probeResultName(state->result);
  status.streak = state->streak;
  status.streakOf = probeResultName(state->streakOf);
  status.failing = isFailing(kind, probe, *state);
  status.succeeded = state->result == ProbeResult::Success &&
                     (state->streakOf == ProbeResult::Success || kind != ProbeKind::Liveness);
  status.lastOutput = state->output;
  status.lastTime = state->at;
  status.address = state->where;
  status.message = state->error;
  return status;
}

}  // namespace

ProbeSet probesOf(const model::Service& service, const std::optional<model::ImageCheck>& check) {
  ProbeSet set{service.startupProbe, service.livenessProbe, service.readinessProbe, {}};
  if (!set.readiness && check) {
    set.readiness = readinessOf(*check);
    set.startPeriod = check->startPeriod;
  }
  return set;
}

std::optional<model::ImageCheck> checkOf(const PlanInput& input, const model::Service& service) {
  const auto view = input.runtimes.find(runtimeOf(service, input.defaultRuntime));
  if (view == input.runtimes.end() || view->second.observation == nullptr)
    return std::nullopt;
  const auto& images = view->second.observation->images;
  const auto image = images.find(service.image);
  return image == images.end() ? std::nullopt : image->second.check;
}

model::Service withCheck(model::Service service, const std::optional<model::ImageCheck>& check) {
  service.readinessProbe = probesOf(service, check).readiness;
  return service;
}

const ProbeReport* reportOf(const PlanInput& input, const std::string& serviceKey,
                            const model::ObservedContainer& container) {
  if (input.probes == nullptr)
    return nullptr;
  const auto report = input.probes->find(serviceKey);
  const bool current = report != input.probes->end() && report->second.run == runOf(container);
  return current ? &report->second : nullptr;
}

bool isReady(const PlanInput& input, const std::string& serviceKey, const ProbeSet& probes,
             const model::ObservedContainer& container) {
  if (container.state != model::ContainerState::Running)
    return false;
  const ProbeReport* report = reportOf(input, serviceKey, container);
  const bool proven = !probes.startup && !probes.readiness;
  return report == nullptr ? proven : report->ready;
}

std::string failedText(const Condemnation& condemned) {
  return condemned.probe + " probe failed" +
         (condemned.output.empty() ? "" : ": " + condemned.output);
}

std::vector<ProbeTask> probeTasksOf(const std::vector<Decision>& decisions,
                                    const PlanInput& input) {
  std::vector<ProbeTask> tasks;
  tasks.reserve(decisions.size());
  for (const Decision& decision : decisions)
    tasks.push_back(taskOf(decision, input));
  return tasks;
}

std::optional<model::ProbesStatus> probesStatusOf(const Decision& decision,
                                                  const PlanInput& input) {
  const ProbeReport* report =
      decision.container ? reportOf(input, decision.key, *decision.container) : nullptr;
  model::ProbesStatus status;
  bool any = false;
  for (const ProbeKind kind : kProbeKinds) {
    const auto& probe = decision.probes.of(kind);
    if (!probe)
      continue;
    any = true;
    auto one = shownOf(kind, *probe, report == nullptr ? nullptr : report->find(kind));
    if (report == nullptr || !report->running ||
        inStartPeriod(kind, *report, decision, input.now)) {
      one.failing = false;
    }
    one.succeeded = one.succeeded && report != nullptr && report->running;
    (kind == ProbeKind::Startup    ? status.startup
     : kind == ProbeKind::Liveness ? status.liveness
                                   : status.readiness) = std::move(one);
  }
  return any ? std::optional(std::move(status)) : std::nullopt;
}

}  // namespace holdfast::engine
