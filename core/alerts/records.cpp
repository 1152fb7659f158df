// SPDX-License-Identifier: Apache-2.0
#include "alerts/records.hpp"

#include "model/stored_json.hpp"

namespace holdfast::alerts {
namespace {

struct Form {
  // We wrote the text ourselves: this is only against damage.
  static constexpr std::size_t kMaxBytes = 4u * 1024 * 1024;
};

void members(auto& visit, model::AlertSubject& subject) {
  visit("appId", subject.appId);
  visit("appName", subject.appName);
  visit("service", subject.service);
  visit("runtime", subject.runtime);
  visit("ladder", subject.ladder);
  visit("probe", subject.probe);
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
  visit("until", silence.until);
  visit("bootId", silence.bootId);
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
  visit("firstQueued", entry.firstQueued);
  visit("queued", entry.queued);
  visit("bootId", entry.bootId);
}

void members(auto& visit, DeadLetter& letter) {
  visit("entry", letter.entry);
  visit("why", letter.why);
  visit("at", letter.at);
  visit("order", letter.order);
}

constexpr model::StoredRange rangeOf(Form, model::AlertType) {
  return {model::AlertType::ImagePullFailed, model::AlertType::ProbeFailed};
}
constexpr model::StoredRange rangeOf(Form, model::AlertState) {
  return {model::AlertState::Pending, model::AlertState::Resolved};
}
constexpr model::StoredRange rangeOf(Form, sdk::Severity) {
  return {sdk::Severity::Info, sdk::Severity::Critical};
}
constexpr model::StoredRange rangeOf(Form, sdk::NotificationState) {
  return {sdk::NotificationState::Firing, sdk::NotificationState::Informational};
}
constexpr model::StoredRange rangeOf(Form, Reason) {
  return {Reason::New, Reason::Summary};
}

}  // namespace

std::string toText(const KeptAlert& alert) {
  return model::storedText<Form>(alert);
}
std::string toText(const KeptGroup& group) {
  return model::storedText<Form>(group);
}
std::string toText(const Silence& silence) {
  return model::storedText<Form>(silence);
}
std::string toText(const OutboxEntry& entry) {
  return model::storedText<Form>(entry);
}
std::string toText(const DeadLetter& letter) {
  return model::storedText<Form>(letter);
}
std::string toText(const KeptPeriod& period) {
  return model::storedText<Form>(period);
}
std::string toText(const Trouble& trouble) {
  return model::storedText<Form>(trouble);
}

std::optional<KeptAlert> keptAlertOf(const std::string& text) {
  return model::readStored<Form, KeptAlert>(text);
}
std::optional<KeptGroup> keptGroupOf(const std::string& text) {
  return model::readStored<Form, KeptGroup>(text);
}
std::optional<Silence> silenceOf(const std::string& text) {
  return model::readStored<Form, Silence>(text);
}
std::optional<OutboxEntry> outboxEntryOf(const std::string& text) {
  return model::readStored<Form, OutboxEntry>(text);
}
std::optional<DeadLetter> deadLetterOf(const std::string& text) {
  return model::readStored<Form, DeadLetter>(text);
}
std::optional<KeptPeriod> keptPeriodOf(const std::string& text) {
  return model::readStored<Form, KeptPeriod>(text);
}
std::optional<Trouble> troubleOf(const std::string& text) {
  return model::readStored<Form, Trouble>(text);
}

}  // namespace holdfast::alerts
