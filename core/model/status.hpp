// SPDX-License-Identifier: Apache-2.0
// What a service shows, and its JSON (docs/interfaces.md "Service status").
#pragma once

#include "holdfast/sdk/types.hpp"
#include "model/time.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast::model {

enum class ServiceStatusWord { Pending, Running, Stopped, Error };

struct StatusError {
  std::string type;    // ErrImagePull, ImagePullBackOff, StartFailure, CrashLoopBackOff
  std::string reason;  // the finer word
  std::string message;
  std::string errorClass;  // the wire word of sdk::ErrorClass
  WallTime timestamp;      // of the latest failure
  int retryCount = 0;
  int maxRetries = 0;  // 0: no limit
  std::optional<WallTime> nextRetry;
  bool exhausted = false;
  WallTime since;  // of the first failure
  std::string firstError;
};

struct LastState {
  int exitCode = 0;
  std::string reason;
  std::optional<WallTime> startedAt;
  std::optional<WallTime> finishedAt;
  friend bool operator==(const LastState&, const LastState&) = default;
};

struct PullState {
  std::int64_t doneBytes = 0;
  std::int64_t totalBytes = 0;
  std::string phase;
};

// One probe of a service.
struct ProbeStatus {
  std::string type;        // http, tcp, exec
  std::string result;      // the verdict, after thresholds: unknown, success, failure
  int streak = 0;          // equal outcomes in a row; 0: none yet in this run
  std::string streakOf;    // which ones: success, failure
  std::string lastOutput;  // of the latest attempt that succeeded or failed, secrets masked
  std::optional<WallTime> lastTime;
  std::string address;  // where it went, and which way; empty: nowhere yet
  std::string message;  // why the latest attempt said nothing of the service
  // For alerts: the failure threshold was reached; it has succeeded in this run.
  bool failing = false;
  bool succeeded = false;
};

struct ProbesStatus {
  std::optional<ProbeStatus> startup;
  std::optional<ProbeStatus> liveness;
  std::optional<ProbeStatus> readiness;
};

struct ServiceStatus {
  std::string appId;
  std::string appName;
  std::string serviceId;
  std::string serviceName;
  std::string imageName;
  std::string state;                     // desired: running, stopped, paused
  std::optional<std::string> override_;  // "stopped" after a user's stop
  ServiceStatusWord serviceStatus = ServiceStatusWord::Pending;
  std::string reason;
  bool ready = false;
  int restartCount = 0;
  int crashCount = 0;
  std::optional<std::string> containerId;
  std::optional<std::string> runningImage;
  // Which image its registry calls so; nothing when none does: it was built or loaded here, or the
  // name stands for another one by now.
  std::optional<std::string> runningImageDigest;
  std::optional<WallTime> startedAt;
  std::optional<LastState> lastState;
  std::optional<PullState> pull;
  std::optional<ProbesStatus> probes;  // nothing: it has none
  std::string runtime;
  bool stale = false;
  WallTime observedAt;
  std::optional<StatusError> error;
};

[[nodiscard]] std::string_view word(ServiceStatusWord status);

// The wire words of error classes: "transient", "rate_limited", ...
[[nodiscard]] std::string_view errorClassWord(sdk::ErrorClass errorClass);

// An id as JSON: a number where writing it as one loses nothing ("007" and what exceeds 64 bits
// stay text).
[[nodiscard]] boost::json::value idValue(const std::string& id);

// docs/interfaces.md "Service status": ids that are digits become numbers, `error` is absent when
// there is none, every other member is present.
[[nodiscard]] boost::json::object toJson(const ServiceStatus& status);

// "1/10", "4" without a limit: how a retry is named in tables and messages.
[[nodiscard]] std::string attemptText(int retryCount, int maxRetries);

}  // namespace holdfast::model
