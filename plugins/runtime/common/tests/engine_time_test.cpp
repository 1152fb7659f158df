// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/engine_time.hpp"

#include "holdfast/sdk/runtime.hpp"

#include <gtest/gtest.h>

namespace holdfast::runtime {
namespace {

TEST(EngineTime, ReadsWhatEnginesWrite) {
  EXPECT_EQ(parseEngineTime("2023-11-14T22:13:20.123456789Z"), 1'700'000'000'123);
  EXPECT_EQ(parseEngineTime("2023-11-14T22:13:20Z"), 1'700'000'000'000);
  EXPECT_EQ(parseEngineTime("2023-11-14T22:13:20.5Z"), 1'700'000'000'500);
  EXPECT_EQ(parseEngineTime("2023-11-14T23:13:20.000000001+01:00"), 1'700'000'000'000);
  EXPECT_EQ(parseEngineTime("2023-11-14T16:43:20-05:30"), 1'700'000'000'000);
}

TEST(EngineTime, TakesTheZeroTimeAndNonsenseForNone) {
  for (const char* text :
       {"0001-01-01T00:00:00Z", "", "yesterday", "2023-11-14", "2023-13-14T00:00:00Z",
        "2023-11-14T22:13:20", "2023-11-14T22:13:20.Zx", "-023-11-14T22:13:20Z"}) {
    EXPECT_EQ(parseEngineTime(text), sdk::kNoTime) << text;
  }
}

TEST(EngineTime, WritesSecondsAndFraction) {
  EXPECT_EQ(formatEngineTime(1'700'000'000'007), "1700000000.007000000");
  EXPECT_EQ(formatEngineTime(0), "0.000000000");
}

}  // namespace
}  // namespace holdfast::runtime
