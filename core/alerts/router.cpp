// SPDX-License-Identifier: Apache-2.0
#include "alerts/router.hpp"

#include <algorithm>

namespace holdfast::alerts {
namespace {

using model::Alert;
using model::AlertState;
using model::BootTime;

void keepEarlier(std::optional<BootTime>& earliest, BootTime at) {
  if (!earliest || at < *earliest)
    earliest = at;
}

// The group of what went beyond a receiver's rate.
const std::string& joinedGroup() {
  static const std::string id = model::fnv1a64("joined");
  return id;
}

}  // namespace

Router::Router(Routes routes, Forgetful forgetful)
    : routes_(std::move(routes)), forgetful_(std::move(forgetful)) {}

void Router::reconfigure(Routes routes) {
  routes_ = std::move(routes);
  std::erase_if(groups_,
                [this](const auto& item) { return !routes_.isReceiver(item.first.first); });
}

void Router::setForgetful(Forgetful forgetful) {
  forgetful_ = std::move(forgetful);
}

void Router::restore(const std::vector<KeptGroup>& kept, const AlertMap& alerts,
                     const model::Now& now) {
  for (const auto& [id, alert] : alerts)
    firing_.insert(id);
  for (const KeptGroup& one : kept) {
    const GroupKey key{one.notifier, one.id};
    kept_[key] = one;
    if (!routes_.isReceiver(one.notifier))
      continue;
    Group group;
    group.route = one.route;
    group.lastSent = now.boot;
    for (const auto& [id, severity] : one.told) {
      const auto alert = alerts.find(id);
      const auto over = one.over.find(id);
      if (alert == alerts.end() && over == one.over.end())
        continue;
      const bool ended = alert == alerts.end();
      group.alerts.restore(id, ended ? over->second : alert->second, severity, ended);
    }
    if (!group.alerts.empty())
      groups_.emplace(key, std::move(group));
  }
}

void Router::update(const AlertMap& alerts, const std::vector<Alert>& over,
                    const std::set<std::string>& muted, const model::Now& now) {
  for (const std::string& id : flaps_.settle(now.boot)) {
    for (auto& [key, group] : groups_)
      group.alerts.settle(id);
  }
  for (const Alert& alert : over) {
    const std::string id = model::fingerprint(alert);
    if (firing_.erase(id) > 0)
      flaps_.note(id, now.boot);
    for (auto& [key, group] : groups_)
      group.alerts.end(id, alert, flaps_);
  }
  for (const auto& [id, alert] : alerts) {
    if (alert.state != AlertState::Firing)
      continue;
    if (firing_.insert(id).second)
      flaps_.note(id, now.boot);
    fire(alert, id, muted.count(id) > 0);
  }
  for (auto at = groups_.begin(); at != groups_.end();) {
    Group& group = at->second;
    if (!routes_.numbered(group.route).sendResolved)
      group.alerts.forgetEnded(flaps_);
    at = group.alerts.empty() ? groups_.erase(at) : std::next(at);
  }
  noteNews(now.boot);
}

void Router::fire(const Alert& alert, const std::string& id, bool muted) {
  for (auto& [key, group] : groups_)
    group.alerts.fire(id, alert, muted);
  if (muted)
    return;
  for (const Destination& to : routes_.destinations(alert)) {
    if (hears(to.notifier, id))
      continue;
    Group& group = groups_[{to.notifier, groupOf(*to.route, alert)}];
    group.route = to.route->number;
    group.alerts.add(id, alert);
  }
}

bool Router::hears(const std::string& notifier, const std::string& id) const {
  return std::any_of(groups_.begin(), groups_.end(), [&](const auto& item) {
    return item.first.first == notifier && item.second.alerts.has(id);
  });
}

void Router::noteNews(BootTime now) {
  for (auto& [key, group] : groups_) {
    if (!group.alerts.news(flaps_).any()) {
      group.changedAt.reset();
    } else if (!group.changedAt) {
      group.changedAt = now;
    }
  }
}

std::optional<BootTime> Router::dueAt(const GroupKey& key, const Group& group) const {
  const Route& route = routes_.numbered(group.route);
  if (group.changedAt) {
    // That all is well again need not wait for the next interval.
    const BootTime soon = *group.changedAt + route.groupWait;
    if (!group.lastSent || group.alerts.news(flaps_).allOver)
      return soon;
    return std::max(*group.changedAt, *group.lastSent + route.groupInterval);
  }
  if (!group.alerts.remindable() || !group.lastSent)
    return std::nullopt;
  const auto forgets = forgetful_.find(key.first);
  const bool often = forgets != forgetful_.end() && forgets->second < route.repeatInterval;
  return *group.lastSent + (often ? forgets->second : route.repeatInterval);
}

// What a forgetful receiver is told again is no news, and has no rate but its own.
bool Router::reminds(const GroupKey& key, const Group& group) const {
  return forgetful_.count(key.first) > 0 && !group.alerts.news(flaps_).any();
}

std::vector<Router::GroupKey> Router::dueGroups(BootTime now) const {
  std::vector<GroupKey> due;
  for (const auto& [key, group] : groups_) {
    const auto at = dueAt(key, group);
    if (at && *at <= now)
      due.push_back(key);
  }
  std::stable_sort(due.begin(), due.end(), [this](const GroupKey& left, const GroupKey& right) {
    return groups_.at(left).alerts.urgency() > groups_.at(right).alerts.urgency();
  });
  return due;
}

std::vector<Notice> Router::takeDue(const model::Now& now) {
  std::vector<Notice> notices;
  for (const GroupKey& key : dueGroups(now.boot)) {
    Group& group = groups_.at(key);
    if (reminds(key, group) || rate_.take(key.first, now.boot)) {
      notices.push_back(tell(key, group, now));
    } else if (key.second != joinedGroup()) {
      join(key, group);
    }
  }
  std::erase_if(groups_, [](const auto& item) { return item.second.alerts.empty(); });
  return notices;
}

Notice Router::tell(const GroupKey& key, Group& group, const model::Now& now) {
  Notice notice;
  notice.notifier = key.first;
  notice.group = key.second;
  notice.at = now.wall;
  notice.passing = reminds(key, group);
  group.alerts.tell(notice, flaps_);
  group.changedAt.reset();
  group.lastSent = now.boot;
  return notice;
}

// What its receiver does not know of yet goes over to the joined group and stays there; the rest
// waits for the next free place. The times of the joined group are those of its first one's route.
void Router::join(const GroupKey& key, Group& group) {
  if (group.alerts.hasUntold()) {
    Group& joined = groups_[{key.first, joinedGroup()}];
    if (joined.alerts.empty())
      joined.route = group.route;
    group.alerts.moveUntold(joined.alerts);
    if (group.changedAt && (!joined.changedAt || *group.changedAt < *joined.changedAt))
      joined.changedAt = group.changedAt;
  }
  if (!group.alerts.news(flaps_).any())
    group.changedAt.reset();
}

std::optional<BootTime> Router::nextWake(BootTime now) const {
  std::optional<BootTime> wake = flaps_.nextWake();
  for (const auto& [key, group] : groups_) {
    auto at = dueAt(key, group);
    if (!at)
      continue;
    if (!reminds(key, group))
      at = std::max(*at, rate_.freeAt(key.first, now));
    keepEarlier(wake, *at);
  }
  return wake;
}

std::map<std::string, KeptGroup> Router::takeChanges() {
  std::map<GroupKey, KeptGroup> now;
  for (const auto& [key, group] : groups_) {
    KeptGroup kept{.notifier = key.first,
                   .id = key.second,
                   .route = group.route,
                   .told = group.alerts.told(),
                   .over = group.alerts.toldEnded()};
    if (!kept.told.empty())
      now.emplace(key, std::move(kept));
  }
  std::map<std::string, KeptGroup> changes;
  for (const auto& [key, kept] : now) {
    const auto before = kept_.find(key);
    if (before == kept_.end() || before->second != kept)
      changes.emplace(key.first + "/" + key.second, kept);
  }
  for (const auto& [key, kept] : kept_) {
    if (now.count(key) == 0) {
      changes.emplace(
          key.first + "/" + key.second,
          KeptGroup{.notifier = key.first, .id = key.second, .route = 0, .told = {}, .over = {}});
    }
  }
  kept_ = std::move(now);
  return changes;
}

}  // namespace holdfast::alerts
