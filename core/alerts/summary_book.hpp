// SPDX-License-Identifier: Apache-2.0
// What failed and healed since the last summary: counters of bounded size that survive restarts.
//
// Level-triggered like the rules: it compares what is so with what it last saw, so that nothing is
// counted twice by an agent that was away. Not thread-safe; time is an argument.
#pragma once

#include "alerts/summary_report.hpp"
#include "model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::alerts {

// How many services and alerts are counted, how many causes of each are told apart, and how much
// of a cause is kept: half a megabyte at most.
inline constexpr std::size_t kMaxTroubles = 500;
inline constexpr std::size_t kMaxCauses = 5;
inline constexpr std::size_t kMaxCauseText = 200;

// Something that can fail, as it is now: a service, or an alert about the device itself.
struct Condition {
  struct Failure {
    model::WallTime at;
    std::string what;  // one line, without secrets
  };
  std::string key;   // the same over restarts
  std::string name;  // for people
  bool failing = false;
  model::WallTime since;                    // when failing
  std::string what;                         // when failing
  std::map<std::string, Failure> failures;  // the latest one of each kind
  int restartCount = 0;                     // grows, or starts at 0 again
};

struct Cause {
  std::string text;  // the latest of those that differ in numbers only
  int count = 0;

  friend bool operator==(const Cause&, const Cause&) = default;
};

// What is kept of one of them.
struct Trouble {
  std::string key;
  std::string name;
  bool failing = false;
  model::WallTime since;
  std::string what;
  // In the period.
  int failures = 0;
  int restarts = 0;
  model::WallTime first;
  model::WallTime last;
  std::vector<Cause> causes;
  // Up to where it was counted.
  std::map<std::string, model::WallTime> seen;
  int restartsSeen = 0;

  friend bool operator==(const Trouble&, const Trouble&) = default;
};

class SummaryBook {
 public:
  // What the last run counted. Called at most once, first.
  void restore(std::vector<Trouble> kept, const model::Now& now);

  // From now on what is so already is where counting starts.
  void begin();

  // All that can fail, but for those whose keys are in `unknown`: nothing is known of them now.
  void look(const std::vector<Condition>& conditions, const std::set<std::string>& unknown,
            const model::Now& now);

  // Fills in what this knows.
  void report(SummaryReport& report, const model::Now& now) const;

  // A new period: counters are zero, and what is of no use any more is forgotten.
  void startPeriod();

  // Forgets everything.
  void clear();

  // What differs from what the last call returned, by key; nullptr for what is gone.
  [[nodiscard]] std::map<std::string, const Trouble*> takeChanges();

 private:
  struct Item {
    Trouble trouble;
    model::BootTime failingSeen;  // since when this run knows that it fails
    bool restored = false;        // it failed before this run
  };

  void take(const Condition& condition, const model::Now& now);
  static void count(Trouble& trouble, const Condition::Failure& failure);
  static bool countFailures(Trouble& trouble, const Condition& condition, bool counts);
  void leave(Item& item);
  [[nodiscard]] static bool useless(const Trouble& trouble);
  [[nodiscard]] static model::Milliseconds lasting(const Item& item, const model::Now& now);

  std::map<std::string, Item> items_;
  std::set<std::string> touched_;
  std::set<std::string> stored_;
  bool starting_ = false;  // what is so is taken as the start, not as news
};

// Two causes with the same shape are one: words with digits in them do not count.
[[nodiscard]] std::string shapeOf(std::string_view cause);

}  // namespace holdfast::alerts
