// SPDX-License-Identifier: Apache-2.0
// Alerts that somebody does not want to hear of for a while. They go on firing, unsent; what still
// fires when a silence is over is told then.
#pragma once

#include "model/alert.hpp"
#include "model/alert_matcher.hpp"
#include "model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::alerts {

inline constexpr std::size_t kMaxSilences = 100;
inline constexpr model::Milliseconds kLongestSilence = std::chrono::hours{24 * 90};

struct Silence {
  std::string id;  // [0-9a-f]{16}
  model::AlertMatcher match;
  std::string comment;
  model::WallTime createdAt;
  model::WallTime endsAt;  // the label; how long it lasts is decided by the monotonic clock
  model::BootTime until;
};

class Silences {
 public:
  // Silences of the last run. One lasts no longer than it was given for, whatever became of the
  // wall clock; of one that ended meanwhile nothing is left.
  void restore(std::vector<Silence> silences, const model::Now& now);

  // `number` makes the id. Nothing when there are kMaxSilences already.
  std::optional<Silence> add(model::AlertMatcher match, model::Milliseconds length,
                             std::string comment, std::uint64_t number, const model::Now& now);

  // False: there is none of that id.
  bool remove(const std::string& id);

  // Drops those that are over; their ids.
  std::vector<std::string> expire(model::BootTime now);

  [[nodiscard]] bool silenced(const model::Alert& alert) const;
  [[nodiscard]] const std::map<std::string, Silence>& all() const { return silences_; }
  [[nodiscard]] std::optional<model::BootTime> nextWake() const;

 private:
  std::map<std::string, Silence> silences_;
};

}  // namespace holdfast::alerts
