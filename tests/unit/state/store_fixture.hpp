// SPDX-License-Identifier: Apache-2.0
// A store in a directory of its own, closed and opened at will, and things to keep in it.
#pragma once

#include "state/store.hpp"
#include "unit/state/directory.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::state {

using namespace std::chrono_literals;

inline constexpr const char* kBoot = "3f2b6b3e-0000-4000-8000-000000000001";
inline constexpr const char* kNextBoot = "3f2b6b3e-0000-4000-8000-000000000002";

inline model::Now nowAt(model::Milliseconds sinceBoot) {
  using std::chrono::October;
  const model::WallTime noon{std::chrono::sys_days{October / 24 / 2025} + 12h};
  return {.boot = model::BootTime{sinceBoot}, .wall = noon + sinceBoot};
}

struct StoreFixture {
  Directory directory;
  std::string boot = kBoot;
  HistoryLimits limits;
  model::Now now = nowAt(1h);
  std::vector<std::pair<engine::Severity, std::string>> logged;
  std::unique_ptr<Store> store;

  StoreFixture() { open(); }

  void open() {
    store = std::make_unique<Store>(
        StoreOptions{.directory = directory.path(),
                     .bootId = boot,
                     .limits = limits,
                     .log = [this](engine::Severity severity, const std::string& text) {
                       logged.emplace_back(severity, text);
                     }});
  }

  // Ends the store as a crash of the agent would: nothing more is written.
  void close() { store.reset(); }

  engine::LoadedState load() { return store->load(now); }

  engine::LoadedState reopen() {
    close();
    open();
    return load();
  }

  std::vector<model::Event> commit(const engine::StateChange& change) {
    return store->commit(change, now);
  }
  std::vector<model::Event> commitEvent(model::EventDraft draft) {
    engine::StateChange change;
    change.events.push_back(std::move(draft));
    return commit(change);
  }
};

inline engine::StoredTarget target(std::int64_t revision, std::string text,
                                   engine::TargetSource source = engine::TargetSource::Api) {
  return {.text = std::move(text),
          .strict = true,
          .source = source,
          .sourceDetail = "somewhere",
          .revision = revision,
          .acceptedAt = nowAt(2h).wall};
}

inline retry::Entry entry(std::string key, int retryCount = 3) {
  retry::Entry result;
  result.key = std::move(key);
  result.retryCount = retryCount;
  result.maxRetries = 10;
  result.delay = 40s;
  result.due = nowAt(1h + 40s).boot;
  result.rearmed = true;
  result.latest = {.errorClass = sdk::ErrorClass::NotFound,
                   .reason = "ErrImagePull",
                   .message = "manifest unknown \u00e9",
                   .raw = std::string("404\0binary", 10),
                   .retryAfter = 7s,
                   .host = "registry.example"};
  result.firstError = "no such host";
  result.since = nowAt(30min).wall;
  result.timestamp = nowAt(1h).wall;
  return result;
}

inline engine::ServiceMemory memory(std::string key) {
  engine::ServiceMemory result;
  result.key = std::move(key);
  result.containerId = "0123456789ab";
  result.lastRun = "0123456789ab@2025-10-24T12:00:00.000Z";
  result.restartCount = 4;
  result.handledExit = result.lastRun;
  result.exitKind = engine::ExitKind::Intended;
  result.lastState = model::LastState{
      .exitCode = 137, .reason = "OOMKilled", .startedAt = nowAt(1h).wall, .finishedAt = {}};
  result.userStopped = true;
  result.userStoppedHash = "abc";
  result.restartRun = "run";
  result.startedRun = "run";
  result.condemnedRun = "run";
  result.condemned = {.probe = "liveness", .output = "no\nanswer"};
  result.deployedService = R"({"image": "busybox", "text": "\"quoted\""})";
  result.deployedHash = "def";
  result.legacyContainerId = "legacy";
  result.restartsOurs = true;
  result.pulledForRevision = 9'007'199'254'740'993;
  result.pullSettled = true;
  result.pullCall = engine::CallRecord{.call = "downloadImage",
                                       .runtime = "docker",
                                       .object = "registry.example/x",
                                       .began = nowAt(50min).wall,
                                       .took = 1500ms,
                                       .errorClass = sdk::ErrorClass::NotFound,
                                       .message = "manifest unknown \u00e9"};
  result.stepCall = engine::CallRecord{.call = "startContainer",
                                       .runtime = "docker",
                                       .object = "app_a_1",
                                       .began = nowAt(55min).wall,
                                       .took = 0ms,
                                       .errorClass = sdk::ErrorClass::Ok,
                                       .message = {}};
  result.purging = true;
  result.volumeNames = {{"data", "data"}, {"web/log", "old_log"}};
  return result;
}

// One of everything.
inline engine::StateChange fullChange() {
  engine::StateChange change;
  change.target = target(7, R"({"apps": {}})");
  change.ledger.changed = {entry("image:docker:registry.example/x"), entry("start:1001/a")};
  change.ledger.hostPauses = {{"registry.example", {.until = nowAt(2h).boot, .length = 1h}}};
  change.ledger.hostPausesChanged = true;
  change.memories = {memory("1001/a"), memory("1001/b")};
  change.events = {{.type = model::EventType::Normal,
                    .reason = "Pulled",
                    .app = "1001",
                    .service = "a",
                    .message = "done"}};
  return change;
}

}  // namespace holdfast::state
