// SPDX-License-Identifier: Apache-2.0
#include "alerts/outbox.hpp"

#include "model/clock_set.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace holdfast::alerts {
namespace {

using model::Alert;
using model::BootTime;
using model::Milliseconds;
using model::Now;
using model::WallTime;
using sdk::ErrorClass;
using sdk::NotificationState;

std::string keyOf(const std::string& notifier) {
  return "notify:" + notifier;
}

std::size_t sizeOf(const Alert& alert) {
  constexpr std::size_t kFixed = 200;
  const auto& subject = alert.subject;
  const auto& facts = alert.facts;
  return kFixed + subject.appId.size() + subject.appName.size() + subject.service.size() +
         subject.runtime.size() + subject.plugin.size() + subject.notifier.size() +
         facts.image.size() + facts.reason.size() + facts.message.size();
}

std::size_t sizeOf(const SummaryReport& report) {
  constexpr std::size_t kFixed = 150;
  std::size_t size = kFixed;
  for (const auto& failing : report.failing)
    size += kFixed + failing.name.size() + failing.what.size();
  for (const auto& healed : report.healed)
    size += kFixed + healed.name.size() + healed.cause.size();
  return size;
}

// About what it takes in memory and on disk.
std::size_t sizeOf(const Notice& notice) {
  std::size_t size = 200 + notice.title.size();
  for (const std::string& line : notice.lines)
    size += line.size();
  for (const Alert& alert : notice.alerts)
    size += sizeOf(alert);
  if (notice.report)
    size += sizeOf(*notice.report);
  return size;
}

// Less is lost by dropping what comes first.
auto importance(const OutboxEntry& entry) {
  const auto& notice = entry.notice;
  int kind = 2;
  if (notice.state == NotificationState::Informational)
    kind = 0;
  if (notice.state == NotificationState::Resolved)
    kind = 1;
  return std::tuple(kind, notice.severity(), entry.number);
}

bool sameEpisode(const Alert& left, const Alert& right) {
  return left.startsAt == right.startsAt && model::fingerprint(left) == model::fingerprint(right);
}

// Of what waited, the part that the newer notice does not say better: alerts that came to their end
// and those that it does not name at all.
std::vector<Alert> leftOf(const Notice& older, const Notice& newer) {
  std::vector<Alert> left;
  for (const Alert& alert : older.alerts) {
    const bool newerSays =
        std::any_of(newer.alerts.begin(), newer.alerts.end(), [&alert](const Alert& other) {
          return alert.endsAt ? sameEpisode(alert, other)
                              : model::fingerprint(alert) == model::fingerprint(other);
        });
    if (!newerSays)
      left.push_back(alert);
  }
  return left;
}

// How long ago something happened that an earlier run labelled. A label from the future is of a
// clock that is not set now.
Milliseconds ago(WallTime at, const Now& now, Milliseconds most) {
  if (at < model::kClockSet)
    return Milliseconds{0};
  return std::clamp<Milliseconds>(now.wall - at, Milliseconds{0}, most);
}

}  // namespace

Outbox::Outbox(OutboxLimits limits, std::vector<std::string> receivers, std::string bootId,
               std::function<std::string()> newId)
    : limits_(limits), bootId_(std::move(bootId)), newId_(std::move(newId)) {
  for (std::string& name : receivers)
    queues_.try_emplace(std::move(name));
}

void Outbox::leaveUnattended(const std::string& receiver) {
  queues_.at(receiver).attended = false;
}

bool Outbox::ready(const Queue& queue) {
  return queue.attended && !queue.entries.empty() && !queue.underWay && queue.switchedOff.empty();
}

bool Outbox::bringOver(OutboxEntry& entry, const Now& now) const {
  const bool ofThisBoot = !bootId_.empty() && entry.bootId == bootId_;
  if (ofThisBoot) {
    entry.queued = std::clamp(entry.queued, now.boot - limits_.maxAge, now.boot);
  } else {
    entry.queued = now.boot - ago(entry.queuedAt, now, limits_.maxAge);
    entry.firstQueued = now.boot - ago(entry.firstQueuedAt, now, limits_.maxAge);
    entry.bootId = bootId_;
  }
  entry.firstQueued = std::min(entry.firstQueued, entry.queued);
  return !ofThisBoot;
}

void Outbox::restore(std::vector<OutboxEntry> entries, std::vector<DeadLetter> dead,
                     const std::map<std::string, std::int64_t>& dropped, const Now& now) {
  std::sort(entries.begin(), entries.end(),
            [](const auto& left, const auto& right) { return left.number < right.number; });
  // Also what stays the same is stored with the boot that it belongs to from now on.
  for (DeadLetter& letter : dead) {
    if (bringOver(letter.entry, now))
      touchedDead_.insert(letter.entry.number);
    lastNumber_ = std::max(lastNumber_, letter.entry.number);
    lastOrder_ = std::max(lastOrder_, letter.order);
    dead_.insert_or_assign(letter.entry.number, std::move(letter));
  }
  for (OutboxEntry& entry : entries) {
    lastNumber_ = std::max(lastNumber_, entry.number);
    stored_.insert(entry.number);
    if (bringOver(entry, now))
      touched_.insert(entry.number);
    const auto queue = queues_.find(entry.notice.notifier);
    if (queue == queues_.end()) {
      touched_.insert(entry.number);
      const std::string why =
          "notifier '" + entry.notice.notifier + "' is no longer in the configuration";
      bury(std::move(entry), why, now);
      continue;
    }
    queue->second.bytes += sizeOf(entry.notice);
    queue->second.entries.push_back(std::move(entry));
  }
  for (const auto& [name, count] : dropped) {
    const auto queue = queues_.find(name);
    if (queue != queues_.end())
      queue->second.dropped = count;
  }
}

OutboxEntry* Outbox::waitingOf(Queue& queue, const std::string& group) {
  const auto last =
      std::find_if(queue.entries.rbegin(), queue.entries.rend(),
                   [&group](const OutboxEntry& entry) { return entry.notice.group == group; });
  if (last == queue.entries.rend() || last->number == queue.underWay)
    return nullptr;
  return &*last;
}

void Outbox::put(Notice notice, const Now& now) {
  const auto found = queues_.find(notice.notifier);
  if (found == queues_.end())
    return;
  Queue& queue = found->second;
  if (!merge(queue, notice, now)) {
    OutboxEntry entry;
    entry.number = ++lastNumber_;
    entry.id = newId_();
    entry.notice = std::move(notice);
    entry.firstQueuedAt = entry.queuedAt = now.wall;
    entry.firstQueued = entry.queued = now.boot;
    entry.bootId = bootId_;
    append(queue, std::move(entry));
  }
  shrink(queue);
}

// True when nothing is left to be queued.
bool Outbox::merge(Queue& queue, Notice& notice, const Now& now) {
  OutboxEntry* waiting = waitingOf(queue, notice.group);
  if (waiting == nullptr || notice.state == NotificationState::Informational ||
      waiting->notice.state == NotificationState::Informational)
    return false;
  if (notice.reason == Reason::Repeat)
    return true;  // it was not even told once
  std::vector<Alert> older = leftOf(waiting->notice, notice);
  if (older.size() + notice.alerts.size() > kMaxAlertsOfNotice)
    return false;
  queue.bytes -= sizeOf(waiting->notice);
  std::move(older.begin(), older.end(), std::back_inserter(notice.alerts));
  if (notice.reason == Reason::Changed)
    notice.reason = waiting->notice.reason;
  waiting->notice = std::move(notice);
  waiting->id = newId_();
  waiting->attempts = 0;
  waiting->notFound = 0;
  waiting->waited.reset();
  waiting->queuedAt = now.wall;
  waiting->queued = now.boot;
  queue.bytes += sizeOf(waiting->notice);
  touch(*waiting);
  return true;
}

void Outbox::append(Queue& queue, OutboxEntry entry) {
  queue.bytes += sizeOf(entry.notice);
  touch(entry);
  queue.entries.push_back(std::move(entry));
}

void Outbox::touch(const OutboxEntry& entry) {
  if (!entry.notice.passing)
    touched_.insert(entry.number);
}

// The least important goes first; never what is on its way, and never the newest that fires.
void Outbox::shrink(Queue& queue) {
  while (queue.entries.size() > limits_.entries || queue.bytes > limits_.bytes) {
    const auto newest = std::find_if(
        queue.entries.rbegin(), queue.entries.rend(),
        [](const OutboxEntry& entry) { return entry.notice.state == NotificationState::Firing; });
    const std::int64_t spared = newest == queue.entries.rend() ? 0 : newest->number;
    auto least = queue.entries.end();
    for (auto at = queue.entries.begin(); at != queue.entries.end(); ++at) {
      if (at->number == queue.underWay || at->number == spared)
        continue;
      if (least == queue.entries.end() || importance(*at) < importance(*least))
        least = at;
    }
    if (least == queue.entries.end())
      return;
    drop(queue, least);
  }
}

void Outbox::drop(Queue& queue, std::deque<OutboxEntry>::iterator at) {
  touchedDropped_.insert(at->notice.notifier);
  ++queue.dropped;
  static_cast<void>(takeOut(queue, at));
}

OutboxEntry Outbox::takeOut(Queue& queue, std::deque<OutboxEntry>::iterator at) {
  OutboxEntry entry = std::move(*at);
  queue.entries.erase(at);
  queue.bytes -= sizeOf(entry.notice);
  touched_.insert(entry.number);
  if (queue.underWay == entry.number)
    queue.underWay.reset();
  return entry;
}

void Outbox::bury(OutboxEntry entry, std::string why, const Now& now) {
  const std::int64_t number = entry.number;
  touchedDead_.insert(number);
  dead_.insert_or_assign(
      number, DeadLetter{std::move(entry), std::move(why), now.wall, /*order=*/++lastOrder_});
  if (dead_.size() > kMaxDeadLetters)
    dropOldestLetter();
}

// The one that was given up first, whatever became of the wall clock meanwhile.
void Outbox::dropOldestLetter() {
  const auto oldest =
      std::min_element(dead_.begin(), dead_.end(), [](const auto& left, const auto& right) {
        return std::pair(left.second.order, left.first) <
               std::pair(right.second.order, right.first);
      });
  touchedDead_.insert(oldest->first);
  dead_.erase(oldest);
}

void Outbox::expire(const Now& now) {
  for (auto& [name, queue] : queues_) {
    for (std::size_t i = 0; i < queue.entries.size();) {
      const OutboxEntry& entry = queue.entries[i];
      if (entry.number == queue.underWay || now.boot - entry.queued < limits_.maxAge) {
        ++i;
        continue;
      }
      const std::string why = "not delivered within " + model::formatDuration(limits_.maxAge) +
                              " (retry.notify.maxAge)";
      bury(takeOut(queue, queue.entries.begin() + static_cast<std::ptrdiff_t>(i)), why, now);
    }
  }
}

std::vector<Delivery> Outbox::takeDue(const retry::RetryManager& ledger, const Sender& sender,
                                      const Now& now) {
  std::vector<Delivery> due;
  for (auto& [name, queue] : queues_) {
    if (!ready(queue) || !ledger.due(keyOf(name), now.boot))
      continue;
    OutboxEntry& entry = queue.entries.front();
    // What was handed over stays as it was, also what it says of its own delay.
    if (!entry.waited)
      entry.waited = now.boot - entry.firstQueued;
    ++entry.attempts;
    touch(entry);
    queue.underWay = entry.number;
    due.push_back({.notifier = name,
                   .number = entry.number,
                   .message = render(entry.notice, entry.id, sender, *entry.waited),
                   .attempt = entry.attempts});
  }
  return due;
}

void Outbox::record(const std::string& notifier, std::int64_t number,
                    const engine::CallResult& result, retry::RetryManager& ledger, const Now& now) {
  const auto found = queues_.find(notifier);
  if (found == queues_.end() || found->second.underWay != number)
    return;
  Queue& queue = found->second;
  queue.underWay.reset();
  const auto entry =
      std::find_if(queue.entries.begin(), queue.entries.end(),
                   [number](const OutboxEntry& one) { return one.number == number; });
  switch (result.errorClass) {
    case ErrorClass::Ok:
      ledger.recordSuccess(keyOf(notifier));
      static_cast<void>(takeOut(queue, entry));
      return delivered(queue, notifier, now);
    case ErrorClass::Invalid:
      return bury(takeOut(queue, entry), result.message, now);
    case ErrorClass::Rejected:
      queue.switchedOff =
          result.message.empty() ? "the receiver wants no notifications" : result.message;
      return;
    case ErrorClass::NotFound:
      if (++entry->notFound >= kAttemptsNotFound)
        return bury(takeOut(queue, entry), result.message, now);
      touch(*entry);
      break;
    default:
      break;
  }
  retry::Failure failure;
  failure.errorClass = result.errorClass;
  failure.reason = "DeliveryFailed";
  failure.message = result.message;
  failure.raw = result.raw;
  failure.retryAfter = result.retryAfter;
  ledger.recordFailure(keyOf(notifier), std::move(failure), now.boot, now);
}

// The receiver is there again: it is told what it will never get.
void Outbox::delivered(Queue& queue, const std::string& notifier, const Now& now) {
  const std::int64_t dropped = std::exchange(queue.dropped, 0);
  if (dropped == 0)
    return;
  touchedDropped_.insert(notifier);
  Notice note;
  note.notifier = notifier;
  note.group = model::fnv1a64("dropped");
  note.reason = Reason::Changed;
  note.state = NotificationState::Informational;
  note.at = now.wall;
  note.title = std::to_string(dropped) +
               (dropped == 1 ? " notification was dropped" : " notifications were dropped");
  note.lines = {note.title + ": the outbox for notifier '" + notifier +
                "' was full while its receiver could not be reached"};
  put(std::move(note), now);
}

std::string Outbox::replay(std::int64_t number, const Now& now) {
  const auto found = dead_.find(number);
  if (found == dead_.end())
    return "there is no dead letter " + std::to_string(number);
  const auto queue = queues_.find(found->second.entry.notice.notifier);
  if (queue == queues_.end()) {
    return "notifier '" + found->second.entry.notice.notifier +
           "' is not configured; add it and start the agent again";
  }
  OutboxEntry entry = std::move(found->second.entry);
  dead_.erase(found);
  touchedDead_.insert(number);
  entry.number = ++lastNumber_;
  entry.attempts = 0;
  entry.notFound = 0;
  entry.queuedAt = now.wall;
  entry.queued = now.boot;
  append(queue->second, std::move(entry));
  shrink(queue->second);
  return {};
}

std::optional<BootTime> Outbox::nextExpiry() const {
  std::optional<BootTime> earliest;
  for (const auto& [name, queue] : queues_) {
    for (const OutboxEntry& entry : queue.entries) {
      const BootTime at = entry.queued + limits_.maxAge;
      if (entry.number != queue.underWay && (!earliest || at < *earliest))
        earliest = at;
    }
  }
  return earliest;
}

std::optional<BootTime> Outbox::nextAttempt(const retry::RetryManager& ledger) const {
  std::optional<BootTime> earliest;
  for (const auto& [name, queue] : queues_) {
    const retry::Entry* ladder = ledger.find(keyOf(name));
    // An exhausted ladder has no next instant.
    if (!ready(queue) || (ladder != nullptr && !ladder->due))
      continue;
    const BootTime at = ladder != nullptr ? *ladder->due : BootTime{};
    if (!earliest || at < *earliest)
      earliest = at;
  }
  return earliest;
}

std::string Outbox::switchedOff(const std::string& notifier) const {
  const auto found = queues_.find(notifier);
  return found == queues_.end() ? std::string() : found->second.switchedOff;
}

void Outbox::switchOn() {
  for (auto& [name, queue] : queues_)
    queue.switchedOff.clear();
}

std::map<std::string, Outbox::QueueState> Outbox::state() const {
  std::map<std::string, QueueState> all;
  for (const auto& [name, queue] : queues_) {
    QueueState& state = all[name];
    state.entries = queue.entries.size();
    state.bytes = queue.bytes;
    state.dropped = queue.dropped;
    state.delivering = queue.underWay.has_value();
    state.switchedOff = queue.switchedOff;
    if (!queue.entries.empty())
      state.oldest = queue.entries.front().firstQueuedAt;
  }
  return all;
}

Outbox::Changes Outbox::takeChanges() {
  std::map<std::int64_t, const OutboxEntry*> present;
  for (const auto& [name, queue] : queues_) {
    for (const OutboxEntry& entry : queue.entries) {
      if (touched_.count(entry.number) > 0 && !entry.notice.passing)
        present.emplace(entry.number, &entry);
    }
  }
  Changes changes;
  for (const std::int64_t number : std::exchange(touched_, {})) {
    const auto found = present.find(number);
    if (found != present.end()) {
      changes.entries.emplace(number, found->second);
      stored_.insert(number);
    } else if (stored_.erase(number) > 0) {
      changes.entries.emplace(number, nullptr);
    }
  }
  for (const std::int64_t number : std::exchange(touchedDead_, {})) {
    const auto found = dead_.find(number);
    changes.deadLetters.emplace(number, found == dead_.end() ? nullptr : &found->second);
  }
  for (const std::string& name : std::exchange(touchedDropped_, {}))
    changes.dropped.emplace(name, queues_.at(name).dropped);
  return changes;
}

}  // namespace holdfast::alerts
