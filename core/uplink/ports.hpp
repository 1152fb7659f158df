// SPDX-License-Identifier: Apache-2.0
// What the link to a cloud needs of the outside: a plugin that speaks to it, a store to remember
// in, and somebody who takes targets in. Implemented by pluginhost, state and daemon, and by fakes
// in tests.
#pragma once

#include "engine/engine.hpp"
#include "engine/ports.hpp"
#include "holdfast/sdk/uplink.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::uplink {

// sdk::DeviceInfo, owning its text.
struct Device {
  std::string uuid;
  std::string name;
  std::string macAddress;
  std::string osVersion;
  std::string architecture;
  std::string agentVersion;
};

// What a fetch brought.
struct FetchedTarget {
  std::string document;
  std::string etag;
};

// sdk::ServiceLogLine, owning its text.
struct LogLine {
  model::WallTime at;
  std::string appId;
  std::string service;
  std::string text;
  bool isStderr = false;
};

struct Fact {
  std::string name;
  std::string value;
};

// The one loaded uplink. No member blocks; `done` is called exactly once per call, from any thread,
// also before the member returns.
class UplinkPort {
 public:
  virtual ~UplinkPort() = default;
  [[nodiscard]] virtual const std::string& name() const = 0;

  [[nodiscard]] virtual sdk::EnrolmentStep enrolment() const = 0;
  virtual void enrol(Device device, std::function<void(engine::CallResult)> done) = 0;

  // Ok without a target: unchanged, or none yet where `etag` was empty.
  virtual void fetchTarget(
      std::string etag,
      std::function<void(engine::CallResult, std::optional<FetchedTarget>)> done) = 0;
  virtual void deliverReport(std::int64_t sequence, std::string contentJson,
                             std::function<void(engine::CallResult)> done) = 0;
  virtual void deliverLogs(std::vector<LogLine> lines,
                           std::function<void(engine::CallResult)> done) = 0;

  [[nodiscard]] virtual std::vector<Fact> facts() const = 0;
};

// One thing that the link keeps, as text that only the link reads. An absent body: forget it.
struct Record {
  std::string key;
  std::optional<std::string> body;

  friend bool operator==(const Record&, const Record&) = default;
};

// Durable records. Called from the engine thread only. Failing to write never stops the agent: the
// implementation reports it and tries again with the next change.
class UplinkStorePort {
 public:
  virtual ~UplinkStorePort() = default;
  [[nodiscard]] virtual std::vector<Record> loadUplink() = 0;

  // One transaction, on disk when this returns.
  virtual void commitUplink(const std::vector<Record>& records) = 0;

  // The latest target accepted from the cloud, in force or not, with the etag that was stored
  // together with it; nothing where there is none.
  [[nodiscard]] virtual std::optional<engine::StoredTarget> targetOfCloud() const = 0;
};

}  // namespace holdfast::uplink
