// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/time_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace holdfast::support {
namespace {

TEST(TimeText, WritesRfc3339InUtcWithMilliseconds) {
  EXPECT_EQ(rfc3339(1'700'000'000'007), "2023-11-14T22:13:20.007Z");
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(rfc3339(-62'135'596'800'000), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(INT64_MIN), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(INT64_MAX), "9999-12-31T23:59:59.999Z");
}

TEST(TimeText, SaysDurationsInTwoUnits) {
  EXPECT_EQ(durationText(-5), "0 s");
  EXPECT_EQ(durationText(59), "59 s");
  EXPECT_EQ(durationText(60), "1 min");
  EXPECT_EQ(durationText(754), "12 min 34 s");
  EXPECT_EQ(durationText(11'100), "3 h 5 min");
  EXPECT_EQ(durationText(7'200), "2 h");
  EXPECT_EQ(durationText(187'200), "2 d 4 h");
}

}  // namespace
}  // namespace holdfast::support
