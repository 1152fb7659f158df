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
#include <utility>
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
  std::string bootId;  // of `until`; in another boot only the labels tell
};

class Silences {
 public:
  // `bootId` is that of this boot; with an empty one every start counts as after a reboot.
  explicit Silences(std::string bootId) : bootId_(std::move(bootId)) {}

  // Silences of the last run. Within one boot they go on, whatever became of the wall clock. After
  // a reboot one lasts as long as its labels say, and no longer than it was given for. Returns
  // those that have to be stored anew.
  [[nodiscard]] std::vector<Silence> restore(std::vector<Silence> silences, const model::Now& now);

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
  [[nodiscard]] Silence broughtOver(Silence silence, const model::Now& now) const;

  std::string bootId_;
  std::map<std::string, Silence> silences_;
};

}  // namespace holdfast::alerts
