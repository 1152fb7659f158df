// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/alertmanager_labels.hpp"

#include <algorithm>

namespace holdfast::webhook {
namespace {

void add(TextMap& map, const char* name, const std::string& value) {
  if (!value.empty()) {
    map[name] = value;
  }
}

void addNumber(TextMap& map, const char* name, const std::optional<std::int64_t>& value) {
  if (value) {
    map[name] = std::to_string(*value);
  }
}

// Only what stays the same from firing to resolved: the set of labels is the alert's identity.
TextMap labelsOf(const notifier::Alert& alert, const notifier::Message& message) {
  TextMap labels;
  add(labels, "alertname", alert.name);
  add(labels, "severity", std::string(notifier::word(alert.severity)));
  add(labels, "device", message.deviceName.empty() ? message.deviceId : message.deviceName);
  add(labels, "app", alert.app);
  add(labels, "service", alert.service);
  add(labels, "runtime", alert.runtime);
  add(labels, "plugin", alert.plugin);
  add(labels, "notifier", alert.notifier);
  return labels;
}

TextMap annotationsOf(const notifier::Alert& alert) {
  TextMap annotations;
  const std::string subject = alert.subject();
  add(annotations, "summary", subject.empty() ? alert.name : alert.name + " " + subject);
  add(annotations, "description", alert.message);
  add(annotations, "reason", alert.reason);
  add(annotations, "class", alert.errorClass);
  add(annotations, "image", alert.image);
  add(annotations, "next_retry", alert.nextRetry);
  addNumber(annotations, "retry_count", alert.retryCount);
  addNumber(annotations, "max_retries", alert.maxRetries);
  addNumber(annotations, "exit_code", alert.exitCode);
  addNumber(annotations, "count", alert.count);
  return annotations;
}

// Receivers of alerts have no other form for a test or a daily summary.
LabelledAlert standIn(const notifier::Message& message) {
  notifier::Alert alert;
  alert.id = message.group;
  alert.name = message.reason == "summary" ? notifier::kindOf(message) : "TestNotification";
  alert.state = message.state;
  alert.severity = message.severity;
  alert.startsAt = message.timestamp;
  LabelledAlert result{.labels = labelsOf(alert, message), .annotations = {}, .alert = alert};
  add(result.annotations, "summary", message.title);
  add(result.annotations, "description", message.text);
  return result;
}

}  // namespace

std::vector<LabelledAlert> labelled(const notifier::Message& message) {
  std::vector<LabelledAlert> alerts;
  for (const notifier::Alert& alert : message.alerts) {
    alerts.push_back(
        {.labels = labelsOf(alert, message), .annotations = annotationsOf(alert), .alert = alert});
    if (alert.startsAt.empty()) {
      alerts.back().alert.startsAt = message.timestamp;
    }
  }
  if (alerts.empty()) {
    alerts.push_back(standIn(message));
  }
  return alerts;
}

TextMap common(const std::vector<const TextMap*>& maps) {
  TextMap result;
  if (maps.empty()) {
    return result;
  }
  for (const TextMap::value_type& entry : *maps.front()) {
    const bool everywhere = std::all_of(maps.begin(), maps.end(), [&entry](const TextMap* map) {
      const auto found = map->find(entry.first);
      return found != map->end() && found->second == entry.second;
    });
    if (everywhere) {
      result.insert(entry);
    }
  }
  return result;
}

}  // namespace holdfast::webhook
