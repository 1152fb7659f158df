// SPDX-License-Identifier: Apache-2.0
#include "alerts/summary_schedule.hpp"

#include "unit/alerts/zones.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace holdfast::alerts {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

struct Course {
  const char* what;
  UtcOffset offset;
  std::chrono::minutes at;
  const char* from;
  std::vector<const char*> slots;  // the ones that follow `from`
};

class Courses : public ::testing::TestWithParam<Course> {};

TEST_P(Courses, HaveOneSlotOnEachDay) {
  const Course& course = GetParam();
  auto now = at(course.from);
  for (const char* expected : course.slots) {
    const Slots slots = slotsAround(now, course.at, 0ms, course.offset);
    EXPECT_EQ(model::toRfc3339(slots.next), expected);
    EXPECT_LE(slots.latest, now);
    now = slots.next;
    EXPECT_EQ(slotsAround(now, course.at, 0ms, course.offset).latest, now) << "it has come";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Courses,
    ::testing::Values(
        Course{"Utc",
               utc(),
               7h,
               "2025-10-24T07:00:00Z",
               {"2025-10-25T07:00:00.000Z", "2025-10-26T07:00:00.000Z"}},
        Course{
            "SpringForward",
            berlin(),
            7h,
            "2025-03-29T00:00:00Z",
            {"2025-03-29T06:00:00.000Z", "2025-03-30T05:00:00.000Z", "2025-03-31T05:00:00.000Z"}},
        // 02:30 is left out on 30 March: it is told when it would be without the change.
        Course{
            "TheHourIsLeftOut",
            berlin(),
            2h + 30min,
            "2025-03-29T00:00:00Z",
            {"2025-03-29T01:30:00.000Z", "2025-03-30T01:30:00.000Z", "2025-03-31T00:30:00.000Z"}},
        // 02:30 comes twice on 26 October: the first time counts.
        Course{
            "TheHourComesTwice",
            berlin(),
            2h + 30min,
            "2025-10-25T00:00:00Z",
            {"2025-10-25T00:30:00.000Z", "2025-10-26T00:30:00.000Z", "2025-10-27T01:30:00.000Z"}},
        Course{
            "FallBack",
            berlin(),
            7h,
            "2025-10-25T00:00:00Z",
            {"2025-10-25T05:00:00.000Z", "2025-10-26T06:00:00.000Z", "2025-10-27T06:00:00.000Z"}},
        // Samoa had no 30 December 2011.
        Course{
            "ADayIsLeftOut",
            zone(-10h, {{at("2011-12-30T10:00:00Z"), 14h}}),
            7h,
            "2011-12-29T00:00:00Z",
            {"2011-12-29T17:00:00.000Z", "2011-12-30T17:00:00.000Z", "2011-12-31T17:00:00.000Z"}},
        Course{"AheadOfUtc",
               zone(13h, {}),
               0h,
               "2025-10-24T12:00:00Z",
               {"2025-10-25T11:00:00.000Z", "2025-10-26T11:00:00.000Z"}},
        Course{"BehindUtc",
               zone(-11h, {}),
               23h + 59min,
               "2025-10-24T12:00:00Z",
               {"2025-10-25T10:59:00.000Z", "2025-10-26T10:59:00.000Z"}},
        Course{"AnUnsetClock",
               utc(),
               7h,
               "1970-01-01T00:00:10Z",
               {"1970-01-01T07:00:00.000Z", "1970-01-02T07:00:00.000Z"}}),
    [](const auto& course) { return std::string(course.param.what); });

// Whatever the hour and the shift, and at whatever instant one asks.
TEST(Slots, AreOneForEachLocalDateOfAYear) {
  for (const auto time : {0min, 150min, 420min, 1439min}) {
    for (const model::Milliseconds shift : {0ms, 600'000ms, 21'599'999ms}) {
      std::set<model::WallTime> all;
      for (auto now = at("2025-01-02T00:00:00Z"); now < at("2026-01-01T00:00:00Z"); now += 187min) {
        const Slots slots = slotsAround(now, time, shift, berlin());
        ASSERT_LE(slots.latest, now);
        ASSERT_GT(slots.next, now);
        ASSERT_GE(slots.next - slots.latest, 22h);
        ASSERT_LE(slots.next - slots.latest, 26h);
        if (slots.next >= at("2025-01-03T00:00:00Z") && slots.next < at("2025-12-31T00:00:00Z"))
          all.insert(slots.next);
      }
      EXPECT_EQ(all.size(), 362U) << time.count() << " min, " << shift.count() << " ms";
    }
  }
}

TEST(Slots, ComeLaterByTheShift) {
  const auto now = at("2025-10-24T07:05:00Z");
  const Slots slots = slotsAround(now, 7h, 10min, utc());
  EXPECT_EQ(slots.latest, at("2025-10-23T07:10:00Z"));
  EXPECT_EQ(slots.next, at("2025-10-24T07:10:00Z"));
}

TEST(Jitter, IsTheSameForADeviceAndSpreadOverAFleet) {
  int early = 0;
  for (int device = 0; device < 1'000; ++device) {
    const std::string id = "device-" + std::to_string(device);
    const auto shift = jitterOf(id, 10min);
    EXPECT_EQ(shift, jitterOf(id, 10min));
    EXPECT_GE(shift, 0ms);
    EXPECT_LT(shift, 10min);
    early += shift < 5min ? 1 : 0;
  }
  EXPECT_GT(early, 400);
  EXPECT_LT(early, 600);
}

TEST(Jitter, CanBeNone) {
  EXPECT_EQ(jitterOf("device", 0ms), 0ms);
  EXPECT_EQ(jitterOf("device", 1ms), 0ms);
}

}  // namespace
}  // namespace holdfast::alerts
