// SPDX-License-Identifier: Apache-2.0
#include "notifier/common/message.hpp"

#include "holdfast/support/json.hpp"
#include "holdfast/support/time_text.hpp"
#include "holdfast/support/utf8.hpp"

#include <algorithm>

namespace holdfast::notifier {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxContentBytes = 256u * 1024;

std::string textOf(const json::value& value, support::JsonPath path) {
  return std::string(support::jsonText(value, path));
}

std::optional<std::int64_t> numberOf(const json::value& value, support::JsonPath path) {
  const json::value* at = support::jsonAt(value, path);
  if (at == nullptr || !at->is_number()) {
    return std::nullopt;
  }
  boost::system::error_code error;
  const auto number = at->to_number<std::int64_t>(error);
  return error ? std::nullopt : std::optional(number);
}

sdk::NotificationState stateOf(std::string_view text) {
  if (text == word(sdk::NotificationState::Resolved)) {
    return sdk::NotificationState::Resolved;
  }
  return text == word(sdk::NotificationState::Informational) ? sdk::NotificationState::Informational
                                                             : sdk::NotificationState::Firing;
}

sdk::Severity severityOf(std::string_view text) {
  for (const sdk::Severity severity :
       {sdk::Severity::Critical, sdk::Severity::Error, sdk::Severity::Warning}) {
    if (text == word(severity)) {
      return severity;
    }
  }
  return sdk::Severity::Info;
}

Alert readAlert(const json::value& value) {
  Alert alert;
  alert.id = textOf(value, {"id"});
  alert.name = textOf(value, {"alert"});
  alert.state = stateOf(support::jsonText(value, {"state"}));
  alert.severity = severityOf(support::jsonText(value, {"severity"}));
  alert.app = textOf(value, {"app"});
  alert.service = textOf(value, {"service"});
  alert.runtime = textOf(value, {"runtime"});
  alert.plugin = textOf(value, {"plugin"});
  alert.notifier = textOf(value, {"notifier"});
  alert.image = textOf(value, {"image"});
  alert.reason = textOf(value, {"reason"});
  alert.message = textOf(value, {"message"});
  alert.errorClass = textOf(value, {"class"});
  alert.startsAt = textOf(value, {"startsAt"});
  alert.endsAt = textOf(value, {"endsAt"});
  alert.nextRetry = textOf(value, {"nextRetry"});
  alert.retryCount = numberOf(value, {"retryCount"});
  alert.maxRetries = numberOf(value, {"maxRetries"});
  alert.exitCode = numberOf(value, {"exitCode"});
  alert.durationSeconds = numberOf(value, {"durationSeconds"});
  alert.count = numberOf(value, {"count"});
  alert.members = value.get_object();
  return alert;
}

bool moreImportant(const Alert& one, const Alert& other) {
  const bool oneFires = one.state == sdk::NotificationState::Firing;
  const bool otherFires = other.state == sdk::NotificationState::Firing;
  return oneFires != otherFires ? oneFires : one.severity > other.severity;
}

// Of a number, or of a boolean that says that there are some.
std::int64_t truncatedOf(const json::value& content) {
  return support::jsonBool(content, {"truncated"}) ? 1
                                                   : support::jsonInteger(content, {"truncated"});
}

}  // namespace

std::string Alert::subject() const {
  if (!service.empty()) {
    return app.empty() ? service : app + "/" + service;
  }
  for (const std::string* part : {&app, &runtime, &plugin, &notifier}) {
    if (!part->empty()) {
      return *part;
    }
  }
  return {};
}

std::optional<Message> readMessage(const sdk::Notification& notification, std::string& problem) {
  if (notification.contentJson.size() > kMaxContentBytes) {
    problem = "the notification's content is longer than 256 KiB";
    return std::nullopt;
  }
  std::optional<json::value> content = support::parseJson(notification.contentJson);
  if (!content || !content->is_object()) {
    problem = "the notification's content is no JSON object";
    return std::nullopt;
  }
  Message message;
  message.id = notification.id;
  message.group = notification.group;
  message.title = support::wellFormed(notification.title);
  message.text = support::wellFormed(notification.text);
  message.reason = textOf(*content, {"reason"});
  message.timestamp = textOf(*content, {"timestamp"});
  message.deviceId = textOf(*content, {"device", "id"});
  message.deviceName = textOf(*content, {"device", "name"});
  message.agentVersion = textOf(*content, {"agent", "version"});
  message.state = notification.state;
  message.severity = notification.severity;
  message.createdAtMs = notification.createdAtMs;
  message.delayedSeconds = support::jsonInteger(*content, {"delayedSeconds"});
  message.truncated = truncatedOf(*content);
  if (const json::array* alerts = support::jsonArray(*content, {"alerts"}); alerts != nullptr) {
    for (const json::value& alert : *alerts) {
      if (!alert.is_object()) {
        problem = "an alert of the notification is no JSON object";
        return std::nullopt;
      }
      message.alerts.push_back(readAlert(alert));
    }
  }
  std::stable_sort(message.alerts.begin(), message.alerts.end(), moreImportant);
  if (message.timestamp.empty()) {
    message.timestamp = support::rfc3339(message.createdAtMs);
  }
  message.content = std::move(content->get_object());
  return message;
}

std::string_view word(sdk::NotificationState state) {
  switch (state) {
    case sdk::NotificationState::Firing:
      return "firing";
    case sdk::NotificationState::Resolved:
      return "resolved";
    case sdk::NotificationState::Informational:
      return "informational";
  }
  return "firing";
}

std::string_view word(sdk::Severity severity) {
  switch (severity) {
    case sdk::Severity::Critical:
      return "critical";
    case sdk::Severity::Error:
      return "error";
    case sdk::Severity::Warning:
      return "warning";
    case sdk::Severity::Info:
      return "info";
  }
  return "info";
}

std::string kindOf(const Message& message) {
  return message.reason == "summary" ? "DailySummary" : message.reason;
}

Facts factsOf(const Alert& alert) {
  Facts facts;
  const auto add = [&facts](const char* name, const std::string& value) {
    if (!value.empty()) {
      facts.emplace_back(name, value);
    }
  };
  const auto addNumber = [&facts](const char* name, const std::optional<std::int64_t>& value) {
    if (value) {
      facts.emplace_back(name, std::to_string(*value));
    }
  };
  add("Reason", alert.reason);
  add("Image", alert.image);
  if (alert.retryCount && alert.maxRetries) {
    add("Attempt", std::to_string(*alert.retryCount) + " of " + std::to_string(*alert.maxRetries));
  } else {
    addNumber("Attempt", alert.retryCount);
  }
  add("Next attempt", alert.nextRetry);
  addNumber("Exit code", alert.exitCode);
  if (alert.count && *alert.count > 1) {
    addNumber("Times", alert.count);
  }
  add("Since", alert.startsAt);
  add("Until", alert.endsAt);
  if (alert.durationSeconds) {
    add("Lasted", support::durationText(*alert.durationSeconds));
  }
  return facts;
}

}  // namespace holdfast::notifier
