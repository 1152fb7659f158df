// SPDX-License-Identifier: Apache-2.0
#include "cli/alert_view.hpp"

#include "cli/json_view.hpp"
#include "cli/table.hpp"

#include <algorithm>

namespace holdfast::cli {
namespace json = boost::json;

namespace {

// "monitoring/nodered", "engine docker", "notifier ops".
std::string subjectOf(const json::value& alert) {
  if (const std::string service = text(alert, "service"); !service.empty()) {
    return text(alert, "app") + "/" + service;
  }
  for (const char* kind : {"notifier", "plugin"}) {
    if (const std::string name = text(alert, kind); !name.empty()) {
      return std::string(kind) + " " + name;
    }
  }
  const std::string runtime = text(alert, "runtime");
  return runtime.empty() ? "" : "engine " + runtime;
}

// "firing", "firing, silenced".
std::string stateOf(const json::value& alert) {
  std::string state = text(alert, "state");
  for (const char* why : {"silenced", "inhibited", "flapping"}) {
    if (flag(alert, why)) {
      state += std::string(", ") + why;
    }
  }
  return state;
}

std::string age(const json::value& object, std::string_view name, model::WallTime now) {
  const auto at = instant(object, name);
  return at ? model::humanDuration(std::max(now - *at, model::Milliseconds{0})) : "";
}

std::string outboxLine(const json::value& queue) {
  std::string line = text(queue, "notifier") + ": ";
  if (const std::string off = text(queue, "switchedOff"); !off.empty()) {
    return line + "switched off by its receiver (" + off + ")\n";
  }
  return line + text(queue, "waiting") + " waiting, " + text(queue, "dropped") + " dropped\n";
}

bool worthALine(const json::value& queue) {
  return number(queue, "waiting") > 0 || number(queue, "dropped") > 0 ||
         !text(queue, "switchedOff").empty();
}

}  // namespace

std::string alertTable(const json::value& answer, model::WallTime now) {
  Table table({"ALERT", "SEVERITY", "STATE", "SUBJECT", "AGE", "MESSAGE"});
  for (const json::value& alert : list(answer, "alerts")) {
    table.add({text(alert, "alert"), text(alert, "severity"), stateOf(alert), subjectOf(alert),
               age(alert, "startsAt", now), text(alert, "message")});
  }
  std::string out = table.empty() ? "no alerts\n" : table.render();
  for (const json::value& queue : list(answer, "outbox")) {
    if (worthALine(queue)) {
      out += outboxLine(queue);
    }
  }
  return out;
}

std::string silenceTable(const json::value& answer, model::WallTime now) {
  Table table({"ID", "MATCH", "ENDS IN", "COMMENT"});
  for (const json::value& silence : list(answer, "silences")) {
    const auto ends = instant(silence, "endsAt");
    table.add({text(silence, "id"), text(silence, "match"),
               ends ? model::humanDuration(std::max(*ends - now, model::Milliseconds{0})) : "",
               text(silence, "comment")});
  }
  return table.empty() ? "no silences\n" : table.render();
}

std::string deadLetterTable(const json::value& answer, model::WallTime now) {
  Table table({"NUMBER", "NOTIFIER", "ALERTS", "AGE", "ATTEMPTS", "WHY"});
  for (const json::value& letter : list(answer, "deadLetters")) {
    const auto& alerts = list(letter, "alerts");
    std::string what = text(letter, "title");
    if (!alerts.empty()) {
      what = text(alerts.front(), "alert") + " " + subjectOf(alerts.front());
    }
    if (alerts.size() > 1) {
      what += " and " + std::to_string(alerts.size() - 1) + " more";
    }
    table.add({text(letter, "number"), text(letter, "notifier"), std::move(what),
               age(letter, "queuedAt", now), text(letter, "attempts"), text(letter, "why")});
  }
  return table.empty() ? "no dead letters\n" : table.render();
}

}  // namespace holdfast::cli
