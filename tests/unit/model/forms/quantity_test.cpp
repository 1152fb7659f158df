// SPDX-License-Identifier: Apache-2.0
#include "model/forms/quantity.hpp"

#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

struct Case {
  const char* text;
  std::int64_t expected;
};

TEST(Bytes, AsKubernetesReadsThem) {
  for (const auto& [text, expected] : {Case{"0", 0},
                                       {"268435456", 268435456},
                                       {"512Mi", 512ll << 20},
                                       {"64M", 64'000'000},
                                       {"1k", 1000},
                                       {"1Ki", 1024},
                                       {"1.5Gi", 3ll << 29},
                                       {"0.1Ki", 103},
                                       {".5Ki", 512},
                                       {"5.", 5},
                                       {"+5", 5},
                                       {"12e6", 12'000'000},
                                       {"12E6", 12'000'000},
                                       {"12e+6", 12'000'000},
                                       {"1500e-3", 2},
                                       {"500m", 1},
                                       {"1500m", 2},
                                       {"2000m", 2},
                                       {"1n", 1},
                                       {"0n", 0},
                                       {"1E", 1'000'000'000'000'000'000},
                                       {"7Ei", 7ll << 60},
                                       {"0.0000000000000000000000000001Ei", 1},
                                       {"9223372036854775807", INT64_MAX},
                                       {"00000000000000000000000000000000000001", 1}}) {
    const auto parsed = parseBytes(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, expected) << text;
  }
}

TEST(NanoCpus, AsKubernetesReadsThem) {
  for (const auto& [text, expected] : {Case{"0.5", 500'000'000},
                                       {"500m", 500'000'000},
                                       {"2", 2'000'000'000},
                                       {"1n", 1},
                                       {"0.1n", 1},
                                       {"250u", 250'000},
                                       {"1e-3", 1'000'000},
                                       {"0.123456789", 123'456'789},
                                       {"0.1234567891", 123'456'790}}) {
    const auto parsed = parseNanoCpus(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, expected) << text;
  }
}

TEST(Quantity, RefusesEverythingElse) {
  for (const char* text : {"",      " ",
                           ".",     "-1",
                           "-0",    "Mi",
                           "1MB",   "1mi",
                           "1K",    "1kI",
                           "1 Mi",  "1.2.3",
                           "1e",    "1e1.5",
                           "1e31",  "1e-31",
                           "1e--3", "e3",
                           "0x10",  "1,5",
                           "inf",   "nan",
                           "8Ei",   "9223372036854775808",
                           "1e30",  "99999999999999999999999999999999999999999",
                           "1eMi",  "1Mii",
                           "1e+-3", "1e+ 3"}) {
    EXPECT_FALSE(parseBytes(text)) << text;
  }
  EXPECT_FALSE(parseNanoCpus("9223372037"));
}

TEST(Quantity, ErrorsSayWhatWasExpected) {
  EXPECT_EQ(
      parseBytes("1MB").error().message,
      "\"1MB\" ends in the unknown unit \"MB\"; expected bytes such as 268435456, 256Mi or 64M");
  EXPECT_EQ(parseNanoCpus("-1").error().message,
            "\"-1\" is negative; expected CPUs such as 2, 0.5 or 500m");
}

}  // namespace
}  // namespace holdfast::model
