// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace holdfast::support {

// Milliseconds since the epoch as RFC 3339 in UTC with three fraction digits:
// 2023-11-14T22:13:20.123Z. Years 0 to 9999; others come out as the nearer end.
[[nodiscard]] std::string rfc3339(std::int64_t milliseconds);

// "4 s", "12 min", "3 h 5 min", "2 d 4 h": the two largest units.
[[nodiscard]] std::string durationText(std::int64_t seconds);

}  // namespace holdfast::support
