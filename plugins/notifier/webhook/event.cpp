// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/event.hpp"

#include <boost/json/array.hpp>

namespace holdfast::webhook {
namespace {

namespace json = boost::json;

bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}

// ImagePullFailed -> image_pull_failed
std::string snakeCase(std::string_view name) {
  std::string text;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    if (isUpper(c)) {
      if (at > 0 && !isUpper(name[at - 1]) && text.back() != '_') {
        text += '_';
      }
      text += static_cast<char>(c + 32);
    } else {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      text += plain ? c : '_';
    }
  }
  return text.empty() ? "unknown" : text;
}

std::string_view kindOf(const notifier::Alert& alert) {
  if (!alert.service.empty()) {
    return "service";
  }
  if (!alert.app.empty()) {
    return "app";
  }
  if (!alert.runtime.empty()) {
    return "runtime";
  }
  if (!alert.plugin.empty()) {
    return "plugin";
  }
  return alert.notifier.empty() ? "device" : "notifier";
}

void copyMember(const notifier::Message& message, std::string_view name, json::object& to) {
  if (const json::value* value = message.content.if_contains(json::string_view(name))) {
    to[json::string_view(name)] = *value;
  }
}

}  // namespace

std::string eventType(const notifier::Message& message) {
  const bool any = !message.alerts.empty();
  const std::string kind(any ? kindOf(message.alerts.front()) : "device");
  const std::string name = snakeCase(any ? message.alerts.front().name : notifier::kindOf(message));
  return kind + "." + name + "." + std::string(notifier::word(message.state));
}

json::object eventData(const notifier::Message& message) {
  json::object data;
  if (!message.alerts.empty()) {
    data = message.alerts.front().members;
  }
  copyMember(message, "device", data);
  data["title"] = message.title;
  data["text"] = message.text;
  json::object notification;
  notification["id"] = message.id;
  notification["group"] = message.group;
  notification["state"] = json::string_view(notifier::word(message.state));
  notification["severity"] = json::string_view(notifier::word(message.severity));
  for (const char* name : {"reason", "delayedSeconds", "truncated"}) {
    copyMember(message, name, notification);
  }
  data["notification"] = std::move(notification);
  copyMember(message, "summary", data);
  copyMember(message, "report", data);
  copyMember(message, "agent", data);
  json::array alerts;
  for (const notifier::Alert& alert : message.alerts) {
    alerts.emplace_back(alert.members);
  }
  data["alerts"] = std::move(alerts);
  return data;
}

}  // namespace holdfast::webhook
