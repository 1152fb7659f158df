// SPDX-License-Identifier: Apache-2.0
#include "model/time.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

namespace holdfast::model {
namespace {

using namespace std::chrono_literals;

WallTime at(std::int64_t milliseconds) {
  return WallTime{Milliseconds{milliseconds}};
}

TEST(Rfc3339, WritesUtcWithMilliseconds) {
  EXPECT_EQ(toRfc3339(at(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(toRfc3339(at(1761300962114)), "2025-10-24T10:16:02.114Z");
  EXPECT_EQ(toRfc3339(at(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(toRfc3339(at(951782400000)), "2000-02-29T00:00:00.000Z");
}

TEST(Rfc3339, KeepsFourDigitsForTheYearWhateverTheInstant) {
  EXPECT_EQ(toRfc3339(WallTime::min()), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(toRfc3339(WallTime::max()), "9999-12-31T23:59:59.999Z");
}

TEST(Rfc3339, ReadsAnyOffsetAndFraction) {
  const struct {
    const char* text;
    std::int64_t expected;
  } cases[] = {
      {"2025-10-24T10:16:02.114Z", 1761300962114},
      {"2025-10-24T10:16:02Z", 1761300962000},
      {"2025-10-24t10:16:02z", 1761300962000},
      {"2025-10-24T10:16:02.1Z", 1761300962100},
      {"2025-10-24T10:16:02.12Z", 1761300962120},
      {"2025-10-24T10:16:02.114999999Z", 1761300962114},
      {"2025-10-24T12:16:02.114+02:00", 1761300962114},
      {"2025-10-24T04:46:02.114-05:30", 1761300962114},
      {"2016-12-31T23:59:60Z", 1483228800000},
      {"0001-01-01T00:00:00Z", -62135596800000},
      {"1969-12-31T23:59:59.999Z", -1},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(fromRfc3339(text), at(expected)) << text;
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const char* text : {"",
                           "now",
                           "2025-10-24",
                           "2025-10-24T10:16:02",
                           "2025-10-24 10:16:02Z",
                           "2025-13-01T00:00:00Z",
                           "2025-02-29T00:00:00Z",
                           "2025-00-10T00:00:00Z",
                           "2025-10-24T24:00:00Z",
                           "2025-10-24T10:60:00Z",
                           "2025-10-24T10:16:61Z",
                           "2025-10-24T10:16:02.Z",
                           "2025-10-24T10:16:02.1234567890Z",
                           "2025-10-24T10:16:02+2:00",
                           "2025-10-24T10:16:02+24:00",
                           "2025-10-24T10:16:02Zx",
                           "-025-10-24T10:16:02Z",
                           "2025-1 -24T10:16:02Z",
                           "+025-10-24T10:16:02Z",
                           "2025-10-24T10:16:02.114"}) {
    EXPECT_EQ(fromRfc3339(text), std::nullopt) << text;
  }
}

TEST(Rfc3339, ReadsBackWhatItWrote) {
  for (std::int64_t ms = -62135596800000; ms < 253402300800000; ms += 86'399'999'983)
    EXPECT_EQ(fromRfc3339(toRfc3339(at(ms))), at(ms)) << ms;
}

TEST(TimeOfDay, IsReadOrRefused) {
  EXPECT_EQ(parseTimeOfDay("00:00"), 0min);
  EXPECT_EQ(parseTimeOfDay("07:05"), 425min);
  EXPECT_EQ(parseTimeOfDay("23:59"), 1439min);
  for (const char* text : {"", "7:00", "07:0", "24:00", "07:60", "0700", "07:00:00", " 07:00",
                           "-7:00", "07:00Z", "ab:cd"}) {
    EXPECT_EQ(parseTimeOfDay(text), std::nullopt) << text;
  }
}

// The zone as a rule in words, so that no file of zones is needed.
TEST(LocalOffset, FollowsTheZoneAndItsSummerTime) {
  ASSERT_EQ(::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1), 0);
  EXPECT_EQ(localOffset(*fromRfc3339("2025-03-30T00:59:59Z")), 1h);
  EXPECT_EQ(localOffset(*fromRfc3339("2025-03-30T01:00:00Z")), 2h);
  EXPECT_EQ(localOffset(*fromRfc3339("2025-10-26T01:00:00Z")), 1h);
  ASSERT_EQ(::setenv("TZ", "NST3:30", 1), 0);
  EXPECT_EQ(localOffset(*fromRfc3339("2025-10-26T01:00:00Z")), -(3h + 30min));
  ASSERT_EQ(::unsetenv("TZ"), 0);
}

TEST(Duration, ReadsEachUnit) {
  EXPECT_EQ(parseDuration("500ms"), 500ms);
  EXPECT_EQ(parseDuration("30s"), 30s);
  EXPECT_EQ(parseDuration("5m"), 5min);
  EXPECT_EQ(parseDuration("1h"), 1h);
  EXPECT_EQ(parseDuration("2d"), 48h);
  EXPECT_EQ(parseDuration("0s"), 0s);
  EXPECT_EQ(parseDuration("9223372036854775807ms"), Milliseconds::max());
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* text :
       {"", "30", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1w", "1h30m",
        "9223372036854775808ms", "9223372036854775807s", "99999999999999999999s", "1ns", "0x1s"}) {
    EXPECT_EQ(parseDuration(text), std::nullopt) << text;
  }
}

TEST(Duration, WritesTheShortestExactForm) {
  EXPECT_EQ(formatDuration(0ms), "0s");
  EXPECT_EQ(formatDuration(1500ms), "1500ms");
  EXPECT_EQ(formatDuration(90s), "90s");
  EXPECT_EQ(formatDuration(120s), "2m");
  EXPECT_EQ(formatDuration(1h), "1h");
  EXPECT_EQ(formatDuration(25h), "25h");
  EXPECT_EQ(formatDuration(48h), "2d");
}

TEST(Duration, ReadsBackWhatItWrote) {
  for (const Milliseconds duration : {0ms, 1ms, 999ms, 1000ms, 60'000ms, 61'000ms, 3'600'000ms,
                                      86'400'000ms, Milliseconds::max()})
    EXPECT_EQ(parseDuration(formatDuration(duration)), duration);
}

// Each threshold of Kubernetes' HumanDuration, from both sides.
TEST(HumanDuration, SpeaksAsKubectl) {
  constexpr auto kDay = 24h;
  constexpr auto kYear = 365 * kDay;
  const struct {
    Milliseconds duration;
    const char* expected;
  } cases[] = {
      {-2s, "<invalid>"},
      {-1999ms, "0s"},
      {-1s, "0s"},
      {0s, "0s"},
      {999ms, "0s"},
      {119s, "119s"},
      {119'999ms, "119s"},
      {120s, "2m"},
      {121s, "2m1s"},
      {599s, "9m59s"},
      {600s, "10m"},
      {179min + 59s, "179m"},
      {180min, "3h"},
      {7h + 59min, "7h59m"},
      {8h, "8h"},
      {47h + 59min, "47h"},
      {48h, "2d"},
      {49h, "2d1h"},
      {7 * kDay + 23h, "7d23h"},
      {8 * kDay, "8d"},
      {729 * kDay + 23h, "729d"},
      {2 * kYear, "2y"},
      {2 * kYear + kDay, "2y1d"},
      {7 * kYear + 364 * kDay, "7y364d"},
      {8 * kYear, "8y"},
      {30 * kYear + kDay, "30y"},
  };
  for (const auto& [duration, expected] : cases)
    EXPECT_EQ(humanDuration(duration), expected) << duration.count() << " ms";
}

TEST(Clocks, BootClockNeverGoesBack) {
  const auto first = BootClock::now();
  EXPECT_GT(first.time_since_epoch(), 0ms);
  EXPECT_GE(BootClock::now(), first);
}

TEST(Clocks, WallLabelOfAMonotonicInstant) {
  const Now now{BootTime{100s}, at(5'000'000)};
  EXPECT_EQ(wallOf(BootTime{70s}, now), at(4'970'000));
  EXPECT_EQ(wallOf(BootTime{130s}, now), at(5'030'000));
}

TEST(Clocks, SystemClockReadsBoth) {
  const Now now = SystemClock().now();
  EXPECT_GT(now.boot.time_since_epoch(), 0ms);
  EXPECT_GT(now.wall, at(1'600'000'000'000));
}

TEST(Clocks, BootIdStaysTheSameWithinABoot) {
  EXPECT_EQ(bootId(), bootId());
}

}  // namespace
}  // namespace holdfast::model
