// SPDX-License-Identifier: Apache-2.0
// A clock in the test's hand, a store that can be killed, and services in every state.
#pragma once

#include "engine/snapshot.hpp"
#include "model/target_parser.hpp"
#include "uplink/ports.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::uplink {

using namespace std::chrono_literals;
using sdk::ErrorClass;

// 10:15:00 on the wall, three hours after boot.
class ManualClock final : public model::Clock {
 public:
  [[nodiscard]] model::Now now() const override { return time; }
  void pass(model::Milliseconds length) {
    time.boot += length;
    time.wall += length;
  }

  model::Now time{.boot = model::BootTime{3h},
                  .wall = model::WallTime{std::chrono::sys_days{std::chrono::October / 24 / 2025} +
                                          10h + 15min}};
};

class MemoryStore final : public UplinkStorePort {
 public:
  [[nodiscard]] std::vector<Record> loadUplink() override {
    std::vector<Record> all;
    for (const auto& [key, body] : kept)
      all.push_back({key, body});
    return all;
  }
  void commitUplink(const std::vector<Record>& records) override {
    ++commits;
    for (const Record& record : records) {
      kept.erase(record.key);
      if (record.body)
        kept.emplace(record.key, *record.body);
    }
  }
  [[nodiscard]] std::optional<engine::StoredTarget> targetOfCloud() const override {
    return cloudTarget;
  }

  std::map<std::string, std::string> kept;
  std::optional<engine::StoredTarget> cloudTarget;
  int commits = 0;
};

inline engine::ServiceView running(const std::string& name = "web") {
  engine::ServiceView view;
  view.key = "1001/" + name;
  view.status.appId = "1001";
  view.status.appName = "monitoring";
  view.status.serviceId = "2";
  view.status.serviceName = name;
  view.status.imageName = name + ":1";
  view.status.state = "running";
  view.status.serviceStatus = model::ServiceStatusWord::Running;
  view.status.reason = "Running";
  view.status.ready = true;
  view.status.runtime = "docker";
  view.specJson = R"({"image":")" + name + R"(:1","environment":{"TOKEN":"***"}})";
  view.specHash = "hash-of-" + name;
  return view;
}

inline engine::ServiceView failing(const std::string& message = "manifest unknown",
                                   const std::string& name = "web") {
  engine::ServiceView view = running(name);
  view.status.serviceStatus = model::ServiceStatusWord::Error;
  view.status.reason = "ImagePullBackOff";
  view.status.ready = false;
  model::StatusError error;
  error.type = error.reason = "ImagePullBackOff";
  error.message = error.firstError = message;
  error.errorClass = "not_found";
  error.retryCount = 3;
  error.maxRetries = 10;
  view.status.error = error;
  retry::Entry entry;
  entry.key = "image:docker:" + name + ":1";
  view.ledger.push_back(entry);
  return view;
}

// Waits, starts or pulls, with or without an error that is kept from before.
inline engine::ServiceView pending(const std::string& name = "web") {
  engine::ServiceView view = running(name);
  view.status.serviceStatus = model::ServiceStatusWord::Pending;
  view.status.reason = "Pulling";
  view.status.ready = false;
  return view;
}

// One engine that was looked at, and a target in force.
inline std::shared_ptr<engine::Snapshot> snapshotOf(
    std::vector<engine::ServiceView> services, const model::Now& now,
    const std::string& targetText = R"({"apps":{},"version":"1"})") {
  auto snapshot = std::make_shared<engine::Snapshot>();
  snapshot->at = now;
  snapshot->owner = "6f1c1c1e-7f0e-4b7e-a2f5-1f6a3f1f7c55";
  snapshot->services = std::move(services);
  engine::RuntimeStatus docker;
  docker.name = "docker";
  docker.available = true;
  docker.observedAt = now.wall;
  snapshot->runtimes.push_back(docker);
  auto parsed = model::parseTarget(targetText, model::Strictness::Lenient);
  snapshot->target = std::make_shared<const model::Target>(std::move(parsed.target.value()));
  engine::StoredTarget stored;
  stored.text = targetText;
  stored.source = engine::TargetSource::Api;
  stored.revision = 1;
  stored.acceptedAt = now.wall;
  snapshot->storedTarget = stored;
  return snapshot;
}

}  // namespace holdfast::uplink
