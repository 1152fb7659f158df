// SPDX-License-Identifier: Apache-2.0
#include "config/words.hpp"

#include "config/variable_names.hpp"

#include <gtest/gtest.h>

namespace holdfast::config {
namespace {

TEST(PluginName, FollowsTheDescriptorsRule) {
  EXPECT_TRUE(isPluginName("docker"));
  EXPECT_TRUE(isPluginName("my-runtime2"));
  EXPECT_FALSE(isPluginName(""));
  EXPECT_FALSE(isPluginName("2docker"));
  EXPECT_FALSE(isPluginName("Docker"));
  EXPECT_FALSE(isPluginName("../docker"));
  EXPECT_FALSE(isPluginName(std::string(33, 'a')));
}

TEST(Address, NeedsAKnownSchemeAndSomethingBehind) {
  EXPECT_TRUE(isAddress("unix:///run/docker.sock"));
  EXPECT_TRUE(isAddress("tcp://10.0.0.1:2375"));
  EXPECT_TRUE(isAddress("https://engine:2376"));
  EXPECT_FALSE(isAddress("unix://run/docker.sock"));
  EXPECT_FALSE(isAddress("/run/docker.sock"));
  EXPECT_FALSE(isAddress("tcp://"));
  EXPECT_FALSE(isAddress("tcp://a b"));
}

TEST(VariableName, IsTheKeyInCapitals) {
  EXPECT_EQ(variableName("state.dir"), "HOLDFAST_STATE__DIR");
  EXPECT_EQ(variableName("retry.crash.firstImmediate"), "HOLDFAST_RETRY__CRASH__FIRSTIMMEDIATE");
  EXPECT_EQ(keyOfVariableName("HOLDFAST_RUNTIME__DOCKER__URL"), "runtime.docker.url");
}

}  // namespace
}  // namespace holdfast::config
