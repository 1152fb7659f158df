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

Reason reasonOf(bool fresh, bool flaps, bool raised, bool ended) {
  if (fresh)
    return Reason::New;
  if (flaps)
    return Reason::Flapping;
  if (raised)
    return Reason::Changed;
  return ended ? Reason::Resolved : Reason::Repeat;
}

bool moreImportant(const Alert& left, const Alert& right) {
  if (left.endsAt.has_value() != right.endsAt.has_value())
    return !left.endsAt.has_value();
  if (left.facts.severity != right.facts.severity)
    return left.facts.severity > right.facts.severity;
  return left.startsAt < right.startsAt;
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
      Member member;
      member.over = alert == alerts.end();
      member.alert = member.over ? over->second : alert->second;
      member.told = severity;
      group.members.emplace(id, std::move(member));
    }
    if (!group.members.empty())
      groups_.emplace(key, std::move(group));
  }
}

void Router::update(const AlertMap& alerts, const std::vector<Alert>& over,
                    const std::set<std::string>& muted, const model::Now& now) {
  for (const std::string& id : flaps_.settle(now.boot))
    settle(id);
  for (const Alert& alert : over) {
    const std::string id = model::fingerprint(alert);
    if (firing_.erase(id) > 0)
      flaps_.note(id, now.boot);
    end(alert, id);
  }
  for (const auto& [id, alert] : alerts) {
    if (alert.state != AlertState::Firing)
      continue;
    if (firing_.insert(id).second)
      flaps_.note(id, now.boot);
    fire(alert, id, muted.count(id) > 0);
  }
  for (auto at = groups_.begin(); at != groups_.end();) {
    dropSilently(at->second, routes_.numbered(at->second.route));
    at = at->second.members.empty() ? groups_.erase(at) : std::next(at);
  }
  noteNews(now.boot);
}

// What it settled to is news again.
void Router::settle(const std::string& id) {
  for (auto& [key, group] : groups_) {
    const auto found = group.members.find(id);
    if (found == group.members.end())
      continue;
    Member& member = found->second;
    if (std::exchange(member.flapTold, false)) {
      member.told = member.over ? std::optional(member.alert.facts.severity) : std::nullopt;
    } else if (member.over && !member.told) {
      group.members.erase(found);
    }
  }
}

void Router::end(const Alert& alert, const std::string& id) {
  for (auto& [key, group] : groups_) {
    const auto found = group.members.find(id);
    if (found == group.members.end())
      continue;
    Member& member = found->second;
    if (!member.told && !flaps_.flapping(id)) {
      group.members.erase(found);  // never told: nothing to take back
      continue;
    }
    member.alert = alert;
    member.over = true;
  }
}

void Router::fire(const Alert& alert, const std::string& id, bool muted) {
  for (auto& [key, group] : groups_) {
    const auto found = group.members.find(id);
    if (found == group.members.end())
      continue;
    found->second.alert = alert;
    found->second.over = false;
    found->second.muted = muted;
  }
  if (muted)
    return;
  for (const Destination& to : routes_.destinations(alert)) {
    if (memberOf(to.notifier, id) != nullptr)
      continue;
    Group& group = groups_[{to.notifier, groupOf(*to.route, alert)}];
    group.route = to.route->number;
    Member member;
    member.alert = alert;
    group.members.emplace(id, std::move(member));
  }
}

Router::Member* Router::memberOf(const std::string& notifier, const std::string& id) {
  for (auto& [key, group] : groups_) {
    const auto found = group.members.find(id);
    if (key.first == notifier && found != group.members.end())
      return &found->second;
  }
  return nullptr;
}

// Ends that the route does not want told. They are forgotten all the same: the next time it fires
// is news.
void Router::dropSilently(Group& group, const Route& route) {
  if (route.sendResolved)
    return;
  std::erase_if(group.members, [this](const auto& item) {
    return item.second.over && !flaps_.flapping(item.first);
  });
}

void Router::noteNews(BootTime now) {
  for (auto& [key, group] : groups_) {
    if (!newsOf(group).any()) {
      group.changedAt.reset();
    } else if (!group.changedAt) {
      group.changedAt = now;
    }
  }
}

Router::News Router::newsOf(const Group& group) const {
  News news;
  for (const auto& [id, member] : group.members) {
    news.allOver = news.allOver && member.over;
    if (flaps_.flapping(id)) {
      news.flaps = news.flaps || (!member.flapTold && !member.muted);
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

std::optional<BootTime> Router::dueAt(const GroupKey& key, const Group& group) const {
  const Route& route = routes_.numbered(group.route);
  if (group.changedAt) {
    // That all is well again need not wait for the next interval.
    const BootTime soon = *group.changedAt + route.groupWait;
    if (!group.lastSent || newsOf(group).allOver)
      return soon;
    return std::max(*group.changedAt, *group.lastSent + route.groupInterval);
  }
  const bool told = std::any_of(group.members.begin(), group.members.end(), [](const auto& item) {
    return item.second.told && !item.second.over && !item.second.muted;
  });
  if (!told || !group.lastSent)
    return std::nullopt;
  const auto forgets = forgetful_.find(key.first);
  const bool often = forgets != forgetful_.end() && forgets->second < route.repeatInterval;
  return *group.lastSent + (often ? forgets->second : route.repeatInterval);
}

// What a forgetful receiver is told again is no news, and has no rate but its own.
bool Router::reminds(const GroupKey& key, const Group& group) const {
  return forgetful_.count(key.first) > 0 && !newsOf(group).any();
}

sdk::Severity Router::urgency(const Group& group) const {
  sdk::Severity highest = sdk::Severity::Info;
  for (const auto& [id, member] : group.members)
    highest = std::max(highest, member.alert.facts.severity);
  return highest;
}

std::vector<Router::GroupKey> Router::dueGroups(BootTime now) const {
  std::vector<GroupKey> due;
  for (const auto& [key, group] : groups_) {
    const auto at = dueAt(key, group);
    if (at && *at <= now)
      due.push_back(key);
  }
  std::stable_sort(due.begin(), due.end(), [this](const GroupKey& left, const GroupKey& right) {
    return urgency(groups_.at(left)) > urgency(groups_.at(right));
  });
  return due;
}

std::vector<Notice> Router::takeDue(const model::Now& now) {
  std::vector<Notice> notices;
  for (const GroupKey& key : dueGroups(now.boot)) {
    Group& group = groups_.at(key);
    if (reminds(key, group) || takeToken(key.first, now.boot)) {
      notices.push_back(tell(key, group, now));
    } else if (key.second != joinedGroup()) {
      join(key, group);
    }
  }
  std::erase_if(groups_, [](const auto& item) { return item.second.members.empty(); });
  return notices;
}

bool Router::listed(const std::string& id, const Member& member) const {
  if (flaps_.flapping(id))
    return !member.flapTold && !member.muted;
  return member.over ? member.told.has_value() : !member.muted;
}

Notice Router::tell(const GroupKey& key, Group& group, const model::Now& now) {
  const News news = newsOf(group);
  Notice notice;
  notice.notifier = key.first;
  notice.group = key.second;
  notice.at = now.wall;
  notice.reason = reasonOf(news.fresh, news.flaps, news.raised, news.ended);
  notice.passing = reminds(key, group);
  bool fires = false;
  for (const auto& [id, member] : group.members) {
    fires = fires || !member.over;
    if (!listed(id, member))
      continue;
    Alert alert = member.alert;
    if (const int changes = flaps_.changes(id); changes > 0) {
      alert.facts.message =
          "changed " + std::to_string(changes) +
          " times in a short time, quiet until it has settled: " + alert.facts.message;
    }
    notice.alerts.push_back(std::move(alert));
  }
  notice.state = fires ? sdk::NotificationState::Firing : sdk::NotificationState::Resolved;
  std::stable_sort(notice.alerts.begin(), notice.alerts.end(), moreImportant);
  markTold(group);
  group.changedAt.reset();
  group.lastSent = now.boot;
  return notice;
}

void Router::markTold(Group& group) {
  for (auto at = group.members.begin(); at != group.members.end();) {
    Member& member = at->second;
    const bool told = listed(at->first, member);
    if (flaps_.flapping(at->first)) {
      member.flapTold = member.flapTold || told;
      if (told && member.over) {
        member.told.reset();
      } else if (told) {
        member.told = member.alert.facts.severity;
      }
    } else if (member.over) {
      at = group.members.erase(at);
      continue;
    } else if (told) {
      member.told =
          std::max(member.told.value_or(sdk::Severity::Info), member.alert.facts.severity);
    }
    ++at;
  }
}

void Router::refill(Bucket& bucket, BootTime now) const {
  const auto more = static_cast<int>((now - bucket.filledAt) / kRefill);
  if (bucket.tokens + more >= kBurst) {
    bucket = {.tokens = kBurst, .filledAt = now};
    return;
  }
  bucket.tokens += more;
  bucket.filledAt += more * kRefill;
}

bool Router::takeToken(const std::string& notifier, BootTime now) {
  Bucket& bucket = buckets_.try_emplace(notifier, Bucket{kBurst, now}).first->second;
  refill(bucket, now);
  if (bucket.tokens == 0)
    return false;
  --bucket.tokens;
  return true;
}

// What its receiver does not know of yet goes over to the joined group and stays there; the rest
// waits for the next free place. The times of the joined group are those of its first one's route.
void Router::join(const GroupKey& key, Group& group) {
  for (auto at = group.members.begin(); at != group.members.end();) {
    if (at->second.told || at->second.flapTold) {
      ++at;
      continue;
    }
    Group& joined = groups_[{key.first, joinedGroup()}];
    if (joined.members.empty())
      joined.route = group.route;
    joined.members.insert_or_assign(at->first, std::move(at->second));
    if (group.changedAt && (!joined.changedAt || *group.changedAt < *joined.changedAt))
      joined.changedAt = group.changedAt;
    at = group.members.erase(at);
  }
  if (!newsOf(group).any())
    group.changedAt.reset();
}

std::optional<BootTime> Router::nextWake(BootTime now) const {
  std::optional<BootTime> wake = flaps_.nextWake();
  for (const auto& [key, group] : groups_) {
    auto at = dueAt(key, group);
    if (!at)
      continue;
    const auto bucket = buckets_.find(key.first);
    if (bucket != buckets_.end() && !reminds(key, group)) {
      Bucket filled = bucket->second;
      refill(filled, now);
      if (filled.tokens == 0)
        at = std::max(*at, filled.filledAt + kRefill);
    }
    keepEarlier(wake, *at);
  }
  return wake;
}

std::map<std::string, KeptGroup> Router::takeChanges() {
  std::map<GroupKey, KeptGroup> now;
  for (const auto& [key, group] : groups_) {
    KeptGroup kept{
        .notifier = key.first, .id = key.second, .route = group.route, .told = {}, .over = {}};
    for (const auto& [id, member] : group.members) {
      if (!member.told)
        continue;
      kept.told.emplace(id, *member.told);
      if (member.over)
        kept.over.emplace(id, member.alert);
    }
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
