// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::runtime {

// Milliseconds since the epoch of an engine's RFC 3339 time (any offset, any number of fraction
// digits); sdk::kNoTime for Go's zero time "0001-01-01T00:00:00Z" and for anything unreadable.
[[nodiscard]] std::int64_t parseEngineTime(std::string_view text);

// The form of the `since` and `until` queries: seconds, a dot and nine digits.
[[nodiscard]] std::string formatEngineTime(std::int64_t milliseconds);

}  // namespace holdfast::runtime
