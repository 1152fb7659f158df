// SPDX-License-Identifier: Apache-2.0
#include "model/alert_matcher.hpp"

#include "model/nearest.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace holdfast::model {
namespace {

constexpr std::size_t kMaxText = 1'024;
constexpr std::size_t kMaxConditions = 16;

constexpr std::array<std::string_view, 7> kFields{"severity", "type",   "app",     "service",
                                                  "runtime",  "plugin", "notifier"};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Including empty parts.
std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

template <class Words>
std::string join(const Words& words) {
  std::string text;
  for (const auto& one : words) {
    text.append(text.empty() ? "" : ", ").append(one);
  }
  return text;
}

// "'severty' is no field; did you mean 'severity'? Known: ..."
template <class Words>
std::string unknown(std::string_view found, const char* what, const Words& known) {
  std::string text = "'" + std::string(found.substr(0, 64)) + "' is no " + what;
  const std::string hint = nearest(found, known);
  if (!hint.empty())
    text += "; did you mean '" + hint + "'?";
  return text + (hint.empty() ? "; known: " : " Known: ") + join(known);
}

bool isOperator(char c) {
  return c == '=' || c == '!' || c == '<' || c == '>';
}

std::string valueProblem(std::string_view field, std::string_view value) {
  if (value.empty())
    return "'" + std::string(field) + "' is compared with nothing; expected a value";
  if (field == "severity" && !severityOf(value))
    return unknown(value, "severity", kSeverityWords);
  if (field == "type" && !alertTypeOf(value))
    return unknown(value, "alert type", kAlertTypeWords);
  return {};
}

bool fieldIs(const std::string& field, const Alert& alert, const std::string& value) {
  if (field == "severity")
    return word(alert.facts.severity) == value;
  if (field == "type")
    return word(alert.type) == value;
  if (field == "app")
    return alert.subject.appId == value || alert.subject.appName == value;
  if (field == "service")
    return alert.subject.service == value;
  if (field == "runtime")
    return alert.subject.runtime == value;
  if (field == "plugin")
    return alert.subject.plugin == value;
  return alert.subject.notifier == value;
}

}  // namespace

AlertMatcher::Parsed AlertMatcher::parse(std::string_view text) {
  Parsed parsed;
  text = trimmed(text);
  if (text.empty())
    return parsed;
  if (text.size() > kMaxText) {
    parsed.problem = "a matcher has at most " + std::to_string(kMaxText) + " characters";
    return parsed;
  }
  for (const std::string_view part : split(text, ',')) {
    Condition condition;
    parsed.problem = readCondition(part, condition);
    if (parsed.problem.empty() && parsed.matcher.conditions_.size() == kMaxConditions) {
      parsed.problem = "a matcher has at most " + std::to_string(kMaxConditions) + " conditions";
    }
    if (!parsed.problem.empty()) {
      parsed.matcher = AlertMatcher();
      return parsed;
    }
    parsed.matcher.conditions_.push_back(std::move(condition));
  }
  parsed.matcher.text_ = std::string(text);
  return parsed;
}

std::string AlertMatcher::readCondition(std::string_view text, Condition& condition) {
  static constexpr std::array<std::pair<std::string_view, Operator>, 6> kOperators{
      {{"=", Operator::Equal},
       {"!=", Operator::NotEqual},
       {">=", Operator::AtLeast},
       {"<=", Operator::AtMost},
       {">", Operator::Above},
       {"<", Operator::Below}}};
  const auto* begin = std::find_if(text.begin(), text.end(), isOperator);
  const auto* end = std::find_if_not(begin, text.end(), isOperator);
  if (begin == text.end()) {
    return "'" + std::string(text.substr(0, 64)) +
           "' is no condition; expected FIELD=VALUE or severity>=VALUE";
  }
  condition.field = trimmed(std::string_view(text.begin(), begin));
  if (std::find(kFields.begin(), kFields.end(), condition.field) == kFields.end())
    return unknown(condition.field, "field", kFields);

  const std::string_view sign(begin, end);
  const auto* known = std::find_if(kOperators.begin(), kOperators.end(),
                                   [sign](const auto& item) { return item.first == sign; });
  const bool ordered = condition.field == "severity";
  if (known == kOperators.end() ||
      (!ordered && known->second != Operator::Equal && known->second != Operator::NotEqual)) {
    return "'" + condition.field + "' cannot be compared by '" + std::string(sign.substr(0, 8)) +
           "'; expected " + (ordered ? "=, !=, >=, <=, > or <" : "= or !=");
  }
  condition.is = known->second;
  for (const std::string_view value : split(std::string_view(end, text.end()), '|')) {
    if (std::string problem = valueProblem(condition.field, value); !problem.empty())
      return problem;
    condition.values.emplace_back(value);
  }
  const bool one = condition.is == Operator::Equal || condition.is == Operator::NotEqual;
  return one || condition.values.size() == 1 ? std::string()
                                             : "an order is compared with one severity only";
}

bool AlertMatcher::holds(const Condition& condition, const Alert& alert) {
  const auto equal = [&] {
    return std::any_of(
        condition.values.begin(), condition.values.end(),
        [&](const std::string& value) { return fieldIs(condition.field, alert, value); });
  };
  const auto severity = alert.facts.severity;
  const auto limit = [&] { return *severityOf(condition.values.front()); };
  switch (condition.is) {
    case Operator::Equal:
      return equal();
    case Operator::NotEqual:
      return !equal();
    case Operator::AtLeast:
      return severity >= limit();
    case Operator::AtMost:
      return severity <= limit();
    case Operator::Above:
      return severity > limit();
    case Operator::Below:
      return severity < limit();
  }
  return false;
}

bool AlertMatcher::matches(const Alert& alert) const {
  return std::all_of(conditions_.begin(), conditions_.end(),
                     [&alert](const Condition& condition) { return holds(condition, alert); });
}

}  // namespace holdfast::model
