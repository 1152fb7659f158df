// SPDX-License-Identifier: Apache-2.0
#include "alerts/notice.hpp"

#include "model/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace holdfast::alerts {
namespace {

namespace json = boost::json;

using model::Alert;
using model::AlertState;
using sdk::NotificationState;
using std::chrono::seconds;

// A line for people is not a log.
constexpr std::size_t kMaxTitle = 200;
constexpr std::size_t kMaxLine = 400;
constexpr std::size_t kMaxTextLines = 50;
// Later than this a notification says how late it is: less is the ordinary way.
constexpr seconds kLate{60};

std::string_view stateWord(NotificationState state) {
  switch (state) {
    case NotificationState::Firing:
      return "firing";
    case NotificationState::Resolved:
      return "resolved";
    case NotificationState::Informational:
      return "informational";
  }
  return "informational";
}

std::string headline(const Alert& alert) {
  return std::string(model::word(alert.type)) + " " + model::subjectText(alert.subject);
}

std::string titleOf(const Notice& notice, const Sender& sender) {
  std::string title = "[" + sender.deviceName + "] ";
  if (notice.alerts.empty())
    return title + notice.title;
  if (notice.reason == Reason::Flapping) {
    title += "FLAPPING ";
  } else {
    title += notice.state == NotificationState::Resolved ? "RESOLVED " : "FIRING ";
  }
  title += headline(notice.alerts.front());
  if (notice.alerts.size() > 1)
    title += " and " + std::to_string(notice.alerts.size() - 1) + " more";
  return title;
}

std::string lineOf(const Alert& alert) {
  std::string line(model::word(alert.facts.severity));
  line += " " + headline(alert);
  if (alert.endsAt) {
    line += " is over: fired " + model::toRfc3339(alert.startsAt) + ", resolved " +
            model::toRfc3339(*alert.endsAt) + ", lasted " + model::humanDuration(alert.lasted);
  } else {
    line += " since " + model::toRfc3339(alert.startsAt);
  }
  if (!alert.facts.message.empty())
    line += ": " + alert.facts.message;
  if (!alert.endsAt && alert.facts.nextRetry) {
    line += " (retry " + model::attemptText(alert.facts.retryCount, alert.facts.maxRetries) +
            " at " + model::toRfc3339(*alert.facts.nextRetry) + ")";
  }
  return line;
}

std::string textOf(const Notice& notice, const Sender& sender, model::Milliseconds waited) {
  std::string text;
  const auto add = [&text](const std::string& line) {
    text += model::oneLine(line, kMaxLine) + "\n";
  };
  for (const std::string& line : notice.lines)
    add(line);
  const std::size_t shown = std::min(notice.alerts.size(), kMaxTextLines);
  for (std::size_t i = 0; i < shown; ++i)
    add(lineOf(notice.alerts[i]));
  if (shown < notice.alerts.size())
    add(std::to_string(notice.alerts.size() - shown) + " more");
  if (waited >= kLate)
    add("delivered " + model::humanDuration(waited) + " late");
  add(failingText(notice) + " on " + sender.deviceName);
  text.pop_back();
  return text;
}

json::object contentOf(const Notice& notice, const std::string& id, const Sender& sender,
                       model::Milliseconds waited) {
  json::object device;
  if (!sender.deviceId.empty())
    device["id"] = sender.deviceId;
  device["name"] = sender.deviceName;
  return {{"id", id},
          {"group", notice.group},
          {"state", stateWord(notice.state)},
          {"severity", model::word(notice.severity())},
          {"reason", word(notice.reason)},
          {"timestamp", model::toRfc3339(notice.at)},
          {"delayedSeconds", std::chrono::floor<seconds>(waited).count()},
          {"device", std::move(device)},
          {"agent", {{"name", "holdfast"}, {"version", sender.agentVersion}}},
          {"summary", {{"services", notice.services}, {"failing", notice.failing}}}};
}

// The texts of each alert are bounded where they come from; all of them together are here.
void appendAlerts(const Notice& notice, json::object& content) {
  constexpr std::size_t kRoom = 64;  // for `truncated` and the brackets
  std::size_t size = json::serialize(content).size() + kRoom;
  json::array alerts;
  for (const Alert& alert : notice.alerts) {
    json::object object = model::toJson(alert);
    size += json::serialize(object).size() + 1;
    if (size > kMaxContentBytes)
      break;
    alerts.push_back(std::move(object));
  }
  content["truncated"] = notice.alerts.size() - alerts.size();
  content["alerts"] = std::move(alerts);
}

}  // namespace

std::string_view word(Reason reason) {
  switch (reason) {
    case Reason::New:
      return "new";
    case Reason::Changed:
      return "changed";
    case Reason::Resolved:
      return "resolved";
    case Reason::Repeat:
      return "repeat";
    case Reason::Flapping:
      return "flapping";
    case Reason::Summary:
      return "summary";
  }
  return "new";
}

sdk::Severity Notice::severity() const {
  sdk::Severity highest = sdk::Severity::Info;
  for (const Alert& alert : alerts)
    highest = std::max(highest, alert.facts.severity);
  return highest;
}

Notice noticeOf(const SummaryReport& report, const std::string& notifier) {
  Notice notice;
  notice.notifier = notifier;
  notice.group = model::fnv1a64(model::word(model::AlertType::DailySummary));
  notice.reason = Reason::Summary;
  notice.state = NotificationState::Informational;
  notice.at = report.to;
  notice.title = titleOf(report);
  notice.lines = linesOf(report);
  notice.report = report;
  return notice;
}

std::string failingText(const Notice& notice) {
  return std::to_string(notice.failing) + "/" + std::to_string(notice.services) +
         (notice.services == 1 ? " service failing" : " services failing");
}

Message render(const Notice& notice, const std::string& id, const Sender& sender,
               model::Milliseconds waited) {
  Message message;
  message.id = id;
  message.group = notice.group;
  message.state = notice.state;
  message.severity = notice.severity();
  message.createdAt = notice.at;
  message.title = model::oneLine(titleOf(notice, sender), kMaxTitle);
  message.text = textOf(notice, sender, waited);
  json::object content = contentOf(notice, id, sender, waited);
  if (notice.alerts.empty()) {
    json::array lines(notice.lines.begin(), notice.lines.end());
    content["title"] = notice.title;
    content["lines"] = std::move(lines);
  }
  if (notice.report)
    content["report"] = toJson(*notice.report);
  appendAlerts(notice, content);
  message.contentJson = json::serialize(content);
  return message;
}

}  // namespace holdfast::alerts
