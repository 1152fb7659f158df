// SPDX-License-Identifier: Apache-2.0
#include "alerts/summary_report.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace holdfast::alerts {
namespace {

namespace json = boost::json;

using model::Milliseconds;
using model::toRfc3339;

// Less is the ordinary way of a thread that was busy.
constexpr Milliseconds kLate = std::chrono::minutes{10};

std::string counted(std::int64_t count, const char* one, const char* more) {
  return std::to_string(count) + " " + (count == 1 ? one : more);
}

std::string failuresText(int failures) {
  return counted(failures, "failure", "failures");
}

std::string restartsText(int restarts) {
  return counted(restarts, "restart", "restarts");
}

std::string periodLine(const SummaryReport& report) {
  std::string line = report.from <= report.to
                         ? "from " + toRfc3339(report.from) + " to " + toRfc3339(report.to) + " (" +
                               model::humanDuration(report.to - report.from) + ")"
                         : "until " + toRfc3339(report.to) + "; the clock was set back meanwhile";
  if (report.to - report.due >= kLate) {
    line += "; due at " + toRfc3339(report.due) + ", when the agent was not running or its clock " +
            "was not set";
  }
  return line;
}

std::string lineOf(const SummaryReport::Failing& failing) {
  std::string line = "failing: " + failing.name + " for " + model::humanDuration(failing.lasting) +
                     ", " + failuresText(failing.failures) + " and " +
                     restartsText(failing.restarts) + " in the period";
  if (!failing.what.empty())
    line += ": " + failing.what;
  return line;
}

std::string lineOf(const SummaryReport::Healed& healed) {
  if (healed.failures == 0)
    return "restarted: " + healed.name + ", " + restartsText(healed.restarts);
  std::string line = "healed: " + healed.name + ", " + failuresText(healed.failures) + " and " +
                     restartsText(healed.restarts);
  line += healed.failures == 1
              ? " at " + toRfc3339(healed.first)
              : " between " + toRfc3339(healed.first) + " and " + toRfc3339(healed.last);
  if (!healed.cause.empty()) {
    line += healed.failures == healed.causeCount
                ? ": " + healed.cause
                : "; " + std::to_string(healed.causeCount) + " times: " + healed.cause;
  }
  return line;
}

template <class Row>
void addLines(const std::vector<Row>& rows, int leftOut, const char* what,
              std::vector<std::string>& lines) {
  const std::size_t shown = std::min(rows.size(), kMaxReportedInText);
  for (std::size_t at = 0; at < shown; ++at)
    lines.push_back(lineOf(rows[at]));
  const std::size_t more = rows.size() - shown + static_cast<std::size_t>(leftOut);
  if (more > 0)
    lines.push_back(std::string(what) + ": " + std::to_string(more) + " more");
}

json::object toJson(const SummaryReport::Failing& failing) {
  return {{"name", failing.name},
          {"since", toRfc3339(failing.since)},
          {"durationSeconds", std::chrono::floor<std::chrono::seconds>(failing.lasting).count()},
          {"failures", failing.failures},
          {"restarts", failing.restarts},
          {"message", failing.what}};
}

json::object toJson(const SummaryReport::Healed& healed) {
  json::object object{
      {"name", healed.name}, {"failures", healed.failures}, {"restarts", healed.restarts}};
  if (healed.failures > 0) {
    object["first"] = toRfc3339(healed.first);
    object["last"] = toRfc3339(healed.last);
    object["topCause"] = healed.cause;
    object["topCauseCount"] = healed.causeCount;
  }
  return object;
}

template <class Row>
json::array arrayOf(const std::vector<Row>& rows) {
  json::array array;
  for (const Row& row : rows)
    array.push_back(toJson(row));
  return array;
}

}  // namespace

bool SummaryReport::empty() const {
  return failing.empty() && healed.empty() && restarts == 0 && pulls == 0 && failedPulls == 0;
}

std::string titleOf(const SummaryReport& report) {
  const auto failing = static_cast<std::int64_t>(report.failing.size()) + report.failingLeftOut;
  const auto healed = std::count_if(report.healed.begin(), report.healed.end(),
                                    [](const auto& row) { return row.failures > 0; }) +
                      report.healedLeftOut;
  const std::string title = "Daily summary: ";
  if (failing == 0 && healed == 0)
    return title + "nothing is failing";
  return title + std::to_string(failing) + " failing, " + std::to_string(healed) +
         " failed and healed";
}

std::vector<std::string> linesOf(const SummaryReport& report) {
  std::vector<std::string> lines{periodLine(report)};
  addLines(report.failing, report.failingLeftOut, "failing", lines);
  addLines(report.healed, report.healedLeftOut, "healed or restarted", lines);
  lines.push_back(restartsText(report.restarts) + ", " +
                  counted(report.pulls, "image pulled", "images pulled") + ", " +
                  counted(report.failedPulls, "failed pull", "failed pulls"));
  return lines;
}

json::object toJson(const SummaryReport& report) {
  return {
      {"from", toRfc3339(report.from)},   {"to", toRfc3339(report.to)},
      {"due", toRfc3339(report.due)},     {"failing", arrayOf(report.failing)},
      {"healed", arrayOf(report.healed)}, {"leftOut", report.failingLeftOut + report.healedLeftOut},
      {"restarts", report.restarts},      {"pulls", report.pulls},
      {"failedPulls", report.failedPulls}};
}

}  // namespace holdfast::alerts
