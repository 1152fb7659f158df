// SPDX-License-Identifier: Apache-2.0
// Each type has one list of its members, `members`, which writes and reads: a member cannot be in
// one direction only. Instants of the monotonic clock are not kept.
#include "alerts/records.hpp"

#include "model/json_text.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <type_traits>
#include <utility>
#include <vector>

namespace holdfast::alerts {
namespace {

namespace json = boost::json;

// We wrote the text ourselves: this is only against damage.
constexpr std::size_t kMaxStored = 4u * 1024 * 1024;

void members(auto& visit, model::AlertSubject& subject) {
  visit("appId", subject.appId);
  visit("appName", subject.appName);
  visit("service", subject.service);
  visit("runtime", subject.runtime);
  visit("ladder", subject.ladder);
  visit("plugin", subject.plugin);
  visit("notifier", subject.notifier);
}

void members(auto& visit, model::AlertFacts& facts) {
  visit("severity", facts.severity);
  visit("image", facts.image);
  visit("reason", facts.reason);
  visit("message", facts.message);
  visit("class", facts.errorClass);
  visit("retryCount", facts.retryCount);
  visit("maxRetries", facts.maxRetries);
  visit("nextRetry", facts.nextRetry);
  visit("exitCode", facts.exitCode);
  visit("count", facts.count);
}

void members(auto& visit, model::Alert& alert) {
  visit("type", alert.type);
  visit("state", alert.state);
  visit("subject", alert.subject);
  visit("facts", alert.facts);
  visit("startsAt", alert.startsAt);
  visit("endsAt", alert.endsAt);
  visit("lasted", alert.lasted);
}

void members(auto& visit, KeptAlert& kept) {
  visit("alert", kept.alert);
  visit("episode", kept.episode);
}

void members(auto& visit, KeptGroup& group) {
  visit("notifier", group.notifier);
  visit("id", group.id);
  visit("route", group.route);
  visit("told", group.told);
  visit("over", group.over);
}

void members(auto& visit, Silence& silence) {
  visit("id", silence.id);
  visit("match", silence.match);
  visit("comment", silence.comment);
  visit("createdAt", silence.createdAt);
  visit("endsAt", silence.endsAt);
}

void members(auto& visit, SummaryReport::Failing& failing) {
  visit("name", failing.name);
  visit("since", failing.since);
  visit("lasting", failing.lasting);
  visit("failures", failing.failures);
  visit("restarts", failing.restarts);
  visit("what", failing.what);
}

void members(auto& visit, SummaryReport::Healed& healed) {
  visit("name", healed.name);
  visit("failures", healed.failures);
  visit("restarts", healed.restarts);
  visit("first", healed.first);
  visit("last", healed.last);
  visit("cause", healed.cause);
  visit("causeCount", healed.causeCount);
}

void members(auto& visit, SummaryReport& report) {
  visit("from", report.from);
  visit("to", report.to);
  visit("due", report.due);
  visit("failing", report.failing);
  visit("healed", report.healed);
  visit("failingLeftOut", report.failingLeftOut);
  visit("healedLeftOut", report.healedLeftOut);
  visit("restarts", report.restarts);
  visit("pulls", report.pulls);
  visit("failedPulls", report.failedPulls);
}

void members(auto& visit, KeptPeriod& period) {
  visit("from", period.from);
  visit("slot", period.slot);
  visit("pulls", period.pulls);
  visit("failedPulls", period.failedPulls);
}

void members(auto& visit, Cause& cause) {
  visit("text", cause.text);
  visit("count", cause.count);
}

void members(auto& visit, Trouble& trouble) {
  visit("key", trouble.key);
  visit("name", trouble.name);
  visit("failing", trouble.failing);
  visit("since", trouble.since);
  visit("what", trouble.what);
  visit("failures", trouble.failures);
  visit("restarts", trouble.restarts);
  visit("first", trouble.first);
  visit("last", trouble.last);
  visit("causes", trouble.causes);
  visit("seen", trouble.seen);
  visit("restartsSeen", trouble.restartsSeen);
}

void members(auto& visit, Notice& notice) {
  visit("notifier", notice.notifier);
  visit("group", notice.group);
  visit("reason", notice.reason);
  visit("state", notice.state);
  visit("at", notice.at);
  visit("alerts", notice.alerts);
  visit("title", notice.title);
  visit("lines", notice.lines);
  visit("report", notice.report);
  visit("services", notice.services);
  visit("failing", notice.failing);
}

void members(auto& visit, OutboxEntry& entry) {
  visit("number", entry.number);
  visit("id", entry.id);
  visit("notice", entry.notice);
  visit("attempts", entry.attempts);
  visit("notFound", entry.notFound);
  visit("waited", entry.waited);
  visit("firstQueuedAt", entry.firstQueuedAt);
  visit("queuedAt", entry.queuedAt);
}

void members(auto& visit, DeadLetter& letter) {
  visit("entry", letter.entry);
  visit("why", letter.why);
  visit("at", letter.at);
}

// Enumerations are stored as their numbers: new values are appended, never put in between.
template <class Enum>
constexpr int kFirstOf = 0;
template <>
constexpr int kFirstOf<sdk::Severity> = static_cast<int>(sdk::Severity::Info);
template <>
constexpr int kFirstOf<sdk::NotificationState> = static_cast<int>(sdk::NotificationState::Firing);

template <class Enum>
constexpr int kLastOf = -1;
template <>
constexpr int kLastOf<model::AlertType> = static_cast<int>(model::AlertType::DailySummary);
template <>
constexpr int kLastOf<model::AlertState> = static_cast<int>(model::AlertState::Resolved);
template <>
constexpr int kLastOf<sdk::Severity> = static_cast<int>(sdk::Severity::Critical);
template <>
constexpr int kLastOf<sdk::NotificationState> =
    static_cast<int>(sdk::NotificationState::Informational);
template <>
constexpr int kLastOf<Reason> = static_cast<int>(Reason::Summary);

class Writer {
 public:
  template <class Value>
  void operator()(std::string_view name, Value& value) {
    object_[name] = write(value);
  }

  template <class Struct>
  static json::value write(Struct& value) {
    Writer writer;
    members(writer, value);
    return std::move(writer.object_);
  }
  static json::value write(std::string& value) { return json::string(value); }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  static json::value write(Number& value) { return std::int64_t{value}; }
  template <class Enum>
  requires std::is_enum_v<Enum>
  static json::value write(Enum& value) { return static_cast<int>(value); }
  static json::value write(model::Milliseconds& value) { return std::int64_t{value.count()}; }
  static json::value write(model::WallTime& value) {
    return std::int64_t{value.time_since_epoch().count()};
  }
  static json::value write(model::AlertMatcher& value) { return json::string(value.text()); }
  template <class Value>
  static json::value write(std::optional<Value>& value) {
    return value ? write(*value) : json::value(nullptr);
  }
  template <class Value>
  static json::value write(std::vector<Value>& values) {
    json::array array;
    for (auto& value : values)
      array.push_back(write(value));
    return array;
  }
  template <class Value>
  static json::value write(std::map<std::string, Value>& values) {
    json::object object;
    for (auto& [name, value] : values)
      object[name] = write(value);
    return object;
  }

 private:
  json::object object_;
};

// A member that is absent keeps its default: an older agent wrote the text. One of another type
// makes the whole unusable.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}

  template <class Value>
  void operator()(std::string_view name, Value& value) {
    const auto* found = object_.if_contains(name);
    good_ = good_ && (found == nullptr || read(*found, value));
  }

  template <class Struct>
  static bool read(const json::value& from, Struct& value) {
    if (!from.is_object())
      return false;
    Reader reader(from.get_object());
    members(reader, value);
    return reader.good_;
  }
  static bool read(const json::value& from, std::string& value) {
    if (const auto* text = from.if_string())
      value = std::string(*text);
    return from.is_string();
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  static bool read(const json::value& from, Number& value) {
    const auto* number = from.if_int64();
    if (number == nullptr || *number < std::int64_t{std::numeric_limits<Number>::min()} ||
        *number > std::int64_t{std::numeric_limits<Number>::max()})
      return false;
    value = static_cast<Number>(*number);
    return true;
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  static bool read(const json::value& from, Enum& value) {
    const auto* number = from.if_int64();
    if (number == nullptr || *number < kFirstOf<Enum> || *number > kLastOf<Enum>)
      return false;
    value = static_cast<Enum>(*number);
    return true;
  }
  static bool read(const json::value& from, model::Milliseconds& value) {
    const auto* number = from.if_int64();
    if (number != nullptr)
      value = model::Milliseconds{*number};
    return number != nullptr;
  }
  static bool read(const json::value& from, model::WallTime& value) {
    model::Milliseconds since{};
    const bool good = read(from, since);
    value = model::WallTime{since};
    return good;
  }
  static bool read(const json::value& from, model::AlertMatcher& value) {
    std::string text;
    if (!read(from, text))
      return false;
    auto parsed = model::AlertMatcher::parse(text);
    value = std::move(parsed.matcher);
    return parsed.problem.empty();
  }
  template <class Value>
  static bool read(const json::value& from, std::optional<Value>& value) {
    value.reset();
    return from.is_null() || read(from, value.emplace());
  }
  template <class Value>
  static bool read(const json::value& from, std::vector<Value>& values) {
    if (!from.is_array())
      return false;
    values.clear();
    for (const auto& element : from.get_array()) {
      if (!read(element, values.emplace_back()))
        return false;
    }
    return true;
  }
  template <class Value>
  static bool read(const json::value& from, std::map<std::string, Value>& values) {
    if (!from.is_object())
      return false;
    values.clear();
    for (const auto& [name, element] : from.get_object()) {
      if (!read(element, values[std::string(name)]))
        return false;
    }
    return true;
  }

 private:
  const json::object& object_;
  bool good_ = true;
};

template <class Kept>
std::string textOf(Kept kept) {  // by value: the one list of members serves reading, too
  return json::serialize(Writer::write(kept));
}

template <class Kept>
std::optional<Kept> keptOf(const std::string& text) {
  const auto read = model::readJson(text, {.bytes = kMaxStored, .stringBytes = kMaxStored});
  Kept kept;
  if (!read.value || !Reader::read(*read.value, kept))
    return std::nullopt;
  return kept;
}

}  // namespace

std::string toText(const KeptAlert& alert) {
  return textOf(alert);
}
std::string toText(const KeptGroup& group) {
  return textOf(group);
}
std::string toText(const Silence& silence) {
  return textOf(silence);
}
std::string toText(const OutboxEntry& entry) {
  return textOf(entry);
}
std::string toText(const DeadLetter& letter) {
  return textOf(letter);
}
std::string toText(const KeptPeriod& period) {
  return textOf(period);
}
std::string toText(const Trouble& trouble) {
  return textOf(trouble);
}

std::optional<KeptAlert> keptAlertOf(const std::string& text) {
  return keptOf<KeptAlert>(text);
}
std::optional<KeptGroup> keptGroupOf(const std::string& text) {
  return keptOf<KeptGroup>(text);
}
std::optional<Silence> silenceOf(const std::string& text) {
  return keptOf<Silence>(text);
}
std::optional<OutboxEntry> outboxEntryOf(const std::string& text) {
  return keptOf<OutboxEntry>(text);
}
std::optional<DeadLetter> deadLetterOf(const std::string& text) {
  return keptOf<DeadLetter>(text);
}
std::optional<KeptPeriod> keptPeriodOf(const std::string& text) {
  return keptOf<KeptPeriod>(text);
}
std::optional<Trouble> troubleOf(const std::string& text) {
  return keptOf<Trouble>(text);
}

}  // namespace holdfast::alerts
