// SPDX-License-Identifier: Apache-2.0
// `config.settings` of a target: how often a cloud wants to be asked and told.
#pragma once

#include "model/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::uplink {

// What a cloud may ask for: not so often that it wears out its devices and itself, not so seldom
// that a mistake could not be taken back within the hour.
struct IntervalBounds {
  model::Milliseconds least;
  model::Milliseconds most;
};
inline constexpr IntervalBounds kPollBounds{model::Milliseconds{5'000},
                                            model::Milliseconds{3'600'000}};
inline constexpr IntervalBounds kHeartbeatBounds{model::Milliseconds{10'000},
                                                 model::Milliseconds{3'600'000}};
inline constexpr IntervalBounds kReconcileBounds{model::Milliseconds{5'000},
                                                 model::Milliseconds{3'600'000}};

// Absent: the agent's own configuration counts.
struct CloudSettings {
  std::optional<model::Milliseconds> pollInterval;       // targetStatePollIntervalMs
  std::optional<model::Milliseconds> heartbeatInterval;  // deviceReportIntervalMs
  std::optional<model::Milliseconds> reconcileInterval;  // reconciliationIntervalMs

  friend bool operator==(const CloudSettings&, const CloudSettings&) = default;
};

struct ReadSettings {
  CloudSettings settings;
  std::vector<std::string> notes;  // one line for each value that was not taken as it stands
};

// `configJson` is a target's `config`. Values beyond the bounds count as the nearest bound; what is
// no whole number is passed over.
[[nodiscard]] ReadSettings readCloudSettings(std::string_view configJson);

}  // namespace holdfast::uplink
