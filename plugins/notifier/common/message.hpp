// SPDX-License-Identifier: Apache-2.0
// What a notification says, read from the JSON in which the host hands it over
// (sdk::Notification::contentJson).
#pragma once

#include "holdfast/sdk/notifier.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::notifier {

// Text is empty and a number absent where the host said nothing.
struct Alert {
  std::string id;    // fingerprint: the same from firing to resolved
  std::string name;  // ImagePullFailed
  sdk::NotificationState state = sdk::NotificationState::Firing;
  sdk::Severity severity = sdk::Severity::Info;
  std::string app;
  std::string service;
  std::string runtime;
  std::string plugin;
  std::string notifier;
  std::string image;
  std::string reason;
  std::string message;
  std::string errorClass;
  std::string startsAt;  // RFC 3339, as all times here
  std::string endsAt;
  std::string nextRetry;
  std::optional<std::int64_t> retryCount;
  std::optional<std::int64_t> maxRetries;
  std::optional<std::int64_t> exitCode;
  std::optional<std::int64_t> durationSeconds;
  std::optional<std::int64_t> count;
  boost::json::object members;  // all of it, as it was handed over

  // What it is about: "monitoring/nodered", or the runtime, plugin or notifier; empty: the device.
  [[nodiscard]] std::string subject() const;
};

struct Message {
  std::string id;
  std::string group;
  std::string title;  // one line
  std::string text;
  std::string reason;  // new, changed, resolved, repeat, flapping, summary, test
  std::string timestamp;
  std::string deviceId;
  std::string deviceName;
  std::string agentVersion;
  sdk::NotificationState state = sdk::NotificationState::Firing;
  sdk::Severity severity = sdk::Severity::Info;
  std::int64_t createdAtMs = 0;
  std::int64_t delayedSeconds = 0;
  std::int64_t truncated = 0;   // alerts that did not fit in
  std::vector<Alert> alerts;    // firing before resolved, the gravest first
  boost::json::object content;  // all of it, as it was handed over
};

// Nothing when the content is not what it has to be; `problem` says why. All text of
// the result is well-formed UTF-8.
[[nodiscard]] std::optional<Message> readMessage(const sdk::Notification& notification,
                                                 std::string& problem);

// The words of the JSON: "firing", "critical".
[[nodiscard]] std::string_view word(sdk::NotificationState state);
[[nodiscard]] std::string_view word(sdk::Severity severity);

// What a message without alerts is, in one word: "DailySummary", else its reason ("test").
[[nodiscard]] std::string kindOf(const Message& message);

// What people want to know about an alert besides its message, in the order of their interest:
// {"Image", "nginx:1"}, {"Attempt", "3 of 10"}, ...
using Facts = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] Facts factsOf(const Alert& alert);

}  // namespace holdfast::notifier
