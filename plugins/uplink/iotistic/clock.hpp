// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::iotistic {

// Seconds since the epoch at the begin of the day that this program was built.
[[nodiscard]] std::int64_t buildDaySeconds();

// "this device's clock says ..., which is before this program was built: ..." for a clock that is
// plainly wrong, empty for one that may be right.
[[nodiscard]] std::string clockComplaint(std::int64_t nowSeconds);

// RFC 3339 in UTC, whole seconds.
[[nodiscard]] std::string timeText(std::int64_t seconds);

// Seconds since the epoch of a Date header, RFC 9110 section 5.6.7 in the form that servers send.
[[nodiscard]] std::optional<std::int64_t> dateOf(std::string_view header);

}  // namespace holdfast::iotistic
