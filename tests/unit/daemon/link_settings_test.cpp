// SPDX-License-Identifier: Apache-2.0
#include "daemon/link_settings.hpp"

#include "daemon/version.hpp"

#include <gtest/gtest.h>

namespace holdfast::daemon {
namespace {

std::string sourceFor(const std::string& url) {
  config::Settings settings;
  settings.uplink.plugin = "iotistic";
  settings.uplink.options["url"] = url;
  return linkSettings(settings).source;
}

TEST(LinkSettings, AreThoseOfTheConfiguration) {
  config::Settings settings;
  settings.deviceName = "pump 7";
  settings.uplink.pollInterval = std::chrono::seconds{7};
  settings.uplink.reportInterval = std::chrono::seconds{8};
  settings.uplink.heartbeat = std::chrono::seconds{9};
  const auto link = linkSettings(settings);
  EXPECT_EQ(link.deviceName, "pump 7");
  EXPECT_EQ(link.agentVersion, kVersion);
  EXPECT_EQ(link.pollInterval, std::chrono::seconds{7});
  EXPECT_EQ(link.reportGap, std::chrono::seconds{8});
  EXPECT_EQ(link.heartbeatInterval, std::chrono::seconds{9});
}

TEST(LinkSettings, NameTheCloudWithoutWhatMayBeASecret) {
  EXPECT_EQ(sourceFor("https://cloud.example:8443"), "https://cloud.example:8443");
  EXPECT_EQ(sourceFor("https://user:pass@word@cloud.example/key?token=t"), "https://cloud.example");
  EXPECT_EQ(sourceFor("https://cloud.example?at=a@b"), "https://cloud.example");
  EXPECT_EQ(sourceFor("no address"), "iotistic");
  EXPECT_EQ(sourceFor(""), "iotistic");
}

}  // namespace
}  // namespace holdfast::daemon
