// SPDX-License-Identifier: Apache-2.0
// Clocks that tests turn by hand, and what most of them need one of.
#pragma once

#include "alerts/router.hpp"
#include "alerts/tracker.hpp"
#include "engine/snapshot.hpp"
#include "model/alert.hpp"
#include "retry/retry_manager.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::alerts {

using namespace std::chrono_literals;
using model::AlertState;
using model::AlertType;
using sdk::ErrorClass;
using sdk::NotificationState;
using sdk::Severity;

// 10:15:00 on the wall, three hours after boot.
struct Time {
  model::Now now{.boot = model::BootTime{3h},
                 .wall = model::WallTime{std::chrono::sys_days{std::chrono::October / 24 / 2025} +
                                         10h + 15min}};
  void pass(model::Milliseconds time) {
    now.boot += time;
    now.wall += time;
  }
};

inline engine::ServiceView serviceNamed(const std::string& name, const std::string& app = "1001") {
  engine::ServiceView view;
  view.key = app + "/" + name;
  view.status.appId = app;
  view.status.appName = "app" + app;
  view.status.serviceName = name;
  view.status.imageName = name + ":1";
  view.status.state = "running";
  view.status.runtime = "docker";
  return view;
}

inline retry::Entry ladder(std::string key, int retryCount, ErrorClass errorClass,
                           const model::Now& now) {
  retry::Entry entry;
  entry.key = std::move(key);
  entry.retryCount = retryCount;
  entry.maxRetries = 10;
  entry.delay = 10s;
  entry.due = now.boot + 10s;
  entry.latest.errorClass = errorClass;
  entry.latest.reason = "ErrImagePull";
  entry.latest.message = "it failed";
  entry.firstError = "it failed";
  entry.since = now.wall - 60s;
  entry.timestamp = now.wall;
  return entry;
}

// One engine that answers and was looked at.
inline engine::Snapshot device(std::vector<engine::ServiceView> services, const model::Now& now) {
  engine::Snapshot snapshot;
  snapshot.version = 1;
  snapshot.at = now;
  snapshot.services = std::move(services);
  engine::RuntimeStatus docker;
  docker.name = "docker";
  docker.available = true;
  docker.observedAt = now.wall;
  snapshot.runtimes.push_back(docker);
  return snapshot;
}

inline model::Alert firing(AlertType type, const std::string& service, const model::Now& now,
                           Severity severity = Severity::Error, const std::string& app = "1001") {
  model::Alert alert;
  alert.type = type;
  alert.state = AlertState::Firing;
  alert.subject.appId = app;
  alert.subject.appName = "app" + app;
  alert.subject.service = service;
  alert.subject.runtime = "docker";
  alert.facts.severity = severity;
  alert.facts.message = "it failed";
  alert.startsAt = now.wall;
  return alert;
}

inline model::Alert ended(model::Alert alert, const model::Now& now) {
  alert.state = AlertState::Resolved;
  alert.endsAt = now.wall;
  alert.lasted = now.wall - alert.startsAt;
  return alert;
}

}  // namespace holdfast::alerts
