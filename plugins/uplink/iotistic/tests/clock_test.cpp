// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/clock.hpp"

#include <gmock/gmock.h>

namespace holdfast::iotistic {
namespace {

using ::testing::HasSubstr;

TEST(Clock, IsPlainlyWrongBeforeTheDayOfTheBuild) {
  EXPECT_EQ(clockComplaint(buildDaySeconds()), "");
  EXPECT_EQ(buildDaySeconds() % 86'400, 0);
  EXPECT_GT(buildDaySeconds(), 1'577'836'800);  // 2020
  EXPECT_THAT(clockComplaint(buildDaySeconds() - 1), HasSubstr("T23:59:59Z"));
  EXPECT_THAT(clockComplaint(0), HasSubstr("1970-01-01T00:00:00Z"));
}

TEST(Clock, IsComparedWithTheDateOfAnswers) {
  EXPECT_EQ(dateOf("Sun, 06 Nov 1994 08:49:37 GMT"), 784'111'777);
  for (const char* other : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "784111777",
                            "Sun, 06 Nov 1994 08:49:37 GMT, once more"}) {
    EXPECT_EQ(dateOf(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace holdfast::iotistic
