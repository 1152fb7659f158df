// SPDX-License-Identifier: Apache-2.0
#include "alerts/alert_group.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::alerts {
namespace {

using model::Alert;

Reason reasonOf(const AlertGroup::News& news) {
  if (news.fresh)
    return Reason::New;
  if (news.flaps)
    return Reason::Flapping;
  if (news.raised)
    return Reason::Changed;
  return news.ended ? Reason::Resolved : Reason::Repeat;
}

bool moreImportant(const Alert& left, const Alert& right) {
  if (left.endsAt.has_value() != right.endsAt.has_value())
    return !left.endsAt.has_value();
  if (left.facts.severity != right.facts.severity)
    return left.facts.severity > right.facts.severity;
  return left.startsAt < right.startsAt;
}

}  // namespace

void AlertGroup::add(const std::string& id, const Alert& alert) {
  Member member;
  member.alert = alert;
  members_.emplace(id, std::move(member));
}

void AlertGroup::restore(const std::string& id, const Alert& alert, sdk::Severity told, bool over) {
  Member member;
  member.alert = alert;
  member.told = told;
  member.over = over;
  members_.emplace(id, std::move(member));
}

void AlertGroup::fire(const std::string& id, const Alert& alert, bool muted) {
  const auto found = members_.find(id);
  if (found == members_.end())
    return;
  found->second.alert = alert;
  found->second.over = false;
  found->second.muted = muted;
}

void AlertGroup::end(const std::string& id, const Alert& alert, const FlapBook& flaps) {
  const auto found = members_.find(id);
  if (found == members_.end())
    return;
  Member& member = found->second;
  if (!member.told && !flaps.flapping(id)) {
    members_.erase(found);  // never told: nothing to take back
    return;
  }
  member.alert = alert;
  member.over = true;
}

void AlertGroup::settle(const std::string& id) {
  const auto found = members_.find(id);
  if (found == members_.end())
    return;
  Member& member = found->second;
  if (std::exchange(member.flapTold, false)) {
    member.told = member.over ? std::optional(member.alert.facts.severity) : std::nullopt;
  } else if (member.over && !member.told) {
    members_.erase(found);
  }
}

void AlertGroup::forgetEnded(const FlapBook& flaps) {
  std::erase_if(members_, [&flaps](const auto& item) {
    return item.second.over && !flaps.flapping(item.first);
  });
}

// Neither as firing nor as flapping.
bool AlertGroup::unknown(const Member& member) {
  return !member.told && !member.flapTold;
}

bool AlertGroup::hasUntold() const {
  return std::any_of(members_.begin(), members_.end(),
                     [](const auto& item) { return unknown(item.second); });
}

void AlertGroup::moveUntold(AlertGroup& other) {
  for (auto at = members_.begin(); at != members_.end();) {
    if (!unknown(at->second)) {
      ++at;
      continue;
    }
    other.members_.insert_or_assign(at->first, std::move(at->second));
    at = members_.erase(at);
  }
}

AlertGroup::News AlertGroup::news(const FlapBook& flaps) const {
  News news;
  for (const auto& [id, member] : members_) {
    news.allOver = news.allOver && member.over;
    if (flaps.flapping(id)) {
      news.flaps = news.flaps || listed(member, true);
      continue;
    }
    if (member.over) {
      news.ended = true;
      continue;
    }
    if (member.muted)
      continue;
    news.fresh = news.fresh || !member.told;
    news.raised = news.raised || (member.told && member.alert.facts.severity > *member.told);
  }
  return news;
}

// Whether a notice of now names it.
bool AlertGroup::listed(const Member& member, bool flaps) {
  if (flaps)
    return !member.flapTold && !member.muted;
  return member.over ? member.told.has_value() : !member.muted;
}

void AlertGroup::tell(Notice& notice, const FlapBook& flaps) {
  notice.reason = reasonOf(news(flaps));
  bool fires = false;
  for (const auto& [id, member] : members_) {
    fires = fires || !member.over;
    const int changes = flaps.changes(id);
    if (!listed(member, changes > 0))
      continue;
    Alert alert = member.alert;
    if (changes > 0) {
      alert.facts.message =
          "changed " + std::to_string(changes) +
          " times in a short time, quiet until it has settled: " + alert.facts.message;
    }
    notice.alerts.push_back(std::move(alert));
  }
  notice.state = fires ? sdk::NotificationState::Firing : sdk::NotificationState::Resolved;
  std::stable_sort(notice.alerts.begin(), notice.alerts.end(), moreImportant);
  markTold(flaps);
}

void AlertGroup::markTold(const FlapBook& flaps) {
  for (auto at = members_.begin(); at != members_.end();) {
    Member& member = at->second;
    const bool flapping = flaps.flapping(at->first);
    const bool told = listed(member, flapping);
    if (flapping) {
      member.flapTold = member.flapTold || told;
      if (told && member.over) {
        member.told.reset();
      } else if (told) {
        member.told = member.alert.facts.severity;
      }
    } else if (member.over) {
      at = members_.erase(at);
      continue;
    } else if (told) {
      member.told =
          std::max(member.told.value_or(sdk::Severity::Info), member.alert.facts.severity);
    }
    ++at;
  }
}

bool AlertGroup::remindable() const {
  return std::any_of(members_.begin(), members_.end(), [](const auto& item) {
    return item.second.told && !item.second.over && !item.second.muted;
  });
}

sdk::Severity AlertGroup::urgency() const {
  sdk::Severity highest = sdk::Severity::Info;
  for (const auto& [id, member] : members_)
    highest = std::max(highest, member.alert.facts.severity);
  return highest;
}

std::map<std::string, sdk::Severity> AlertGroup::told() const {
  std::map<std::string, sdk::Severity> told;
  for (const auto& [id, member] : members_) {
    if (member.told)
      told.emplace(id, *member.told);
  }
  return told;
}

AlertMap AlertGroup::toldEnded() const {
  AlertMap ended;
  for (const auto& [id, member] : members_) {
    if (member.told && member.over)
      ended.emplace(id, member.alert);
  }
  return ended;
}

}  // namespace holdfast::alerts
