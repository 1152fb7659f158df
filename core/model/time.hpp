// SPDX-License-Identifier: Apache-2.0
// The two clocks. A monotonic one decides when something happens; a wall clock only labels what is
// shown. On a machine without an RTC the wall clock jumps by years, so the two are never mixed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::model {

using Milliseconds = std::chrono::milliseconds;

// CLOCK_BOOTTIME: counts from boot, also through suspend. Comparable within one boot only.
struct BootClock {
  using rep = Milliseconds::rep;
  using period = Milliseconds::period;
  using duration = Milliseconds;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};

using BootTime = BootClock::time_point;
using WallTime = std::chrono::sys_time<Milliseconds>;

// One reading of both clocks, taken together and passed as an argument to whatever needs time.
struct Now {
  BootTime boot;
  WallTime wall;
};

// Source of time; replaced in tests. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Now now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Now now() const override;
};

// Identity of this boot (/proc/sys/kernel/random/boot_id), empty where the kernel has none.
[[nodiscard]] std::string bootId();

// The wall-clock label of a monotonic instant, as seen from `now`.
[[nodiscard]] inline WallTime wallOf(BootTime at, const Now& now) {
  return now.wall + (at - now.boot);
}

// RFC 3339 in UTC with milliseconds: "2025-10-24T10:16:02.114Z".
[[nodiscard]] std::string toRfc3339(WallTime at);

// Reads RFC 3339 with any offset and 0 to 9 fraction digits. Nothing for anything else.
[[nodiscard]] std::optional<WallTime> fromRfc3339(std::string_view text);

// What local time is ahead of UTC at that instant, by TZ or /etc/localtime as they are now. Does
// not block beyond reading that file. Thread-safe as long as nobody changes the environment.
[[nodiscard]] std::chrono::seconds localOffset(WallTime at);

// "07:00", from "00:00" to "23:59": the time since midnight. Nothing for anything else.
[[nodiscard]] std::optional<std::chrono::minutes> parseTimeOfDay(std::string_view text);

// "500ms", "30s", "5m", "1h", "2d"; a bare number is refused. Nothing for anything else, negative
// values and overflow included.
[[nodiscard]] std::optional<Milliseconds> parseDuration(std::string_view text);

// The shortest exact form of the above: 90 s is "90s", 120 s is "2m".
[[nodiscard]] std::string formatDuration(Milliseconds duration);

// kubectl's words: "119s", "9m59s", "179m", "7h59m", "47h", "7d23h", "729d"
// (Kubernetes: apimachinery util/duration HumanDuration).
[[nodiscard]] std::string humanDuration(Milliseconds duration);

}  // namespace holdfast::model
