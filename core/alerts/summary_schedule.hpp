// SPDX-License-Identifier: Apache-2.0
// When the daily summary is due by the wall clock: pure arithmetic.
#pragma once

#include "model/time.hpp"

#include <chrono>
#include <functional>
#include <string_view>

namespace holdfast::alerts {

// What local time is ahead of UTC at an instant.
using UtcOffset = std::function<std::chrono::seconds(model::WallTime)>;

// How much later than the hour a device sends, so that a fleet does not send all at once: the same
// for the same device, 0 or more and less than `jitter`.
[[nodiscard]] model::Milliseconds jitterOf(std::string_view deviceId, model::Milliseconds jitter);

struct Slots {
  model::WallTime latest;  // not after `now`
  model::WallTime next;    // after `now`

  friend bool operator==(const Slots&, const Slots&) = default;
};

// The instants next to `now` at which it is `at` local time, each later by `shift` (of less than a
// day). Each local date has one: the first where that time comes twice, and where it is left out
// the one that it would be without the change.
[[nodiscard]] Slots slotsAround(model::WallTime now, std::chrono::minutes at,
                                model::Milliseconds shift, const UtcOffset& offset);

}  // namespace holdfast::alerts
