// SPDX-License-Identifier: Apache-2.0
// An agent's state in which every optional part of every answer is there.
#pragma once

#include "unit/api/fake_agent.hpp"

namespace holdfast::contract {

inline constexpr std::int64_t kDeadLetter = 7;
inline constexpr const char* kFailingNotifier = "site";
inline const engine::CallResult kFailedCall{
    .errorClass = sdk::ErrorClass::Unavailable, .message = "no route", .raw = "connect: 113"};

inline retry::Entry ledgerEntry(const api::FakeAgent& agent) {
  retry::Entry entry;
  entry.key = "image:docker:nodered:2";
  entry.retryCount = 3;
  entry.maxRetries = 10;
  entry.delay = std::chrono::seconds{40};
  entry.due = agent.time.boot + std::chrono::seconds{8};
  entry.latest = {.errorClass = sdk::ErrorClass::NotFound,
                  .reason = "ErrImagePull",
                  .message = "manifest unknown",
                  .raw = "HTTP 404",
                  .retryAfter = std::chrono::seconds{1},
                  .host = "docker.io"};
  entry.firstError = "manifest unknown";
  entry.since = entry.timestamp = agent.time.wall;
  return entry;
}

inline model::Alert alert(const api::FakeAgent& agent) {
  model::Alert alert;
  alert.state = model::AlertState::Firing;
  alert.subject = {.appId = "1001",
                   .appName = "monitoring",
                   .service = "nodered",
                   .runtime = "docker",
                   .ladder = "image",
                   .plugin = "webhook",
                   .notifier = "ops"};
  alert.facts = {.image = "nodered:2",
                 .reason = "ImagePullBackOff",
                 .message = "manifest unknown",
                 .errorClass = "not_found",
                 .retryCount = 3,
                 .maxRetries = 10,
                 .nextRetry = agent.time.wall,
                 .exitCode = 1,
                 .count = 4};
  alert.startsAt = agent.time.wall;
  return alert;
}

// One service that fails with all its details, and one of which nothing is known yet.
inline void fillServices(api::FakeAgent& agent) {
  const auto at = agent.time.wall;
  auto& view = agent.addService();
  auto& status = view.status;
  status.imageName = "nodered:2";
  status.serviceStatus = model::ServiceStatusWord::Error;
  status.reason = "ImagePullBackOff";
  status.override_ = "stopped";
  status.containerId = status.runningImage = status.runningImageDigest = "sha256:1";
  status.startedAt = at;
  status.lastState = model::LastState{1, "Error", at, at};
  status.pull = model::PullState{1, 2, "downloading"};
  status.error = model::StatusError{.type = "ImagePullBackOff",
                                    .reason = "ImagePullBackOff",
                                    .message = "manifest unknown",
                                    .errorClass = "not_found",
                                    .timestamp = at,
                                    .retryCount = 3,
                                    .maxRetries = 10,
                                    .nextRetry = at,
                                    .since = at,
                                    .firstError = "manifest unknown"};
  view.specJson = R"({"image": "nodered:2", "environment": {"A": "***"}})";
  view.decision = "waits for the next pull";
  view.ledger = {ledgerEntry(agent)};
  view.faults = {"bad port"};
  agent.statusChanges[view.key] = {{at, "pending", "Pulling"}, {at, "error", "ErrImagePull"}};
  model::ObservedContainer container;
  container.id = "c1";
  container.engineError = "no such device";
  container.createdAt = container.startedAt = container.finishedAt = at;
  container.labels = container.addresses = {{"a", "b"}};
  container.mounts = {{"data", "", "/data"}, {"", "/etc/localtime", "/etc/localtime"}};
  view.container = container;
  agent.addService("fresh").status.serviceId = "007";
}

inline void fillAgent(api::FakeAgent& agent) {
  engine::RuntimeStatus runtime;
  runtime.name = "docker";
  runtime.available = true;
  runtime.problem = "it did not answer";
  runtime.retry = ledgerEntry(agent);
  runtime.info = {.name = "Docker", .version = "20.10", .cpus = 2};
  runtime.observedAt = agent.time.wall;
  agent.state.runtimes = {runtime};
  agent.state.owner = "11111111-1111-1111-1111-111111111111";
  agent.state.orphans = {{"22222222-2222-2222-2222-222222222222", "docker", "web"}};
  agent.state.targetWarnings = {{"/apps", "unknown member"}};
  agent.state.storedTarget = engine::StoredTarget{.text = R"({"apps": {}})",
                                                  .source = engine::TargetSource::File,
                                                  .sourceDetail = "/t.json",
                                                  .revision = 7,
                                                  .acceptedAt = agent.time.wall};
  agent.history = {{.id = 9,
                    .firstId = 4,
                    .what = {model::EventType::Warning, "Failed", "1001", "nodered", "no"},
                    .count = 2,
                    .firstTimestamp = agent.time.wall,
                    .lastTimestamp = agent.time.wall},
                   {.id = 12, .firstId = 12, .what = {.reason = "Adopted", .message = "ours"}}};
  agent.droppedEvent = 5;
  agent.actions = {{"1001/nodered", "docker", "downloadImage", "nodered:2", "not there"}};
  agent.output = {{.stream = sdk::OutputStream::Stderr, .at = agent.time.wall, .bytes = "one"},
                  {.stream = sdk::OutputStream::Stdout, .bytes = "two"}};
  agent.logResult = kFailedCall;
  auto& link = agent.linkView.emplace();
  link.uplink = "iotistic";
  link.enrolment = sdk::EnrolmentStep::Register;
  link.poll = {.lastTried = agent.time.wall,
               .lastOk = agent.time.wall,
               .latency = model::Milliseconds{120},
               .error = "no answer",
               .errorClass = "transient",
               .failures = 1,
               .next = agent.time.wall};
  link.wanted = "18";
  link.rejected = uplink::RejectedTarget{"18", agent.time.wall, {{"/apps", "no"}}};
  link.facts = {{"clockSkew", "2s"}};
}

inline pluginhost::PluginReport plugin(const std::string& instance, const std::string& kind) {
  pluginhost::PluginReport report;
  report.name = "webhook";
  report.instance = instance;
  report.kind = kind;
  report.version = "1.0";
  report.options = {{.name = "url", .fallback = "", .allowed = {"a"}}};
  return report;
}

inline void fillPlugins(api::FakeAgent& agent) {
  auto refused = plugin("", "");
  refused.refusal = pluginhost::Refusal(pluginhost::Stage::Quarantine, "it crashed");
  refused.nextTry = agent.time.wall;
  agent.reports = {plugin("docker", "runtime"), refused};
  auto failing = plugin(kFailingNotifier, "notifier");
  failing.deliveries = pluginhost::DeliveryRecord{.failed = 1,
                                                  .failedInARow = 1,
                                                  .lastAttemptAt = agent.time.wall,
                                                  .lastDeliveredAt = agent.time.wall,
                                                  .latest = kFailedCall};
  auto absent = plugin("absent", "notifier");
  absent.refusal = pluginhost::Refusal(pluginhost::Stage::Trust, "writable by others");
  agent.receivers = {plugin("ops", "notifier"), failing, absent};
}

inline void fillAlerting(api::FakeAgent& agent) {
  auto& view = agent.alertView;
  model::Alert resolved = alert(agent);
  resolved.state = model::AlertState::Resolved;
  resolved.endsAt = agent.time.wall;
  view.alerts = {{.alert = alert(agent), .silenced = true}, {.alert = {}}};
  view.queues["ops"] = {.entries = 1, .switchedOff = "410", .oldest = agent.time.wall};
  view.nextSummary = agent.time.wall;
  alerts::DeadLetter letter{.why = "too old", .at = agent.time.wall};
  letter.entry.number = kDeadLetter;
  letter.entry.notice.alerts = {resolved};
  view.deadLetters = {letter};
  const alerts::Silence silence{.id = "0123456789abcdef", .comment = "maintenance"};
  view.silences = {silence};
  agent.silenceAnswer.silence = silence;
  agent.knownSilence = silence.id;
}

inline void fill(api::FakeAgent& agent) {
  fillServices(agent);
  fillAgent(agent);
  fillPlugins(agent);
  fillAlerting(agent);
}

}  // namespace holdfast::contract
