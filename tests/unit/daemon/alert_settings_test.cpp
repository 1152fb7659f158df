// SPDX-License-Identifier: Apache-2.0
#include "daemon/alert_settings.hpp"

#include <gmock/gmock.h>

namespace holdfast::daemon {
namespace {

using testing::ElementsAre;

TEST(AlertSettings, HasEveryReceiverThatIsConfigured) {
  config::Settings settings;
  settings.notifiers["ops"].plugin = "webhook";
  settings.notifiers["archive"].plugin = "syslog";
  EXPECT_THAT(alertSettings(settings).receivers, ElementsAre("archive", "ops"));
}

TEST(AlertSettings, HasTheSummaryOfTheConfiguration) {
  config::Settings settings;
  EXPECT_EQ(alertSettings(settings).summary.at, std::nullopt);
  settings.summaryAt = std::chrono::minutes{450};
  settings.summaryJitter = std::chrono::minutes{3};
  settings.summaryWhenEmpty = true;
  const auto summary = alertSettings(settings).summary;
  EXPECT_EQ(summary.at, settings.summaryAt);
  EXPECT_EQ(summary.jitter, settings.summaryJitter);
  EXPECT_TRUE(summary.sendWhenEmpty);
}

}  // namespace
}  // namespace holdfast::daemon
