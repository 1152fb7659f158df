// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/template_fields.hpp"

#include "holdfast/support/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace holdfast::webhook {
namespace {

namespace json = boost::json;
using kainjow::mustache::data;

constexpr std::array<std::string_view, 14> kMessageFields = {
    "id",        "group",          "title",     "text",   "state",    "severity", "reason",
    "timestamp", "delayedSeconds", "truncated", "firing", "resolved", "alerts",   "first"};
constexpr std::array<std::string_view, 6> kNestedFields = {"device.id",        "device.name",
                                                           "agent.name",       "agent.version",
                                                           "summary.services", "summary.failing"};
constexpr std::array<std::string_view, 2> kJsonFields = {"json.alerts", "json.content"};
constexpr std::array<std::string_view, 26> kAlertFields = {
    "id",       "alert",    "state",      "severity",        "app",
    "appId",    "service",  "runtime",    "image",           "reason",
    "message",  "class",    "retryCount", "maxRetries",      "nextRetry",
    "exitCode", "startsAt", "endsAt",     "durationSeconds", "count",
    "probe",    "ladder",   "notifier",   "plugin",          "subject",
    "last"};
constexpr std::string_view kFirst = "first.";

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Text of a scalar; false for what is missing, and for nested values, which have no text.
data scalar(const json::value* value) {
  if (value == nullptr || value->is_null() || value->is_structured()) {
    return data::type::bool_false;
  }
  if (const json::string* text = value->if_string()) {
    return text->empty() ? data(data::type::bool_false)
                         : data(std::string(text->c_str(), text->size()));
  }
  if (const bool* flag = value->if_bool()) {
    return *flag ? data::type::bool_true : data::type::bool_false;
  }
  return json::serialize(*value);
}

data text(const std::string& value) {
  return value.empty() ? data(data::type::bool_false) : data(value);
}

data flag(bool value) {
  return value ? data::type::bool_true : data::type::bool_false;
}

data alertData(const notifier::Alert& alert, bool last) {
  data result;
  for (const std::string_view name : kAlertFields) {
    result.set(std::string(name), scalar(alert.members.if_contains(json::string_view(name))));
  }
  result.set("subject", text(alert.subject()));
  result.set("last", flag(last));
  return result;
}

// "device.id" and its like, each outer name as one object.
void setNested(const notifier::Message& message, data& result) {
  for (const char* outer : {"device", "agent", "summary"}) {
    data inner;
    const json::value* object = message.content.if_contains(outer);
    const std::string prefix = std::string(outer) + ".";
    for (const std::string_view name : kNestedFields) {
      if (name.starts_with(prefix)) {
        const std::string_view member = name.substr(prefix.size());
        inner.set(std::string(member),
                  scalar(object == nullptr ? nullptr : support::jsonAt(*object, {member})));
      }
    }
    result.set(outer, inner);
  }
}

std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t at = 0; at <= other.size(); ++at) {
    row[at] = at;
  }
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t above = row[j];
      const std::size_t change = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
      row[j] = std::min({change, above + 1, row[j - 1] + 1});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

bool isJsonField(std::string_view name) {
  return contains(kJsonFields, name);
}

bool isAlertSection(std::string_view name) {
  return name == "alerts" || name == "first";
}

bool isTemplateField(std::string_view name, TemplateScope scope) {
  if (name.starts_with(kFirst)) {
    return contains(kAlertFields, name.substr(kFirst.size()));
  }
  return name == "." || contains(kMessageFields, name) || contains(kNestedFields, name) ||
         isJsonField(name) || (scope == TemplateScope::Alert && contains(kAlertFields, name));
}

std::string nearestTemplateField(std::string_view name) {
  constexpr std::size_t kMaxLength = 64;
  constexpr std::size_t kMaxDistance = 3;
  if (name.size() > kMaxLength) {
    return {};
  }
  std::string_view best;
  std::size_t least = kMaxDistance + 1;
  const auto consider = [&](const auto& names) {
    for (const std::string_view candidate : names) {
      if (const std::size_t steps = distance(name, candidate); steps < least) {
        least = steps;
        best = candidate;
      }
    }
  };
  consider(kMessageFields);
  consider(kNestedFields);
  consider(kJsonFields);
  consider(kAlertFields);
  return std::string(best);
}

data templateData(const notifier::Message& message) {
  data result;
  result.set("id", text(message.id));
  result.set("group", text(message.group));
  result.set("title", text(message.title));
  result.set("text", text(message.text));
  result.set("state", std::string(notifier::word(message.state)));
  result.set("severity", std::string(notifier::word(message.severity)));
  result.set("reason", text(message.reason));
  result.set("timestamp", text(message.timestamp));
  result.set("delayedSeconds", std::to_string(message.delayedSeconds));
  result.set("truncated", std::to_string(message.truncated));
  result.set("firing", flag(message.state == sdk::NotificationState::Firing));
  result.set("resolved", flag(message.state == sdk::NotificationState::Resolved));
  setNested(message, result);

  data alerts{data::type::list};
  json::array members;
  for (std::size_t at = 0; at < message.alerts.size(); ++at) {
    alerts.push_back(alertData(message.alerts[at], at + 1 == message.alerts.size()));
    members.emplace_back(message.alerts[at].members);
  }
  result.set("alerts", alerts);
  result.set("first",
             message.alerts.empty() ? flag(false) : alertData(message.alerts.front(), true));

  data json;
  json.set("alerts", json::serialize(members));
  json.set("content", json::serialize(message.content));
  result.set("json", json);
  return result;
}

}  // namespace holdfast::webhook
