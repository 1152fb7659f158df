// SPDX-License-Identifier: Apache-2.0
#include "retry/retry_manager.hpp"

#include "retry/bounded_text.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::retry {
namespace {

void cutTexts(Failure& failure) {
  cutText(failure.reason, kMaxReason);
  cutText(failure.message, kMaxMessage);
  cutText(failure.raw, kMaxRaw);
  cutText(failure.host, kMaxHost);
}

// Causes that pass by themselves: half an hour without an uplink must not strand a device.
bool passesByItself(ErrorClass errorClass) {
  return errorClass == ErrorClass::Transient || errorClass == ErrorClass::RateLimited ||
         errorClass == ErrorClass::Conflict || errorClass == ErrorClass::Unavailable;
}

// A process that failed as often as its restart policy allows stays ended: that is what the policy
// asked for, and no outage.
bool canBeRearmed(const Entry& entry) {
  return entry.exhausted && familyOf(entry.key) != Family::Crash;
}

bool rearmsWithHostOrAge(const Entry& entry) {
  return canBeRearmed(entry) && passesByItself(entry.latest.errorClass);
}

Milliseconds leastWaitAfter(const Failure& failure) {
  if (failure.errorClass != ErrorClass::RateLimited)
    return Milliseconds{0};
  if (failure.retryAfter < Milliseconds{0})
    return kUnknownRetryAfter;
  return std::min(failure.retryAfter, kMaxRetryAfter);
}

void startAfresh(Entry& entry, const Now& now) {
  entry.retryCount = 0;
  entry.delay = Milliseconds{0};
  entry.due = now.boot;
  entry.exhausted = false;
  entry.rearmed = false;
  entry.exhaustedAt.reset();
}

void keepEarlier(std::optional<BootTime>& earliest, BootTime at) {
  if (!earliest || at < *earliest)
    earliest = at;
}

}  // namespace

std::optional<BootTime> rearmsAt(const Entry& entry, const Policies& policies) {
  if (policies.rearmAfter == Milliseconds{0} || !rearmsWithHostOrAge(entry))
    return std::nullopt;
  return *entry.exhaustedAt + policies.rearmAfter;
}

RetryManager::RetryManager(const Policies& policies, std::function<double()> random)
    : policies_(policies), random_(std::move(random)) {}

void RetryManager::setPolicies(const Policies& policies) {
  policies_ = policies;
}

FailureOutcome RetryManager::recordFailure(std::string_view key, Failure failure, BootTime from,
                                           const Now& now, std::optional<Milliseconds> ranFor,
                                           std::optional<int> maxRetries) {
  const Policy& policy = policies_.of(key);
  const bool ranLong = ranFor && policy.resetAfter > Milliseconds{0} && *ranFor > policy.resetAfter;
  const bool goesOn = find(key) != nullptr && !ranLong;
  from = std::min(from, now.boot);
  cutTexts(failure);

  Entry& entry = entryFor(key);
  if (!goesOn) {
    entry = Entry{.key = std::string(key)};
    entry.firstError = failure.message;
    entry.since = model::wallOf(from, now);
  }
  entry.maxRetries = std::max(maxRetries.value_or(policy.maxRetries), 0);
  entry.timestamp = model::wallOf(from, now);
  entry.latest = std::move(failure);

  const bool hadGivenUp = entry.exhausted || entry.rearmed;
  entry.due.reset();
  entry.exhausted = false;
  entry.exhaustedAt.reset();
  if (entry.latest.errorClass == ErrorClass::Invalid) {
    entry.retryCount = 0;
    entry.delay = Milliseconds{0};
    entry.rearmed = false;
    return {};
  }
  pauseHostOf(entry, from);
  if (entry.maxRetries == 0 || entry.retryCount < entry.maxRetries) {
    entry.rearmed = false;
    schedule(entry, policy, from);
    return {};
  }
  entry.exhausted = true;
  entry.exhaustedAt = now.boot;
  return {.becameExhausted = !hadGivenUp};
}

Entry& RetryManager::entryFor(std::string_view key) {
  touched_.emplace(key);
  const auto found = entries_.find(key);
  if (found != entries_.end())
    return found->second;
  if (entries_.size() >= kMaxEntries)
    makeRoom();
  return entries_.emplace(key, Entry{.key = std::string(key)}).first->second;
}

void RetryManager::makeRoom() {
  const auto nearest =
      std::min_element(entries_.begin(), entries_.end(), [](const auto& left, const auto& right) {
        return left.second.due.value_or(BootTime::max()) <
               right.second.due.value_or(BootTime::max());
      });
  touched_.insert(nearest->first);
  entries_.erase(nearest);
}

void RetryManager::schedule(Entry& entry, const Policy& policy, BootTime from) {
  ++entry.retryCount;
  const double random = policy.jitter > 0 ? random_() : 0;
  entry.delay =
      std::max(delayBefore(policy, entry.retryCount, random), leastWaitAfter(entry.latest));
  entry.due = from + entry.delay;
}

void RetryManager::pauseHostOf(const Entry& entry, BootTime from) {
  const Milliseconds length = leastWaitAfter(entry.latest);
  const std::string& host = entry.latest.host;
  if (length == Milliseconds{0} || host.empty() || familyOf(entry.key) != Family::Image)
    return;
  HostPause& pause = hostPauses_.try_emplace(host).first->second;
  if (from + length <= pause.until)
    return;
  pause = HostPause{.until = from + length, .length = length};
  hostPausesTouched_ = true;
}

std::optional<Entry> RetryManager::recordSuccess(std::string_view key) {
  const auto found = entries_.find(key);
  if (found == entries_.end())
    return std::nullopt;
  std::optional<Entry> was = std::move(found->second);
  touched_.insert(found->first);
  entries_.erase(found);
  return was;
}

bool RetryManager::forget(std::string_view key) {
  return recordSuccess(key).has_value();
}

void RetryManager::forgetMatching(const std::function<bool(const Entry&)>& matches) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    if (matches(at->second)) {
      touched_.insert(at->first);
      at = entries_.erase(at);
    } else {
      ++at;
    }
  }
}

bool RetryManager::force(std::string_view key, const Now& now) {
  const auto found = entries_.find(key);
  if (found == entries_.end())
    return false;
  startAfresh(found->second, now);
  touched_.insert(found->first);
  if (familyOf(key) == Family::Image && hostPauses_.erase(found->second.latest.host) > 0) {
    hostPausesTouched_ = true;
  }
  return true;
}

bool RetryManager::hasten(std::string_view key, const Now& now) {
  const auto found = entries_.find(key);
  if (found == entries_.end())
    return false;
  Entry& entry = found->second;
  const BootTime soon = now.boot + randomPartOf(entry.delay);
  if (canBeRearmed(entry)) {
    rearm(entry, soon);
  } else if (entry.due && soon < *entry.due) {
    entry.due = soon;
    touched_.insert(entry.key);
  }
  return true;
}

const Entry* RetryManager::find(std::string_view key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

bool RetryManager::due(std::string_view key, BootTime now) const {
  const Entry* entry = find(key);
  return entry == nullptr || (entry->due && *entry->due <= now);
}

std::optional<BootTime> RetryManager::hostPausedUntil(std::string_view host, BootTime now) const {
  const auto found = hostPauses_.find(host);
  if (found == hostPauses_.end() || found->second.until <= now)
    return std::nullopt;
  return found->second.until;
}

void RetryManager::rearm(Entry& entry, BootTime due) {
  entry.due = due;
  entry.exhausted = false;
  entry.exhaustedAt.reset();
  entry.rearmed = true;
  touched_.insert(entry.key);
}

int RetryManager::hostAnswered(std::string_view host, const Now& now, std::string_view by) {
  if (host.empty())
    return 0;
  int count = 0;
  for (auto& [key, entry] : entries_) {
    if (key == by || entry.latest.host != host || !rearmsWithHostOrAge(entry))
      continue;
    rearm(entry, entry.rearmed ? std::max(now.boot, *entry.exhaustedAt + entry.delay) : now.boot);
    ++count;
  }
  return count;
}

int RetryManager::credentialsChanged(const Now& now, std::string_view only) {
  int count = 0;
  for (auto& [key, entry] : entries_) {
    if ((!only.empty() && key != only) || !canBeRearmed(entry) ||
        entry.latest.errorClass != ErrorClass::Denied)
      continue;
    rearm(entry, now.boot);
    ++count;
  }
  return count;
}

int RetryManager::rearmByAge(const Now& now) {
  const auto over = std::erase_if(
      hostPauses_, [&now](const auto& pause) { return pause.second.until <= now.boot; });
  if (over > 0)
    hostPausesTouched_ = true;

  int count = 0;
  for (auto& [key, entry] : entries_) {
    const auto due = rearmsAt(entry, policies_);
    if (!due || *due > now.boot)
      continue;
    rearm(entry, now.boot);
    ++count;
  }
  return count;
}

std::optional<BootTime> RetryManager::nextWake(BootTime now) const {
  std::optional<BootTime> earliest;
  for (const auto& [key, entry] : entries_) {
    if (entry.due && *entry.due > now)
      keepEarlier(earliest, *entry.due);
    if (const auto rearmed = rearmsAt(entry, policies_))
      keepEarlier(earliest, std::max(*rearmed, now));
  }
  for (const auto& [host, pause] : hostPauses_) {
    if (pause.until > now)
      keepEarlier(earliest, pause.until);
  }
  return earliest;
}

RetryManager::Changes RetryManager::takeChanges() {
  Changes changes;
  for (const std::string& key : std::exchange(touched_, {})) {
    if (const Entry* entry = find(key)) {
      changes.changed.push_back(*entry);
    } else {
      changes.removed.push_back(key);
    }
  }
  changes.hostPausesChanged = std::exchange(hostPausesTouched_, false);
  if (changes.hostPausesChanged)
    changes.hostPauses = {hostPauses_.begin(), hostPauses_.end()};
  return changes;
}

void RetryManager::restore(Saved saved, Resume resume, const Now& now) {
  for (Entry& entry : saved.entries) {
    if (!familyOf(entry.key) || entries_.size() >= kMaxEntries) {
      touched_.insert(entry.key);
      continue;
    }
    cutTexts(entry.latest);
    cutText(entry.firstError, kMaxMessage);
    if (entry.exhausted && !entry.exhaustedAt)
      entry.exhaustedAt = now.boot;
    const Entry before = entry;
    resumeEntry(entry, resume, now);
    // After a reboot also what stayed the same: it is stored with the boot that it belongs to.
    if (entry != before || resume == Resume::Reboot)
      touched_.insert(entry.key);
    entries_.insert_or_assign(entry.key, std::move(entry));
  }
  resumePauses(saved.hostPauses, resume, now);
}

void RetryManager::resumeEntry(Entry& entry, Resume resume, const Now& now) {
  switch (resume) {
    case Resume::Crash:
      // Within one boot no due is further away than its delay, whatever was stored.
      if (entry.due)
        entry.due = std::min(*entry.due, now.boot + entry.delay);
      if (entry.exhaustedAt)
        entry.exhaustedAt = std::min(*entry.exhaustedAt, now.boot);
      return;
    case Resume::OrderlyStop:
      if (entry.exhausted || entry.rearmed) {
        startAfresh(entry, now);
      } else if (entry.due) {
        entry.due = now.boot;
      }
      return;
    case Resume::Reboot:
      // The former boot's instants say nothing in this one.
      if (entry.due)
        entry.due = now.boot + randomPartOf(entry.delay);
      if (entry.exhausted)
        entry.exhaustedAt = now.boot - randomPartOf(policies_.rearmAfter);
      return;
  }
}

void RetryManager::resumePauses(const std::map<std::string, HostPause>& saved, Resume resume,
                                const Now& now) {
  if (resume == Resume::OrderlyStop) {
    hostPausesTouched_ = hostPausesTouched_ || !saved.empty();
    return;
  }
  for (const auto& [host, pause] : saved) {
    const Milliseconds part = resume == Resume::Reboot ? randomPartOf(pause.length) : pause.length;
    const BootTime longest = now.boot + part;
    const BootTime until = resume == Resume::Reboot ? longest : std::min(pause.until, longest);
    if (until != pause.until || resume == Resume::Reboot)
      hostPausesTouched_ = true;
    hostPauses_.insert_or_assign(host, HostPause{.until = until, .length = pause.length});
  }
}

Milliseconds RetryManager::randomPartOf(Milliseconds delay) const {
  return Milliseconds{
      static_cast<Milliseconds::rep>(static_cast<double>(delay.count()) * random_())};
}

}  // namespace holdfast::retry
