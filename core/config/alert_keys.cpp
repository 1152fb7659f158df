// SPDX-License-Identifier: Apache-2.0
#include "config/alert_keys.hpp"

#include "config/words.hpp"
#include "model/alert_matcher.hpp"
#include "model/nearest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <vector>

namespace holdfast::config {
namespace {

constexpr std::string_view kPrefix = "alert.route.";
constexpr int kMaxNumber = 999;

constexpr std::array<std::string_view, 8> kOptions{
    "match",          "to",           "groupBy", "groupWait", "groupInterval",
    "repeatInterval", "sendResolved", "continue"};
constexpr std::array<std::string_view, 5> kGroupFields{"type", "app", "service", "runtime",
                                                       "severity"};

struct Range {
  std::string_view option;
  Milliseconds RouteSettings::*member;
  Milliseconds least;
  Milliseconds most;
};

// A short interval makes storms of messages, and false pairs of ends and begins.
constexpr std::array<Range, 3> kDurations{
    {{"groupWait", &RouteSettings::groupWait, std::chrono::seconds{0}, std::chrono::hours{1}},
     {"groupInterval", &RouteSettings::groupInterval, std::chrono::seconds{10},
      std::chrono::hours{24}},
     {"repeatInterval", &RouteSettings::repeatInterval, std::chrono::minutes{1},
      std::chrono::hours{24 * 30}}}};

template <class Words>
std::string join(const Words& words) {
  std::string text;
  for (const auto& word : words) {
    text.append(text.empty() ? "" : ", ").append(word);
  }
  return text;
}

// Nothing for an empty part.
std::optional<std::vector<std::string>> listOf(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const auto comma = text.find(',');
    parts.emplace_back(trim(text.substr(0, comma)));
    if (parts.back().empty()) {
      return std::nullopt;
    }
    if (comma == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(comma + 1);
  }
}

std::string assignTo(std::string_view value, RouteSettings& route) {
  const auto names = listOf(value);
  if (!names || !std::all_of(names->begin(), names->end(), isPluginName)) {
    return "expected names of receivers (notifier.<name>.plugin), separated by commas";
  }
  route.to = *names;
  return {};
}

std::string assignGroupBy(std::string_view value, RouteSettings& route) {
  route.groupBy.clear();
  if (trim(value) == "none") {
    return {};
  }
  const auto fields = listOf(value);
  for (const auto& field : fields.value_or(std::vector<std::string>{""})) {
    if (std::find(kGroupFields.begin(), kGroupFields.end(), field) == kGroupFields.end()) {
      return "expected none (one group for all) or some of " + join(kGroupFields) +
             ", separated by commas";
    }
  }
  route.groupBy = *fields;
  return {};
}

std::string assignDuration(const Range& range, std::string_view value, RouteSettings& route) {
  const auto duration = model::parseDuration(trim(value));
  if (!duration || *duration < range.least || *duration > range.most) {
    return "expected duration from " + model::formatDuration(range.least) + " to " +
           model::formatDuration(range.most) + " (500ms, 30s, 5m, 1h, 2d)";
  }
  route.*range.member = *duration;
  return {};
}

std::string assignFlag(std::string_view value, bool& flag) {
  const auto word = trim(value);
  if (word != "true" && word != "false") {
    return "expected true or false";
  }
  flag = word == "true";
  return {};
}

std::string assignOption(std::string_view option, std::string_view value, RouteSettings& route) {
  if (option == "match") {
    auto parsed = model::AlertMatcher::parse(value);
    route.match = std::move(parsed.matcher);
    return parsed.problem.empty() ? "" : "expected a matcher (docs/alerting.md): " + parsed.problem;
  }
  if (option == "to") {
    return assignTo(value, route);
  }
  if (option == "groupBy") {
    return assignGroupBy(value, route);
  }
  if (option == "sendResolved") {
    return assignFlag(value, route.sendResolved);
  }
  if (option == "continue") {
    return assignFlag(value, route.goesOn);
  }
  const auto* range = std::find_if(kDurations.begin(), kDurations.end(),
                                   [option](const Range& one) { return one.option == option; });
  if (range != kDurations.end()) {
    return assignDuration(*range, value, route);
  }
  const auto near = model::nearest(option, kOptions);
  return "a route has no option '" + std::string(option) +
         (near.empty() ? "'; expected one of " + join(kOptions) : "'; did you mean " + near + "?");
}

}  // namespace

bool isRouteKey(std::string_view key) {
  return key.starts_with(kPrefix);
}

std::string assignRouteKey(std::string_view key, std::string_view value,
                           std::map<int, RouteSettings>& routes) {
  const std::string_view rest = key.substr(kPrefix.size());
  const auto dot = rest.find('.');
  const std::string_view digits = rest.substr(0, dot);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (dot == std::string_view::npos || error != std::errc{} ||
      end != digits.data() + digits.size() || number < 1 || number > kMaxNumber ||
      std::to_string(number) != digits) {
    return "expected alert.route.<number>.<option>, <number> from 1 to " +
           std::to_string(kMaxNumber) + " giving the order";
  }
  return assignOption(rest.substr(dot + 1), value, routes[number]);
}

std::string routeHelp() {
  return "Which alerts go to which receivers. Routes are tried in the order of their numbers; the "
         "first that matches wins unless it says continue. Without any route everything goes to "
         "every receiver. Options of alert.route.<number>: match (severity>=error, type=, app=, "
         "service=; several separated by commas all have to hold; absent: every alert), to "
         "(receivers, separated by commas), groupBy (none or some of " +
         join(kGroupFields) +
         "; app), groupWait (10s), groupInterval (2m), repeatInterval (4h), sendResolved (true), "
         "continue (false). docs/alerting.md has the whole with examples. Changes apply on reload.";
}

}  // namespace holdfast::config
