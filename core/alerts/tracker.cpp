// SPDX-License-Identifier: Apache-2.0
#include "alerts/tracker.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::alerts {
namespace {

using model::Alert;
using model::AlertState;
using model::AlertType;

Alert alertOf(const Finding& finding) {
  Alert alert;
  alert.type = finding.type;
  alert.subject = finding.subject;
  alert.facts = finding.facts;
  return alert;
}

// The alert that MaxRetriesExceeded grew from.
AlertType rootOf(const std::string& ladder) {
  if (ladder == "image")
    return AlertType::ImagePullFailed;
  return ladder == "start" ? AlertType::StartFailed : AlertType::CrashLoop;
}

bool inhibits(const Alert& source, const Alert& target) {
  if (source.type == AlertType::MaxRetriesExceeded) {
    return target.type == rootOf(source.subject.ladder) &&
           target.subject.appId == source.subject.appId &&
           target.subject.service == source.subject.service;
  }
  return source.type == AlertType::EngineUnavailable && !target.subject.service.empty() &&
         target.subject.runtime == source.subject.runtime;
}

bool worthAWrite(const Alert& before, const Alert& now) {
  return before.state != now.state || before.facts.severity != now.facts.severity ||
         before.startsAt != now.startsAt;
}

}  // namespace

void Tracker::restore(std::vector<KeptAlert> kept) {
  for (KeptAlert& one : kept) {
    const std::string id = model::fingerprint(one.alert);
    Item item;
    item.alert = std::move(one.alert);
    item.alert.state = AlertState::Firing;
    item.episode = std::move(one.episode);
    item.restored = true;
    kept_.insert(id);
    items_.insert_or_assign(id, std::move(item));
  }
}

std::vector<Alert> Tracker::apply(const Assessment& assessment, const model::Now& now) {
  std::map<std::string, const Finding*> found;
  for (const Finding& finding : assessment.findings)
    found.emplace(model::fingerprint(alertOf(finding)), &finding);

  std::vector<Alert> over;
  for (auto at = items_.begin(); at != items_.end();) {
    const Item& item = at->second;
    const auto match = found.find(at->first);
    const auto& subject = item.alert.subject;
    const bool unknown = !subject.service.empty() && assessment.unknownServices.count(
                                                         subject.appId + "/" + subject.service) > 0;
    const bool goesOn = match == found.end() ? unknown : match->second->episode == item.episode;
    if (goesOn) {
      ++at;
      continue;
    }
    if (item.alert.state == AlertState::Firing)
      over.push_back(resolved(item, now));
    at = items_.erase(at);
  }
  for (const auto& [id, finding] : found)
    take(*finding, id, now);
  return over;
}

void Tracker::take(const Finding& finding, const std::string& id, const model::Now& now) {
  auto at = items_.find(id);
  if (at == items_.end()) {
    if (finding.standing == Standing::Sustains)
      return;
    Item item;
    item.alert = alertOf(finding);
    item.alert.startsAt = finding.since;
    item.episode = finding.episode;
    item.seenSince = now.boot;
    at = items_.emplace(id, std::move(item)).first;
  }
  Item& item = at->second;
  const Alert before = item.alert;
  // Nothing new is known of one that is only held.
  if (finding.standing != Standing::Sustains || finding.type == AlertType::MaxRetriesExceeded) {
    item.alert.subject = finding.subject;
    item.alert.facts = finding.facts;
  }
  if (item.alert.state == AlertState::Pending) {
    const auto firesAt = item.seenSince + finding.holdFor;
    const bool willFire = finding.standing == Standing::Firing;
    item.firesAt = willFire ? std::optional(firesAt) : std::nullopt;
    if (willFire && firesAt <= now.boot)
      item.alert.state = AlertState::Firing;
  }
  if (item.alert.state == AlertState::Firing) {
    item.firesAt.reset();
    if (worthAWrite(before, item.alert))
      touched_.insert(id);
  }
}

// By the monotonic clock where we saw it begin; the labels of a wall clock that was set meanwhile
// tell nothing of a length.
Alert Tracker::resolved(const Item& item, const model::Now& now) {
  Alert alert = item.alert;
  alert.state = AlertState::Resolved;
  alert.facts.nextRetry.reset();
  alert.endsAt = now.wall;
  const model::Milliseconds labelled = now.wall - alert.startsAt;
  const model::Milliseconds seen = now.boot - item.seenSince;
  alert.lasted = std::max(model::Milliseconds{0}, labelled);
  // Both began within the time in which an alert is pending, or the clock was set.
  constexpr model::Milliseconds kClockSet = std::chrono::hours{24 * 365};
  if (!item.restored && (labelled < seen || labelled - seen > kClockSet))
    alert.lasted = seen;
  return alert;
}

AlertMap Tracker::alerts() const {
  AlertMap all;
  for (const auto& [id, item] : items_)
    all.emplace(id, item.alert);
  return all;
}

std::set<std::string> Tracker::inhibited() const {
  std::set<std::string> result;
  for (const auto& [sourceId, source] : items_) {
    // An engine that is down says so a little later than its services fail by it.
    const bool down = source.alert.type == AlertType::EngineUnavailable;
    if (source.alert.state != AlertState::Firing && !down)
      continue;
    for (const auto& [id, target] : items_) {
      if (target.alert.state == AlertState::Firing && inhibits(source.alert, target.alert))
        result.insert(id);
    }
  }
  return result;
}

std::optional<model::BootTime> Tracker::nextWake() const {
  std::optional<model::BootTime> wake;
  for (const auto& [id, item] : items_) {
    if (item.firesAt && (!wake || *item.firesAt < *wake))
      wake = item.firesAt;
  }
  return wake;
}

Tracker::Changes Tracker::takeChanges() {
  Changes changes;
  for (const std::string& id : std::exchange(touched_, {})) {
    const auto found = items_.find(id);
    if (found != items_.end() && found->second.alert.state == AlertState::Firing)
      changes.changed.emplace(id, KeptAlert{found->second.alert, found->second.episode});
  }
  for (auto at = kept_.begin(); at != kept_.end();) {
    const auto found = items_.find(*at);
    const bool fires = found != items_.end() && found->second.alert.state == AlertState::Firing;
    if (!fires)
      changes.gone.push_back(*at);
    at = fires ? std::next(at) : kept_.erase(at);
  }
  for (const auto& [id, alert] : changes.changed)
    kept_.insert(id);
  return changes;
}

}  // namespace holdfast::alerts
