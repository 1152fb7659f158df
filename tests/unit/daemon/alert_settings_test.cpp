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

}  // namespace
}  // namespace holdfast::daemon
