// SPDX-License-Identifier: Apache-2.0
#include "uplink/cloud_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::uplink {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CloudSettings, AreTaken) {
  const auto read = readCloudSettings(
      R"({"settings":{"targetStatePollIntervalMs":30000,"deviceReportIntervalMs":20000,)"
      R"("reconciliationIntervalMs":10000.0}})");
  EXPECT_EQ(read.settings.pollInterval, 30s);
  EXPECT_EQ(read.settings.heartbeatInterval, 20s);
  EXPECT_EQ(read.settings.reconcileInterval, 10s);
  EXPECT_THAT(read.notes, IsEmpty());
}

TEST(CloudSettings, AreNothingWhereNothingIsSaid) {
  for (const char* text : {"", "{", "[]", "{}", R"({"settings":1})", R"({"settings":{}})",
                           R"({"settings":{"targetStatePollIntervalMs":null}})"}) {
    const auto read = readCloudSettings(text);
    EXPECT_EQ(read.settings, CloudSettings{}) << text;
    EXPECT_THAT(read.notes, IsEmpty()) << text;
  }
}

TEST(CloudSettings, AreKeptWithinBounds) {
  const auto low =
      readCloudSettings(R"({"settings":{"targetStatePollIntervalMs":0,"deviceReportIntervalMs":-1,)"
                        R"("reconciliationIntervalMs":4999}})");
  EXPECT_EQ(low.settings.pollInterval, kPollBounds.least);
  EXPECT_EQ(low.settings.heartbeatInterval, kHeartbeatBounds.least);
  EXPECT_EQ(low.settings.reconcileInterval, kReconcileBounds.least);
  EXPECT_THAT(low.notes,
              ElementsAre(HasSubstr("targetStatePollIntervalMs: 0 ms is not from 5s to 1h"),
                          HasSubstr("10s is used"), HasSubstr("4999 ms")));
  const auto high = readCloudSettings(
      R"({"settings":{"targetStatePollIntervalMs":3600001,)"
      R"("deviceReportIntervalMs":18446744073709551615,"reconciliationIntervalMs":1e300}})");
  EXPECT_EQ(high.settings.pollInterval, kPollBounds.most);
  EXPECT_EQ(high.settings.heartbeatInterval, kHeartbeatBounds.most);
  EXPECT_EQ(high.settings.reconcileInterval, kReconcileBounds.most);
}

TEST(CloudSettings, TheBoundsThemselvesAreAllowed) {
  const auto read = readCloudSettings(
      R"({"settings":{"targetStatePollIntervalMs":5000,"deviceReportIntervalMs":3600000}})");
  EXPECT_EQ(read.settings.pollInterval, 5s);
  EXPECT_EQ(read.settings.heartbeatInterval, 1h);
  EXPECT_THAT(read.notes, IsEmpty());
}

TEST(CloudSettings, WhatIsNoWholeNumberIsPassedOver) {
  const auto read = readCloudSettings(
      R"({"settings":{"targetStatePollIntervalMs":"60000","deviceReportIntervalMs":1.5,)"
      R"("reconciliationIntervalMs":{}}})");
  EXPECT_EQ(read.settings, CloudSettings{});
  EXPECT_EQ(read.notes.size(), 3U);
}

}  // namespace
}  // namespace holdfast::uplink
