// SPDX-License-Identifier: Apache-2.0
// One line of a log, before it has the form of a protocol.
#pragma once

#include "notifier/common/message.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::syslog {

// Severities of RFC 5424, of those that alerts have.
enum class Level : int { Critical = 2, Error = 3, Warning = 4, Notice = 5, Information = 6 };

struct Record {
  Level level = Level::Information;
  std::int64_t timeMs = 0;  // since the epoch
  std::string host;         // of the device, as it came: not yet fit for a protocol
  std::string type;         // ImagePullFailed, or the reason of a message without alerts
  std::string agentVersion;
  // What is known, by names of the notification's JSON: {"app", "monitoring"}, ...
  std::vector<std::pair<std::string, std::string>> fields;
  // One line that says it all, for readers that do not see the fields.
  std::string text;
};

// One for each alert, the gravest first; one for a message without alerts.
[[nodiscard]] std::vector<Record> recordsOf(const notifier::Message& message);

// `text` on one line: line ends become " | ", other control characters spaces.
[[nodiscard]] std::string oneLine(std::string_view text);

}  // namespace holdfast::syslog
