// SPDX-License-Identifier: Apache-2.0
// One message to one receiver, as data: what the outbox keeps, merges and, when it is handed over,
// renders to text and JSON (docs/notification.md).
#pragma once

#include "alerts/ports.hpp"
#include "alerts/summary_report.hpp"
#include "model/alert.hpp"
#include "model/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::alerts {

// Why a notification is sent. The values are stored.
enum class Reason { New, Changed, Resolved, Repeat, Flapping, Summary };
[[nodiscard]] std::string_view word(Reason reason);

// More alerts than this make another notification.
inline constexpr std::size_t kMaxAlertsOfNotice = 200;
// What a plugin is handed at most (holdfast/sdk/notifier.hpp).
inline constexpr std::size_t kMaxContentBytes = 256u * 1024;

struct Notice {
  std::string notifier;
  std::string group;  // [A-Za-z0-9_-]{1,64}
  Reason reason = Reason::New;
  sdk::NotificationState state = sdk::NotificationState::Firing;
  model::WallTime at;                // of what it tells
  std::vector<model::Alert> alerts;  // most important first
  // Of notifications without alerts: a note about the agent itself.
  std::string title;
  std::vector<std::string> lines;
  std::optional<SummaryReport> report;  // of Reason::Summary
  // The device's services, and how many of them failed, when it was made.
  int services = 0;
  int failing = 0;
  // Only repeats what was told before: worth no write to the disk.
  bool passing = false;

  [[nodiscard]] sdk::Severity severity() const;  // the highest of its alerts
};

struct Sender {
  std::string deviceId;  // engine::Snapshot::deviceId(); empty: not known
  std::string deviceName;
  std::string agentVersion;
};

// The daily summary for one receiver.
[[nodiscard]] Notice noticeOf(const SummaryReport& report, const std::string& notifier);

// "1/45 services failing".
[[nodiscard]] std::string failingText(const Notice& notice);

// `waited` is how long the notification lay in the outbox before its first attempt. What does not
// fit into kMaxContentBytes is left out from the end and counted in `truncated`. The same arguments
// make the same message, byte for byte.
[[nodiscard]] Message render(const Notice& notice, const std::string& id, const Sender& sender,
                             model::Milliseconds waited);

}  // namespace holdfast::alerts
