// SPDX-License-Identifier: Apache-2.0
#include "alerts/summary.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::alerts {
namespace {

using model::Alert;
using model::AlertState;
using model::BootTime;
using model::Now;
using model::WallTime;

// The zone is asked for again after this time: somebody may have moved the device.
constexpr model::Milliseconds kZoneHolds = std::chrono::hours{1};

BootTime bootOf(WallTime at, const Now& now) {
  return now.boot + (at - now.wall);
}

// The earliest alert that fires for each service, by the service's key.
std::map<std::string, const Alert*> firingByService(const AlertMap& alerts) {
  std::map<std::string, const Alert*> firing;
  for (const auto& [id, alert] : alerts) {
    if (alert.state != AlertState::Firing || alert.subject.service.empty())
      continue;
    const auto [at, isNew] =
        firing.emplace(alert.subject.appId + "/" + alert.subject.service, &alert);
    if (!isNew && alert.startsAt < at->second->startsAt)
      at->second = &alert;
  }
  return firing;
}

Condition conditionOf(const engine::ServiceView& view, const Alert* alert) {
  const auto& status = view.status;
  Condition condition;
  condition.key = view.key;
  condition.name =
      (status.appName.empty() ? status.appId : status.appName) + "/" + status.serviceName;
  condition.restartCount = status.restartCount;
  const bool error = status.serviceStatus == model::ServiceStatusWord::Error;
  condition.failing = error || alert != nullptr;
  if (alert != nullptr) {
    condition.since = alert->startsAt;
    condition.what = alert->facts.message;
  }
  if (status.error) {
    condition.since =
        alert == nullptr ? status.error->since : std::min(alert->startsAt, status.error->since);
    condition.what = status.error->message;
  }
  for (const retry::Entry& entry : view.ledger) {
    condition.failures.emplace(entry.key.substr(0, entry.key.find(':')),
                               Condition::Failure{entry.timestamp, entry.latest.message});
  }
  return condition;
}

}  // namespace

std::vector<Condition> conditionsOf(const engine::Snapshot& snapshot, const AlertMap& alerts) {
  std::vector<Condition> conditions;
  const auto firing = firingByService(alerts);
  for (const engine::ServiceView& view : snapshot.services) {
    const auto alert = firing.find(view.key);
    conditions.push_back(conditionOf(view, alert == firing.end() ? nullptr : alert->second));
  }
  for (const auto& [id, alert] : alerts) {
    if (alert.state != AlertState::Firing || !alert.subject.service.empty())
      continue;
    Condition condition;
    condition.key = "alert/" + id;
    condition.name = std::string(model::word(alert.type)) + " " + model::subjectText(alert.subject);
    condition.failing = true;
    condition.since = alert.startsAt;
    condition.what = alert.facts.message;
    condition.failures.emplace("alert", Condition::Failure{alert.startsAt, alert.facts.message});
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

DailySummary::DailySummary(SummarySettings settings) : settings_(std::move(settings)) {}

void DailySummary::reconfigure(SummarySettings settings) {
  settings_ = std::move(settings);
  cached_.reset();
  if (settings_.at)
    return;
  period_.reset();
  slotAt_.reset();
  book_.clear();
}

void DailySummary::restore(const std::optional<KeptPeriod>& period, std::vector<Trouble> troubles,
                           const Now& now) {
  startedAt_ = now.boot;
  stored_ = period;
  book_.restore(std::move(troubles), now);
  if (settings_.at && period) {
    period_ = period;
  } else {
    book_.clear();
  }
}

void DailySummary::begin(const Now& now) {
  const WallTime latest = slots(now).latest;
  period_ = KeptPeriod{.from = now.wall, .slot = latest};
  slotAt_ = bootOf(latest, now);
  book_.begin();
}

void DailySummary::look(const engine::Snapshot& snapshot, const AlertMap& alerts,
                        const std::set<std::string>& unknown, const Now& now) {
  if (!settings_.at)
    return;
  if (std::exchange(deviceId_, snapshot.deviceId()) != snapshot.deviceId())
    cached_.reset();
  complete_ = unknown.empty();
  if (!period_) {
    begin(now);
    pullsSeen_ = snapshot.pulls;
  }
  countPulls(snapshot.pulls);
  book_.look(conditionsOf(snapshot, alerts), unknown, now);
}

void DailySummary::countPulls(const engine::PullCounts& pulls) {
  period_->pulls += pulls.succeeded - pullsSeen_.succeeded;
  period_->failedPulls += pulls.failed - pullsSeen_.failed;
  pullsSeen_ = pulls;
}

Slots DailySummary::slots(const Now& now) const {
  const bool holds = cached_ && now.boot < cached_->until && cached_->slots.latest <= now.wall &&
                     now.wall < cached_->slots.next;
  if (!holds) {
    cached_ = Cached{.slots = slotsAround(now.wall, *settings_.at,
                                          jitterOf(deviceId_, settings_.jitter), settings_.offset),
                     .until = now.boot + kZoneHolds};
  }
  return cached_->slots;
}

bool DailySummary::due(const Slots& slots, const Now& now) const {
  const BootTime at = bootOf(slots.latest, now);
  if (slotAt_)
    return at - *slotAt_ >= kLeastPeriod;
  return slots.latest - period_->slot >= kLeastPeriod || at - startedAt_ >= kLeastPeriod;
}

std::optional<SummaryReport> DailySummary::takeDue(bool silenced, const Now& now) {
  if (!period_)
    return std::nullopt;
  const Slots slots = this->slots(now);
  if (!due(slots, now) || (!complete_ && now.boot - startedAt_ < kFirstLook))
    return std::nullopt;
  period_->slot = slots.latest;
  slotAt_ = bootOf(slots.latest, now);
  if (silenced)
    return std::nullopt;
  SummaryReport told = report(slots, now);
  *period_ = KeptPeriod{.from = now.wall, .slot = slots.latest};
  book_.startPeriod();
  if (told.empty() && !settings_.sendWhenEmpty)
    return std::nullopt;
  return told;
}

SummaryReport DailySummary::report(const Slots& slots, const Now& now) const {
  SummaryReport report;
  report.from = period_->from;
  report.to = now.wall;
  report.due = slots.latest;
  report.pulls = period_->pulls;
  report.failedPulls = period_->failedPulls;
  book_.report(report, now);
  return report;
}

std::optional<WallTime> DailySummary::next(const Now& now) const {
  if (!period_)
    return std::nullopt;
  return slots(now).next;
}

std::optional<BootTime> DailySummary::nextWake(const Now& now) const {
  if (!period_)
    return std::nullopt;
  const Slots slots = this->slots(now);
  const BootTime wake = bootOf(slots.next, now);
  // One that is due and was not taken waits for the engines.
  return due(slots, now) ? std::min(wake, std::max(now.boot, startedAt_ + kFirstLook)) : wake;
}

DailySummary::Changes DailySummary::takeChanges() {
  Changes changes;
  changes.troubles = book_.takeChanges();
  changes.periodChanged = period_ != stored_;
  changes.period = period_;
  stored_ = period_;
  return changes;
}

}  // namespace holdfast::alerts
