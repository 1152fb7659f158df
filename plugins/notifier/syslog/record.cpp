// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/record.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace holdfast::syslog {
namespace {

namespace json = boost::json;
using notifier::Alert;
using notifier::Message;

Level levelOf(sdk::NotificationState state, sdk::Severity severity) {
  if (state == sdk::NotificationState::Resolved) {
    return Level::Notice;
  }
  switch (severity) {
    case sdk::Severity::Critical:
      return Level::Critical;
    case sdk::Severity::Error:
      return Level::Error;
    case sdk::Severity::Warning:
      return Level::Warning;
    case sdk::Severity::Info:
      return Level::Information;
  }
  return Level::Information;
}

Record recordFor(const Message& message) {
  Record record;
  record.timeMs = message.createdAtMs;
  record.host = message.deviceName.empty() ? message.deviceId : message.deviceName;
  record.agentVersion = message.agentVersion;
  return record;
}

void addField(Record& record, const char* name, const std::string& value) {
  if (!value.empty()) {
    record.fields.emplace_back(name, value);
  }
}

// The members of an alert that have a value by themselves; the message stands in the text.
void addMembers(Record& record, const Alert& alert) {
  for (const char* name :
       {"id",        "alert",    "state",  "severity", "app",    "service",        "runtime",
        "plugin",    "notifier", "reason", "class",    "image",  "retryCount",     "maxRetries",
        "nextRetry", "exitCode", "count",  "startsAt", "endsAt", "durationSeconds"}) {
    const json::value* value = alert.members.if_contains(name);
    if (value == nullptr || value->is_null() || value->is_structured()) {
      continue;
    }
    const json::string* text = value->if_string();
    addField(record, name,
             text == nullptr ? json::serialize(*value) : std::string(text->data(), text->size()));
  }
}

void addNotification(Record& record, const Message& message) {
  addField(record, "notification", message.id);
  addField(record, "group", message.group);
  if (message.delayedSeconds > 0) {
    addField(record, "delayedSeconds", std::to_string(message.delayedSeconds));
  }
}

std::string sentence(const Alert& alert) {
  const std::string subject = alert.subject();
  std::string text = alert.name + (subject.empty() ? "" : " " + subject) + " " +
                     std::string(notifier::word(alert.state));
  if (!alert.message.empty()) {
    text += ": " + alert.message;
  }
  for (const auto& [name, value] : notifier::factsOf(alert)) {
    text += "; " + name + ": " + value;
  }
  return oneLine(text);
}

// What a message without alerts says. Each line of a summary makes an entry of its own, which can
// be searched for and is not cut for the others' length.
std::vector<Record> recordsOfText(const Message& message) {
  Record record = recordFor(message);
  record.level = levelOf(message.state, message.severity);
  record.type = notifier::kindOf(message);
  addField(record, "state", std::string(notifier::word(message.state)));
  addField(record, "severity", std::string(notifier::word(message.severity)));
  addNotification(record, message);
  if (message.reason != "summary") {
    record.text =
        oneLine(message.text.empty() ? message.title : message.title + ": " + message.text);
    return {record};
  }
  record.text = oneLine(message.title);
  std::vector<Record> records{record};
  for (std::size_t at = 0; at <= message.text.size();) {
    const std::size_t end = std::min(message.text.find('\n', at), message.text.size());
    record.text = oneLine(std::string_view(message.text).substr(at, end - at));
    records.push_back(record);
    at = end + 1;
  }
  return records;
}

}  // namespace

std::string oneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      line += " | ";
    } else if (c != '\r') {
      line += static_cast<unsigned char>(c) < 0x20 || c == '\x7f' ? ' ' : c;
    }
  }
  return line;
}

std::vector<Record> recordsOf(const Message& message) {
  std::vector<Record> records;
  for (const Alert& alert : message.alerts) {
    Record record = recordFor(message);
    record.level = levelOf(alert.state, alert.severity);
    record.type = alert.name;
    addMembers(record, alert);
    addNotification(record, message);
    record.text = sentence(alert);
    records.push_back(std::move(record));
  }
  return records.empty() ? recordsOfText(message) : records;
}

}  // namespace holdfast::syslog
