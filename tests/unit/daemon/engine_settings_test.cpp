// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine_settings.hpp"

#include "config/keys.hpp"

#include <gtest/gtest.h>

namespace holdfast::daemon {
namespace {

// Two places know the numbers of docs/behaviour.md "Retry": the policies, for whoever uses them
// without a configuration, and the table of keys.
TEST(EngineSettings, DefaultsOfTheConfigurationAreThoseOfTheEngine) {
  const auto settings = engineSettings(config::defaultSettings(), 2);
  const engine::EngineSettings expected;
  EXPECT_EQ(settings.defaultRuntime, expected.defaultRuntime);
  EXPECT_EQ(settings.resyncInterval, expected.resyncInterval);
  EXPECT_EQ(settings.parallelPulls, expected.parallelPulls);
  EXPECT_EQ(settings.pullStall, expected.pullStall);
  EXPECT_EQ(settings.retry.image, expected.retry.image);
  EXPECT_EQ(settings.retry.start, expected.retry.start);
  EXPECT_EQ(settings.retry.crash, expected.retry.crash);
  EXPECT_EQ(settings.retry.engine, expected.retry.engine);
  EXPECT_EQ(settings.retry.notify, expected.retry.notify);
  EXPECT_EQ(settings.retry.cloud, expected.retry.cloud);
  EXPECT_EQ(settings.retry.cloudSetup, expected.retry.cloudSetup);
  EXPECT_EQ(settings.retry.rearmAfter, expected.retry.rearmAfter);
}

TEST(EngineSettings, OperationsFollowTheCores) {
  const auto operations = [](unsigned cores) {
    return engineSettings(config::defaultSettings(), cores).parallelOperations;
  };
  EXPECT_EQ(operations(0), 2);  // unknown
  EXPECT_EQ(operations(1), 2);
  EXPECT_EQ(operations(2), 4);
  EXPECT_EQ(operations(64), 4);
}

TEST(EngineSettings, TakesWhatIsConfigured) {
  auto settings = config::defaultSettings();
  settings.parallelOperations = 9;
  settings.retry.image.maxRetries = 3;
  settings.retry.crashFirstImmediate = false;
  settings.retry.rearmAfter = std::chrono::hours{5};
  const auto result = engineSettings(settings, 2);
  EXPECT_EQ(result.parallelOperations, 9);
  EXPECT_EQ(result.retry.image.maxRetries, 3);
  EXPECT_FALSE(result.retry.crash.firstImmediate);
  EXPECT_EQ(result.retry.rearmAfter, std::chrono::hours{5});
}

}  // namespace
}  // namespace holdfast::daemon
