// SPDX-License-Identifier: Apache-2.0
#include "unit/metrics/full_scene.hpp"

#include "holdfast/sdk/abi.h"

#include <iterator>

namespace holdfast::metrics {
namespace {

using namespace std::chrono_literals;
using sdk::ErrorClass;

model::WallTime at(const std::string& text) {
  return *model::fromRfc3339(text);
}

}  // namespace

FullScene::FullScene() {
  snapshot.at.wall = at("2025-10-24T10:16:02.114Z");
  snapshot.target = std::make_shared<model::Target>();
  snapshot.storedTarget =
      engine::StoredTarget{.revision = 7, .acceptedAt = at("2025-10-24T10:00:00Z")};
  snapshot.targetWarnings.resize(2);
  snapshot.orphans.resize(1);
  snapshot.ledger[retry::Family::Image] = {.entries = 1, .exhausted = 0};
  snapshot.ledger[retry::Family::Crash] = {.entries = 2, .exhausted = 1};
  addServices();
  addEngines();
  addAlerting();
  addLink();
  addPlugins();
  count();
}

model::ServiceStatus& FullScene::addService(const std::string& id, const std::string& app,
                                            const std::string& name) {
  auto& view = snapshot.services.emplace_back();
  view.key = id + "/" + name;
  view.status.appId = id;
  view.status.appName = app;
  view.status.serviceName = name;
  view.status.serviceStatus = model::ServiceStatusWord::Running;
  view.status.reason = "Running";
  view.status.ready = true;
  return view.status;
}

void FullScene::addServices() {
  addService("1001", "monitoring", "mosquitto").startedAt = at("2025-10-24T10:15:59.5Z");

  auto& probes = snapshot.services.back().probes.emplace().probes;
  auto& liveness = probes[engine::ProbeKind::Liveness];
  liveness.result = engine::ProbeResult::Success;
  liveness.counts = {.successes = 40, .failures = 2, .errors = 1, .totalDuration = 1'250ms};
  probes[engine::ProbeKind::Startup].result = engine::ProbeResult::Unknown;
  probes[engine::ProbeKind::Readiness].result = engine::ProbeResult::Failure;

  auto& failing = addService("1001", "monitoring", "nodered");
  failing.serviceStatus = model::ServiceStatusWord::Error;
  failing.reason = "ImagePullBackOff";
  failing.ready = false;
  failing.error = {.type = "ImagePullBackOff",
                   .reason = "ImagePullBackOff",
                   .message = "manifest unknown",
                   .errorClass = "not_found",
                   .retryCount = 3,
                   .maxRetries = 10,
                   .nextRetry = at("2025-10-24T10:16:10Z"),
                   .firstError = "manifest unknown"};

  auto& exhausted = addService("1002", "a\"b\\c\nd", "broken");
  exhausted.serviceStatus = model::ServiceStatusWord::Error;
  exhausted.reason = "CrashLoopBackOff";
  exhausted.ready = false;
  exhausted.stale = true;
  exhausted.crashCount = 5;
  exhausted.lastState = model::LastState{.exitCode = 137, .reason = "OOMKilled"};
  exhausted.error = {.type = "CrashLoopBackOff",
                     .reason = "OOMKilled",
                     .message = "exit code 137",
                     .errorClass = "transient",
                     .retryCount = 5,
                     .maxRetries = 5,
                     .exhausted = true,
                     .firstError = "exit code 137"};
  serviceCounts["1002/broken"] = {.restarts = 4};
}

void FullScene::addEngines() {
  engine::RuntimeStatus docker;
  docker.name = "docker";
  docker.available = true;
  docker.info = {
      .name = "Docker", .version = "20.10.24", .apiVersion = "1.41", .architecture = "amd64"};
  docker.observedAt = at("2025-10-24T10:16:02Z");
  snapshot.runtimes.push_back(docker);

  engine::RuntimeStatus podman;
  podman.name = "podman";
  podman.problem = "connection refused";
  podman.retry = retry::Entry{.key = "engine:podman", .retryCount = 4};
  podman.retry->due = snapshot.at.boot + 8s;
  snapshot.runtimes.push_back(podman);
}

void FullScene::addAlerting() {
  const auto alert = [&](model::AlertState state, sdk::Severity severity) {
    alerts::AlertView::Row row;
    row.alert.state = state;
    row.alert.facts.severity = severity;
    return row;
  };
  alerting.alerts = {alert(model::AlertState::Firing, sdk::Severity::Critical),
                     alert(model::AlertState::Firing, sdk::Severity::Error),
                     alert(model::AlertState::Firing, sdk::Severity::Error),
                     alert(model::AlertState::Pending, sdk::Severity::Error)};
  alerting.alerts[1].silenced = true;
  alerting.queues["ops"] = {.entries = 3,
                            .bytes = 4'096,
                            .dropped = 2,
                            .delivering = true,
                            .switchedOff = "",
                            .oldest = at("2025-10-24T10:10:00Z")};
  alerting.queues["site"] = {.entries = 0, .switchedOff = "410 Gone"};
  alerting.silences.resize(1);
  alerting.deadLetters.resize(2);
}

void FullScene::addLink() {
  uplink::LinkView view;
  view.uplink = "iotistic";
  view.poll.lastOk = at("2025-10-24T10:15:30Z");
  view.poll.next = at("2025-10-24T10:16:30Z");
  view.report.failures = 2;
  view.waitingTransitions = 6;
  view.droppedTransitions = 1;
  view.rejected.emplace();
  link = view;
}

void FullScene::addPlugins() {
  pluginhost::PluginReport docker;
  docker.label = docker.instance = docker.name = "docker";
  docker.kind = "runtime";
  docker.health = {.runningCalls = 2, .stuckCalls = 1, .quarantined = false, .internalErrors = 3};
  plugins.push_back(docker);

  pluginhost::PluginReport ops;
  ops.label = "webhook.ops";
  ops.instance = "ops";
  ops.kind = "notifier";
  ops.deliveries.emplace();
  ops.deliveries->failedInARow = 6;
  ops.deliveries->lastDeliveredAt = at("2025-10-24T09:00:00Z");
  plugins.push_back(ops);

  pluginhost::PluginReport refused;
  refused.label = refused.instance = "syslog";
  refused.kind = "notifier";
  refused.refusal.emplace(pluginhost::Stage::Trust, "writable by others");
  plugins.push_back(refused);
}

void FullScene::count() {
  const auto observers = counters.observers();
  const std::string runtime = "docker";
  observers.passed(3ms);
  observers.pulled({runtime, ErrorClass::Ok, 4s});
  observers.pulled({runtime, ErrorClass::NotFound, 200ms});
  observers.told({.type = model::EventType::Warning, .reason = "Failed"});
  const auto call = [&](std::uint32_t kind, const std::string& instance, const std::string& label,
                        ErrorClass errorClass) {
    counters.called(kind, instance, {label, true, 30ms, errorClass});
  };
  call(HOLDFAST_KIND_RUNTIME, "docker", "observe", ErrorClass::Ok);
  call(HOLDFAST_KIND_RUNTIME, "docker", "execute startContainer", ErrorClass::Rejected);
  call(HOLDFAST_KIND_NOTIFIER, "ops", "deliver", ErrorClass::Ok);
  call(HOLDFAST_KIND_NOTIFIER, "ops", "deliver", ErrorClass::Unavailable);
  call(HOLDFAST_KIND_UPLINK, "iotistic", "fetchTarget", ErrorClass::Ok);
  counters.answered(200);
  counters.answered(404);
}

Families FullScene::families() const {
  Families families = familiesOf(scene());
  Families counted = counters.families();
  families.insert(families.end(), std::make_move_iterator(counted.begin()),
                  std::make_move_iterator(counted.end()));
  arrange(families);
  return families;
}

}  // namespace holdfast::metrics
