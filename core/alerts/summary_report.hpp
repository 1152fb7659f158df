// SPDX-License-Identifier: Apache-2.0
// What one daily summary says, as data, text and JSON (docs/notification.md).
#pragma once

#include "model/time.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::alerts {

// More of each list are left out of a report, and counted; the text names fewer than the JSON.
inline constexpr std::size_t kMaxReported = 100;
inline constexpr std::size_t kMaxReportedInText = 20;

struct SummaryReport {
  struct Failing {
    std::string name;  // "monitoring/nodered", "EngineUnavailable engine docker"
    model::WallTime since;
    model::Milliseconds lasting{0};
    int failures = 0;  // in the period
    int restarts = 0;  // in the period
    std::string what;  // the latest cause

    friend bool operator==(const Failing&, const Failing&) = default;
  };
  struct Healed {
    std::string name;
    int failures = 0;  // 0: it only was restarted
    int restarts = 0;
    model::WallTime first;
    model::WallTime last;
    std::string cause;  // the most frequent one
    int causeCount = 0;

    friend bool operator==(const Healed&, const Healed&) = default;
  };

  model::WallTime from;
  model::WallTime to;
  model::WallTime due;           // when it was to be sent
  std::vector<Failing> failing;  // the longest first
  std::vector<Healed> healed;    // the most frequent first
  int failingLeftOut = 0;
  int healedLeftOut = 0;
  int restarts = 0;
  std::int64_t pulls = 0;
  std::int64_t failedPulls = 0;

  // Nothing fails, and nothing happened.
  [[nodiscard]] bool empty() const;

  friend bool operator==(const SummaryReport&, const SummaryReport&) = default;
};

// "Daily summary: 1 failing, 2 failed and healed"; "Daily summary: nothing is failing".
[[nodiscard]] std::string titleOf(const SummaryReport& report);

// One line for each thing to say: the period first, then what fails.
[[nodiscard]] std::vector<std::string> linesOf(const SummaryReport& report);

[[nodiscard]] boost::json::object toJson(const SummaryReport& report);

}  // namespace holdfast::alerts
