// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/time_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace holdfast::support {
namespace {

constexpr std::int64_t kFirstMs = -62'167'219'200'000;  // 0000-01-01T00:00:00Z
constexpr std::int64_t kLastMs = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

std::string amount(std::int64_t number, const char* unit) {
  return std::to_string(number) + " " + unit;
}

}  // namespace

std::string rfc3339(std::int64_t milliseconds) {
  milliseconds = std::clamp(milliseconds, kFirstMs, kLastMs);
  std::int64_t fraction = milliseconds % 1000;
  std::time_t seconds = milliseconds / 1000;
  if (fraction < 0) {
    fraction += 1000;
    --seconds;
  }
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  // glibc writes years below 1000 without leading zeros.
  std::string result = std::string(19 - std::min<std::size_t>(length, 19), '0') + text.data();
  std::snprintf(text.data(), text.size(), ".%03dZ", static_cast<int>(fraction));
  return result + text.data();
}

std::string durationText(std::int64_t seconds) {
  if (seconds < 60) {
    return amount(std::max<std::int64_t>(seconds, 0), "s");
  }
  const std::int64_t minutes = seconds / 60;
  const std::int64_t hours = minutes / 60;
  const std::int64_t days = hours / 24;
  const auto both = [](std::int64_t large, const char* unit, std::int64_t small,
                       const char* smallUnit) {
    return amount(large, unit) + (small > 0 ? " " + amount(small, smallUnit) : "");
  };
  if (days > 0) {
    return both(days, "d", hours % 24, "h");
  }
  if (hours > 0) {
    return both(hours, "h", minutes % 60, "min");
  }
  return both(minutes, "min", seconds % 60, "s");
}

}  // namespace holdfast::support
