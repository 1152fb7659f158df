// SPDX-License-Identifier: Apache-2.0
#include "model/alert.hpp"

#include "model/hex.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>

namespace holdfast::model {
namespace {

namespace json = boost::json;

// Prometheus: github.com/prometheus/common model/fnv.go and signature.go.
constexpr std::uint64_t kOffset = 14'695'981'039'346'656'037U;
constexpr std::uint64_t kPrime = 1'099'511'628'211U;
constexpr char kSeparator = '\xFF';

// Sixteen digits, the high ones first.
std::string hex(std::uint64_t value) {
  std::array<unsigned char, sizeof(value)> bytes{};
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, value >>= 8U) {
    *byte = static_cast<unsigned char>(value & 0xFFU);
  }
  return hexOf(bytes);
}

void setText(json::object& object, std::string_view name, const std::string& value) {
  if (!value.empty())
    object[name] = value;
}

json::value appIdValue(const std::string& id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool whole = error == std::errc{} && end == id.data() + id.size();
  if (whole && std::to_string(number) == id)
    return number;
  return json::string(id);
}

void setSubject(json::object& object, const AlertSubject& subject) {
  setText(object, "app", subject.appName);
  if (!subject.appId.empty())
    object["appId"] = appIdValue(subject.appId);
  setText(object, "service", subject.service);
  setText(object, "runtime", subject.runtime);
  setText(object, "ladder", subject.ladder);
  setText(object, "probe", subject.probe);
  setText(object, "plugin", subject.plugin);
  setText(object, "notifier", subject.notifier);
}

void setFacts(json::object& object, const AlertFacts& facts) {
  setText(object, "image", facts.image);
  setText(object, "reason", facts.reason);
  setText(object, "message", facts.message);
  setText(object, "class", facts.errorClass);
  if (facts.count > 0) {
    object["retryCount"] = facts.retryCount;
    object["maxRetries"] = facts.maxRetries;
    object["count"] = facts.count;
  }
  if (facts.nextRetry)
    object["nextRetry"] = toRfc3339(*facts.nextRetry);
  if (facts.exitCode)
    object["exitCode"] = *facts.exitCode;
}

}  // namespace

std::string_view word(AlertType type) {
  return kAlertTypeWords.at(static_cast<std::size_t>(type));
}

std::string_view word(sdk::Severity severity) {
  return kSeverityWords.at(static_cast<std::size_t>(severity) - 1);
}

std::string_view word(AlertState state) {
  switch (state) {
    case AlertState::Pending:
      return "pending";
    case AlertState::Firing:
      return "firing";
    case AlertState::Resolved:
      return "resolved";
  }
  return "firing";
}

std::optional<AlertType> alertTypeOf(std::string_view word) {
  const auto* found = std::find(kAlertTypeWords.begin(), kAlertTypeWords.end(), word);
  if (found == kAlertTypeWords.end())
    return std::nullopt;
  return static_cast<AlertType>(found - kAlertTypeWords.begin());
}

std::optional<sdk::Severity> severityOf(std::string_view word) {
  const auto* found = std::find(kSeverityWords.begin(), kSeverityWords.end(), word);
  if (found == kSeverityWords.end())
    return std::nullopt;
  return static_cast<sdk::Severity>(found - kSeverityWords.begin() + 1);
}

std::string fnv1a64(std::string_view text) {
  std::uint64_t hash = kOffset;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  }
  return hex(hash);
}

std::string fingerprint(const Alert& alert) {
  const AlertSubject& subject = alert.subject;
  const std::map<std::string_view, std::string_view> labels{
      {"alertname", word(alert.type)},
      {"app", subject.appId},
      {"ladder", subject.ladder},
      {"notifier", subject.notifier},
      {"plugin", subject.plugin},
      {"probe", subject.probe},
      {"runtime", subject.service.empty() ? std::string_view(subject.runtime) : std::string_view()},
      {"service", subject.service}};
  std::string text;
  for (const auto& [name, value] : labels) {
    if (value.empty())
      continue;
    text.append(name).push_back(kSeparator);
    text.append(value).push_back(kSeparator);
  }
  return fnv1a64(text);
}

json::object toJson(const Alert& alert) {
  json::object object{{"id", fingerprint(alert)},
                      {"alert", word(alert.type)},
                      {"state", word(alert.state)},
                      {"severity", word(alert.facts.severity)}};
  setSubject(object, alert.subject);
  setFacts(object, alert.facts);
  object["startsAt"] = toRfc3339(alert.startsAt);
  if (alert.endsAt) {
    object["endsAt"] = toRfc3339(*alert.endsAt);
    object["durationSeconds"] = std::chrono::floor<std::chrono::seconds>(alert.lasted).count();
  }
  return object;
}

std::string subjectText(const AlertSubject& subject) {
  if (!subject.service.empty())
    return subject.appName + "/" + subject.service;
  if (!subject.notifier.empty())
    return "notifier " + subject.notifier;
  if (!subject.plugin.empty())
    return "plugin " + subject.plugin;
  if (!subject.runtime.empty())
    return "engine " + subject.runtime;
  return "device";
}

}  // namespace holdfast::model
