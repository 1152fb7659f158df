// SPDX-License-Identifier: Apache-2.0
// Notifications on their way: at least once, in order within a group, over restarts and days
// offline (docs/alerting.md "Guarantees").
//
// One queue for each receiver and one attempt at a time, so that a slow one delays nobody else. The
// ladder of `notify:<notifier>` in the one retry ledger says when the next attempt is; this says
// what it carries. Not thread-safe; time is an argument, and so is the ledger.
#pragma once

#include "alerts/notice.hpp"
#include "engine/ports.hpp"
#include "model/time.hpp"
#include "retry/retry_manager.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::alerts {

// A receiver that is redeployed answers "not found" for a while: so many attempts, then no more.
inline constexpr int kAttemptsNotFound = 4;
inline constexpr std::size_t kMaxDeadLetters = 100;

struct OutboxLimits {
  std::size_t entries = 1'000;  // of one receiver
  std::size_t bytes = 8u * 1024 * 1024;
  model::Milliseconds maxAge = std::chrono::hours{72};  // retry.notify.maxAge
};

struct OutboxEntry {
  std::int64_t number = 0;  // in the order of arrival, over all receivers
  std::string id;           // of the notification: another one whenever its content changes
  Notice notice;
  int attempts = 0;
  int notFound = 0;                           // attempts that were answered so
  std::optional<model::Milliseconds> waited;  // until the first attempt
  model::WallTime firstQueuedAt;              // of the first notice that is part of it
  model::WallTime queuedAt;                   // of the last one: age counts from here
  // The same by the monotonic clock of that boot; in another one only the labels tell.
  model::BootTime firstQueued;
  model::BootTime queued;
  std::string bootId;
};

// A notification that is not tried any more.
struct DeadLetter {
  OutboxEntry entry;
  std::string why;
  model::WallTime at;
  // In which they were given up; 0: by an earlier version, before all others.
  std::int64_t order = 0;
};

// What the host is to hand to the receiver's plugin.
struct Delivery {
  std::string notifier;
  std::int64_t number = 0;
  Message message;
  int attempt = 1;
};

class Outbox {
 public:
  // `bootId` is that of this boot; with an empty one every start counts as after a reboot. `newId`
  // returns what identifies a notification: unique over devices and restarts, [A-Za-z0-9_-]{1,64}.
  Outbox(OutboxLimits limits, std::vector<std::string> receivers, std::string bootId,
         std::function<std::string()> newId);

  void setLimits(OutboxLimits limits) { limits_ = limits; }

  // In this run nothing hands over what is for the receiver: its plugin was refused. That is kept
  // for a later run, within the same bounds.
  void leaveUnattended(const std::string& receiver);

  // What the last run left behind. Within one boot ages go on, whatever became of the wall clock.
  // What is for a receiver that is no longer there becomes a dead letter. Called once, before
  // anything is put in.
  void restore(std::vector<OutboxEntry> entries, std::vector<DeadLetter> dead,
               const std::map<std::string, std::int64_t>& dropped, const model::Now& now);

  // Takes a notice in. While an older one of its group still waits, the two become one that says
  // both. To count as handed over it has to be stored: takeChanges() before takeDue().
  void put(Notice notice, const model::Now& now);

  // Gives up what is too old.
  void expire(const model::Now& now);

  // The next notification of each receiver that has nothing on its way and whose ladder allows it.
  // They count as on their way.
  std::vector<Delivery> takeDue(const retry::RetryManager& ledger, const Sender& sender,
                                const model::Now& now);

  // How an attempt ended. What each class leads to: holdfast/sdk/notifier.hpp.
  void record(const std::string& notifier, std::int64_t number, const engine::CallResult& result,
              retry::RetryManager& ledger, const model::Now& now);

  // Puts a dead letter back into its queue. What is wrong with that; empty when it was done.
  std::string replay(std::int64_t number, const model::Now& now);

  // The instant at which something waits for its time here: an age that is over. The ladders'
  // instants are the ledger's to tell.
  [[nodiscard]] std::optional<model::BootTime> nextExpiry() const;
  // When a queue that waits is due by its ladder. Nothing when no queue waits for an instant.
  [[nodiscard]] std::optional<model::BootTime> nextAttempt(const retry::RetryManager& ledger) const;

  // Why the receiver wants none any more; empty when it does.
  [[nodiscard]] std::string switchedOff(const std::string& notifier) const;
  // Asks receivers that wanted none again: their configuration has changed.
  void switchOn();

  struct QueueState {
    std::size_t entries = 0;
    std::size_t bytes = 0;
    std::int64_t dropped = 0;  // since the last delivery
    bool delivering = false;
    std::string switchedOff;
    std::optional<model::WallTime> oldest;
  };
  [[nodiscard]] std::map<std::string, QueueState> state() const;
  [[nodiscard]] const std::map<std::int64_t, DeadLetter>& deadLetters() const { return dead_; }

  // What the store has to be told since the last call: by number, nullptr for what is gone.
  struct Changes {
    std::map<std::int64_t, const OutboxEntry*> entries;
    std::map<std::int64_t, const DeadLetter*> deadLetters;
    std::map<std::string, std::int64_t> dropped;  // 0: forgotten
  };
  [[nodiscard]] Changes takeChanges();

 private:
  struct Queue {
    std::deque<OutboxEntry> entries;
    bool attended = true;
    std::optional<std::int64_t> underWay;
    std::size_t bytes = 0;
    std::int64_t dropped = 0;
    std::string switchedOff;
  };

  // Makes the instants of what was stored those of this boot. True: they were of another one.
  [[nodiscard]] bool bringOver(OutboxEntry& entry, const model::Now& now) const;
  // Whether there is something that may be handed over as soon as the ladder allows it.
  [[nodiscard]] static bool ready(const Queue& queue);
  [[nodiscard]] OutboxEntry* waitingOf(Queue& queue, const std::string& group);
  [[nodiscard]] bool merge(Queue& queue, Notice& notice, const model::Now& now);
  void append(Queue& queue, OutboxEntry entry);
  void shrink(Queue& queue);
  void drop(Queue& queue, std::deque<OutboxEntry>::iterator at);
  OutboxEntry takeOut(Queue& queue, std::deque<OutboxEntry>::iterator at);
  void bury(OutboxEntry entry, std::string why, const model::Now& now);
  void dropOldestLetter();
  void delivered(Queue& queue, const std::string& notifier, const model::Now& now);
  void touch(const OutboxEntry& entry);

  OutboxLimits limits_;
  std::string bootId_;
  std::function<std::string()> newId_;
  std::map<std::string, Queue> queues_;
  std::map<std::int64_t, DeadLetter> dead_;
  std::int64_t lastNumber_ = 0;
  std::int64_t lastOrder_ = 0;     // of a dead letter
  std::set<std::int64_t> stored_;  // entries that the store has
  std::set<std::int64_t> touched_;
  std::set<std::int64_t> touchedDead_;
  std::set<std::string> touchedDropped_;
};

}  // namespace holdfast::alerts
