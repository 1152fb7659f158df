// SPDX-License-Identifier: Apache-2.0
// An alert as a value: what is wrong, with whom, since when (docs/alerting.md).
#pragma once

#include "holdfast/sdk/notifier.hpp"
#include "model/time.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::model {

// The values are stored: new ones are appended.
enum class AlertType {
  ImagePullFailed,
  MaxRetriesExceeded,
  StartFailed,
  CrashLoop,
  EngineUnavailable,
  PluginFailed,
  NotifierFailing,
  DailySummary,  // tells and never fires: for routes and silences
  ProbeFailed,
};

inline constexpr std::array<std::string_view, 9> kAlertTypeWords{
    "ImagePullFailed", "MaxRetriesExceeded", "StartFailed",  "CrashLoop",  "EngineUnavailable",
    "PluginFailed",    "NotifierFailing",    "DailySummary", "ProbeFailed"};

inline constexpr std::array<std::string_view, 4> kSeverityWords{"info", "warning", "error",
                                                                "critical"};

[[nodiscard]] std::string_view word(AlertType type);
[[nodiscard]] std::string_view word(sdk::Severity severity);
[[nodiscard]] std::optional<AlertType> alertTypeOf(std::string_view word);
[[nodiscard]] std::optional<sdk::Severity> severityOf(std::string_view word);

// Whom an alert is about. Empty members do not apply.
struct AlertSubject {
  std::string appId;
  std::string appName;
  std::string service;
  std::string runtime;
  std::string ladder;  // MaxRetriesExceeded: which one gave up: image, start, crash
  std::string probe;   // ProbeFailed: which one: startup, liveness, readiness
  std::string plugin;
  std::string notifier;

  friend bool operator==(const AlertSubject&, const AlertSubject&) = default;
};

// What is known of it now; changes while it fires.
struct AlertFacts {
  sdk::Severity severity = sdk::Severity::Error;
  std::string image;
  std::string reason;   // the finer word: ImagePullBackOff, RunContainerError, OOMKilled, ...
  std::string message;  // one line for people, without secrets
  std::string errorClass;
  int retryCount = 0;
  int maxRetries = 0;  // 0: no limit
  std::optional<WallTime> nextRetry;
  std::optional<int> exitCode;
  int count = 0;  // failures so far; 0 where nothing is counted

  friend bool operator==(const AlertFacts&, const AlertFacts&) = default;
};

enum class AlertState { Pending, Firing, Resolved };
[[nodiscard]] std::string_view word(AlertState state);

struct Alert {
  AlertType type = AlertType::ImagePullFailed;
  AlertState state = AlertState::Pending;
  AlertSubject subject;
  AlertFacts facts;
  WallTime startsAt;               // of the first failure; kept across restarts
  std::optional<WallTime> endsAt;  // when resolved
  Milliseconds lasted{0};          // when resolved

  friend bool operator==(const Alert&, const Alert&) = default;
};

// Identity over restarts and devices: FNV-1a, 64 bits, over the labels that never change (alertname
// and the subject without app name and, for alerts about a service, without runtime), sorted by
// name: name, 0xFF, value, 0xFF each. 16 lower-case hex digits, as Prometheus makes it.
[[nodiscard]] std::string fingerprint(const Alert& alert);

// The hash alone, of text as it stands: for identities of other things in the same form.
[[nodiscard]] std::string fnv1a64(std::string_view text);

// docs/notification.md: members that do not apply are absent.
[[nodiscard]] boost::json::object toJson(const Alert& alert);

// One line: "monitoring/nodered", "engine docker", "plugin webhook", "notifier ops".
[[nodiscard]] std::string subjectText(const AlertSubject& subject);

}  // namespace holdfast::model
