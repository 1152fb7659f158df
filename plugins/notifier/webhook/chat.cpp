// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/chat.hpp"

#include "holdfast/support/time_text.hpp"
#include "holdfast/support/utf8.hpp"

#include <algorithm>

namespace holdfast::webhook {
namespace {

using sdk::NotificationState;
using sdk::Severity;

const char* sign(NotificationState state, Severity severity) {
  if (state == NotificationState::Resolved) {
    return "\u2705";  // white heavy check mark
  }
  if (state == NotificationState::Informational || severity == Severity::Info) {
    return "\U0001F535";  // blue circle
  }
  return severity == Severity::Warning ? "\U0001F7E0"   // orange circle
                                       : "\U0001F534";  // red circle
}

}  // namespace

std::string headline(const notifier::Message& message) {
  return std::string(sign(message.state, message.severity)) + " " + message.title;
}

std::string alertTitle(const notifier::Alert& alert, const notifier::Message& message) {
  const std::string subject = alert.subject();
  std::string title = alert.name + (subject.empty() ? "" : " " + subject);
  if (alert.state != message.state) {
    title += " (" + std::string(notifier::word(alert.state)) + ")";
  }
  return title;
}

std::string origin(const notifier::Message& message) {
  std::string text = message.deviceName.empty() ? message.deviceId : message.deviceName;
  text += text.empty() ? "holdfast" : ", holdfast";
  if (!message.agentVersion.empty()) {
    text += " " + message.agentVersion;
  }
  if (message.delayedSeconds > 0) {
    text += ", delivered " + support::durationText(message.delayedSeconds) + " late";
  }
  return text;
}

std::string remainder(const notifier::Message& message, std::size_t shown) {
  const auto all = static_cast<std::int64_t>(message.alerts.size()) + message.truncated;
  const std::int64_t more = all - static_cast<std::int64_t>(shown);
  if (more <= 0) {
    return {};
  }
  return "and " + std::to_string(more) + (more == 1 ? " more alert" : " more alerts");
}

std::vector<std::string> fittingLines(std::string_view text, std::size_t maxBytes,
                                      std::size_t maxLine) {
  constexpr std::size_t kRoom = 32;  // for the line that counts
  std::vector<std::string> lines;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(support::clipped(text.substr(at, end - at), maxLine));
    at = end + 1;
  }
  std::size_t all = 0;  // with an end for each line, so one too many
  for (const std::string& line : lines) {
    all += line.size() + 1;
  }
  if (all <= maxBytes + 1) {
    return lines;
  }
  std::size_t kept = 0;
  for (std::size_t size = kRoom; size + lines[kept].size() + 1 <= maxBytes; ++kept) {
    size += lines[kept].size() + 1;
  }
  const std::size_t more = lines.size() - kept;
  lines.resize(kept);
  lines.push_back("and " + std::to_string(more) + (more == 1 ? " more line" : " more lines"));
  return lines;
}

std::string fittingText(std::string_view text, std::size_t maxBytes, std::size_t maxLine) {
  std::string result;
  for (const std::string& line : fittingLines(text, maxBytes, maxLine)) {
    result += (result.empty() ? "" : "\n") + line;
  }
  return result;
}

int colour(NotificationState state, Severity severity) {
  if (state == NotificationState::Resolved) {
    return 0x2eb67d;
  }
  if (state == NotificationState::Informational || severity == Severity::Info) {
    return 0x439fe0;
  }
  return severity == Severity::Warning ? 0xecb22e : 0xe01e5a;
}

}  // namespace holdfast::webhook
