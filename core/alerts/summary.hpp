// SPDX-License-Identifier: Apache-2.0
// The daily summary: counted all day, told once (docs/alerting.md "Daily summary").
//
// It is due when the hour on the wall has passed that comes half a day or more after the one that
// was told last. How long ago that was the monotonic clock says, so that a wall clock that is set,
// forward or back, makes neither a second summary nor a day without. After a restart, which the
// monotonic clock does not bridge, the hours' labels say it as well.
#pragma once

#include "alerts/summary_book.hpp"
#include "alerts/summary_schedule.hpp"
#include "alerts/tracker.hpp"
#include "engine/snapshot.hpp"
#include "model/time.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::alerts {

// Two summaries are at least so far apart.
inline constexpr model::Milliseconds kLeastPeriod = std::chrono::hours{12};
// After a start a summary waits so long for the first look at every engine.
inline constexpr model::Milliseconds kFirstLook = std::chrono::minutes{2};

// `alert.summary.*`
struct SummarySettings {
  std::optional<std::chrono::minutes> at;  // local time, since midnight; absent: no summary
  model::Milliseconds jitter{0};
  bool sendWhenEmpty = false;
  UtcOffset offset = model::localOffset;
};

// The period that is being counted: kept across restarts.
struct KeptPeriod {
  model::WallTime from;
  model::WallTime slot;  // the hour that was told last, or that counting began after
  std::int64_t pulls = 0;
  std::int64_t failedPulls = 0;

  friend bool operator==(const KeptPeriod&, const KeptPeriod&) = default;
};

// What is wrong with the services, and with the device itself: the input of the book. `alerts` are
// all that there are now.
[[nodiscard]] std::vector<Condition> conditionsOf(const engine::Snapshot& snapshot,
                                                  const AlertMap& alerts);

// Not thread-safe. Time is an argument.
class DailySummary {
 public:
  explicit DailySummary(SummarySettings settings);

  // Another hour holds from now on. Without one, what was counted is forgotten.
  void reconfigure(SummarySettings settings);

  // What the last run left behind. Called once, before anything else, also when that is nothing.
  void restore(const std::optional<KeptPeriod>& period, std::vector<Trouble> troubles,
               const model::Now& now);

  // Counts what changed. `unknown`: services whose engine was not looked at yet.
  void look(const engine::Snapshot& snapshot, const AlertMap& alerts,
            const std::set<std::string>& unknown, const model::Now& now);

  // The summary that is due, after which the next period runs. Nothing when there is none, or none
  // to send: it would say nothing, or `silenced`, when the period goes on.
  std::optional<SummaryReport> takeDue(bool silenced, const model::Now& now);

  // When the next one is due by the wall clock; nothing before the first look, or without an hour.
  [[nodiscard]] std::optional<model::WallTime> next(const model::Now& now) const;
  [[nodiscard]] std::optional<model::BootTime> nextWake(const model::Now& now) const;

  // What the store has to be told since the last call. Of `troubles`, nullptr for what is gone.
  struct Changes {
    bool periodChanged = false;
    std::optional<KeptPeriod> period;
    std::map<std::string, const Trouble*> troubles;
  };
  [[nodiscard]] Changes takeChanges();

 private:
  struct Cached {
    Slots slots;
    model::BootTime until;  // the zone may change
  };

  void begin(const model::Now& now);
  void countPulls(const engine::PullCounts& pulls);
  [[nodiscard]] Slots slots(const model::Now& now) const;
  [[nodiscard]] bool due(const Slots& slots, const model::Now& now) const;
  [[nodiscard]] SummaryReport report(const Slots& slots, const model::Now& now) const;

  SummarySettings settings_;
  std::string deviceId_;
  SummaryBook book_;
  std::optional<KeptPeriod> period_;
  std::optional<KeptPeriod> stored_;
  // When the hour of period_.slot was; not known of one of an earlier run.
  std::optional<model::BootTime> slotAt_;
  model::BootTime startedAt_;
  engine::PullCounts pullsSeen_;
  bool complete_ = false;  // every engine was looked at
  mutable std::optional<Cached> cached_;
};

}  // namespace holdfast::alerts
