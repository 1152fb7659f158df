// SPDX-License-Identifier: Apache-2.0
// Time zones as tables, so that tests need none of the machine's.
#pragma once

#include "alerts/summary_schedule.hpp"

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::alerts {

inline model::WallTime at(std::string_view text) {
  return model::fromRfc3339(text).value();
}

// `first` holds until the first change; each change is an instant and what holds from then on.
inline UtcOffset zone(std::chrono::seconds first,
                      std::vector<std::pair<model::WallTime, std::chrono::seconds>> changes) {
  return [first, changes = std::move(changes)](model::WallTime when) {
    auto offset = first;
    for (const auto& [from, then] : changes) {
      if (when >= from)
        offset = then;
    }
    return offset;
  };
}

inline UtcOffset utc() {
  return zone(std::chrono::hours{0}, {});
}

// Of 2025: 02:00 becomes 03:00 on 30 March, and 03:00 becomes 02:00 on 26 October.
inline UtcOffset berlin() {
  using std::chrono::hours;
  return zone(hours{1},
              {{at("2025-03-30T01:00:00Z"), hours{2}}, {at("2025-10-26T01:00:00Z"), hours{1}}});
}

}  // namespace holdfast::alerts
