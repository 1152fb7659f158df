// SPDX-License-Identifier: Apache-2.0
// The notifier kind: a plugin that takes one notification to one receiver.
//
// What is an alert, when it fires, what is grouped, silenced, queued, retried and given up is the
// host's. A plugin puts a notification into its receiver's form, makes one attempt to deliver it,
// and says how that ended.
//
// One loaded plugin serves several receivers: the host makes an instance for each `notifier.<name>`
// of the configuration. Calls on one instance come one at a time as a rule, but a plugin does not
// rely on it: an attempt that was given up may still be on its way when the next one begins.
#pragma once

#include "holdfast/sdk/types.hpp"

namespace holdfast::sdk {

// Values are part of the ABI.
enum class NotificationState : std::int32_t {
  Firing = 1,         // at least one alert of it fires
  Resolved = 2,       // all of its alerts are over
  Informational = 3,  // neither: a daily summary, a test
};

// Values are part of the ABI, and grow with importance.
enum class Severity : std::int32_t { Info = 1, Warning = 2, Error = 3, Critical = 4 };

// One message to people. The same one, with the same `id`, is handed over again until an attempt
// succeeds or the host gives it up; everything but `attempt` stays as it was.
struct Notification {
  std::uint32_t structSize = sizeof(Notification);
  std::int32_t attempt = 1;
  NotificationState state = NotificationState::Firing;
  Severity severity = Severity::Info;  // the highest of its alerts
  std::int64_t createdAtMs = 0;        // milliseconds since the epoch
  // Unique; [A-Za-z0-9_-]{1,64}. Receivers tell a repeated delivery by it.
  std::string_view id;
  // The same for all notifications about the same alerts, from firing to resolved: the key under
  // which a receiver opens and closes an incident. [A-Za-z0-9_-]{1,64}.
  std::string_view group;
  std::string_view title;  // one line, without markup
  std::string_view text;   // a line for each alert, without markup
  // All of it as JSON, docs/notification.md. At most 256 KiB.
  std::string_view contentJson;
};

class NotifierPlugin : public Plugin {
 public:
  // Makes one attempt. Blocks until the receiver has answered, the deadline is near, or the call is
  // cancelled. What the status leads to:
  //
  // - Ok: delivered
  // - Transient, Unavailable: again, by the receiver's ladder
  // - RateLimited: again, not before retryAfterMs where it is known
  // - Denied: again, by the ladder; the credentials may be put right meanwhile
  // - NotFound: three more attempts, then as Invalid
  // - Invalid: this notification is set aside as a dead letter; others go on
  // - Rejected: it wants none any more, and is switched off until the configuration changes
  // - Conflict, Internal: as Transient, and counted against the plugin
  //
  // explain() gets the receiver's answer, without secrets: neither those of the configuration nor a
  // URL that carries one.
  virtual Status deliver(const Notification& notification, Call& call) = 0;

  // For receivers that forget what they are not told again: while a notification's state is Firing
  // it is handed over anew in this interval, with a fresh id. Milliseconds; 0: not needed.
  [[nodiscard]] virtual std::int64_t resendIntervalMs() const noexcept { return 0; }
};

}  // namespace holdfast::sdk
