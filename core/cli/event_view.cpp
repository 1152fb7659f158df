// SPDX-License-Identifier: Apache-2.0
#include "cli/event_view.hpp"

#include "cli/json_view.hpp"
#include "cli/service_words.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace holdfast::cli {
namespace json = boost::json;
namespace {

// "monitoring/nodered"; "agent" for what is no service's.
std::string objectOf(const json::value& event) {
  std::string app = text(event, "appName");
  if (app.empty()) {
    app = text(event, "app");
  }
  const std::string service = text(event, "service");
  if (app.empty()) {
    return "agent";
  }
  return service.empty() ? app : app + "/" + service;
}

void pad(std::string& line, std::size_t column) {
  const std::size_t width = displayWidth(line);
  line.append(width < column ? column - width : 1, ' ');
}

}  // namespace

std::string eventAge(const json::value& event, model::WallTime now) {
  const auto last = instant(event, "lastTimestamp");
  const auto first = instant(event, "firstTimestamp");
  if (!last) {
    return "<unknown>";
  }
  const std::int64_t count = number(event, "count", 1);
  if (count < 2 || !first) {
    return age(*last, now);
  }
  return age(*last, now) + " (x" + std::to_string(count) + " over " + age(*first, now) + ")";
}

std::string eventTable(const json::array& events, model::WallTime now) {
  Table table({"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"});
  for (const json::value& event : events) {
    table.add({eventAge(event, now), text(event, "type"), text(event, "reason"), objectOf(event),
               text(event, "message")});
  }
  return table.render();
}

std::string eventLine(const json::value& event) {
  std::string line = text(event, "lastTimestamp");
  pad(line, 26);
  line += text(event, "type");
  pad(line, 35);
  line += text(event, "reason");
  pad(line, 54);
  line += objectOf(event);
  pad(line, 80);
  line += text(event, "message");
  if (const std::int64_t count = number(event, "count", 1); count > 1) {
    line += " (x" + std::to_string(count) + ")";
  }
  return line + "\n";
}

std::string serviceEvents(const json::array& events, model::WallTime now, std::string_view indent) {
  Table table({"TYPE", "REASON", "AGE", "MESSAGE"});
  for (const json::value& event : events) {
    table.add(
        {text(event, "type"), text(event, "reason"), eventAge(event, now), text(event, "message")});
  }
  return table.render(indent);
}

}  // namespace holdfast::cli
