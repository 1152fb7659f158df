// SPDX-License-Identifier: Apache-2.0
#include "alerts/summary_schedule.hpp"

#include "model/alert.hpp"

#include <charconv>
#include <cstdint>
#include <string>

namespace holdfast::alerts {
namespace {

using model::Milliseconds;
using model::WallTime;
using std::chrono::days;

// When local clocks show `local`, which is written as if it were UTC.
WallTime instantOf(WallTime local, const UtcOffset& offset) {
  const auto before = offset(local - days{1});
  const auto after = offset(local + days{1});
  const WallTime early = local - before;
  const WallTime late = local - after;
  const bool onlyLate = offset(early) != before && offset(late) == after;
  return onlyLate ? late : early;
}

}  // namespace

Milliseconds jitterOf(std::string_view deviceId, Milliseconds jitter) {
  if (jitter <= Milliseconds{0})
    return Milliseconds{0};
  const std::string hash = model::fnv1a64("summary\xFF" + std::string(deviceId));
  std::uint64_t bits = 0;
  std::from_chars(hash.data(), hash.data() + hash.size(), bits, 16);
  return Milliseconds{
      static_cast<Milliseconds::rep>(bits % static_cast<std::uint64_t>(jitter.count()))};
}

Slots slotsAround(WallTime now, std::chrono::minutes at, Milliseconds shift,
                  const UtcOffset& offset) {
  const auto today = std::chrono::floor<days>(now + offset(now));
  // From so early that even its shifted instant is over.
  Slots slots{.latest = {}, .next = instantOf(today - days{3} + at, offset) + shift};
  for (auto date = today - days{2}; slots.next <= now; date += days{1}) {
    slots.latest = slots.next;
    slots.next = instantOf(date + at, offset) + shift;
  }
  return slots;
}

}  // namespace holdfast::alerts
