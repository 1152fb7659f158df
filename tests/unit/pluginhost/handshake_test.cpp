// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/handshake.hpp"

#include <gmock/gmock.h>

#include <array>

namespace holdfast::pluginhost {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const HostIdentity kHost{"0.1.0", HOLDFAST_TOOLCHAIN_TAG};

PluginIdentity good() {
  PluginIdentity identity;
  identity.magic = HOLDFAST_PLUGIN_MAGIC;
  identity.structSize = sizeof(holdfast_plugin_descriptor);
  identity.kind = HOLDFAST_KIND_RUNTIME;
  identity.abiMajor = HOLDFAST_ABI_RUNTIME_MAJOR;
  identity.abiMinor = HOLDFAST_ABI_RUNTIME_MINOR;
  identity.complete = true;
  identity.name = "docker";
  identity.version = "1.0.0";
  identity.toolchain = HOLDFAST_TOOLCHAIN_TAG;
  return identity;
}

std::string problemOf(const PluginIdentity& identity) {
  return handshakeProblem(identity, kHost).value_or("");
}

TEST(Handshake, AcceptsAPluginOfThisBuild) {
  EXPECT_EQ(problemOf(good()), "");
}

TEST(Handshake, AcceptsADescriptorThatHasGrown) {
  auto identity = good();
  identity.structSize += 64;
  EXPECT_EQ(problemOf(identity), "");
}

TEST(Handshake, RefusesWhatIsNoDescriptor) {
  auto identity = good();
  identity.magic = 0x12345678;
  EXPECT_THAT(problemOf(identity), AllOf(HasSubstr("0x12345678"), HasSubstr("0x4846504C")));
}

TEST(Handshake, RefusesAShorterDescriptor) {
  auto identity = good();
  identity.structSize = 16;
  EXPECT_THAT(problemOf(identity), AllOf(HasSubstr("16 bytes"), HasSubstr("agent 0.1.0 needs")));
}

TEST(Handshake, RefusesMissingFunctions) {
  auto identity = good();
  identity.complete = false;
  EXPECT_THAT(problemOf(identity), HasSubstr("accepts, create or destroy"));
}

TEST(Handshake, NamesBothAbiVersions) {
  auto identity = good();
  identity.abiMinor = HOLDFAST_ABI_RUNTIME_MINOR + 1;
  EXPECT_THAT(problemOf(identity),
              AllOf(HasSubstr("built for runtime ABI 0.3"), HasSubstr("agent 0.1.0 offers"),
                    HasSubstr("runtime ABI 0.2")));
  identity.abiMajor = 7;
  EXPECT_THAT(problemOf(identity), HasSubstr("runtime ABI 7.3"));
}

TEST(Handshake, RefusesKindsThatTheAgentDoesNotKnow) {
  auto identity = good();
  identity.kind = 77;
  EXPECT_THAT(problemOf(identity),
              AllOf(HasSubstr("kind 77"), HasSubstr("knows runtime, notifier and uplink")));
}

TEST(Handshake, HoldsNotifiersAgainstTheirOwnAbi) {
  auto identity = good();
  identity.kind = HOLDFAST_KIND_NOTIFIER;
  identity.abiMajor = HOLDFAST_ABI_NOTIFIER_MAJOR;
  identity.abiMinor = HOLDFAST_ABI_NOTIFIER_MINOR;
  EXPECT_EQ(problemOf(identity), "");
  ++identity.abiMinor;
  EXPECT_THAT(problemOf(identity), AllOf(HasSubstr("notifier ABI 0.2"), HasSubstr("ABI 0.1")));
}

TEST(Handshake, HoldsUplinksAgainstTheirOwnAbi) {
  auto identity = good();
  identity.kind = HOLDFAST_KIND_UPLINK;
  identity.abiMajor = HOLDFAST_ABI_UPLINK_MAJOR;
  identity.abiMinor = HOLDFAST_ABI_UPLINK_MINOR;
  EXPECT_EQ(problemOf(identity), "");
  ++identity.abiMinor;
  EXPECT_THAT(problemOf(identity), AllOf(HasSubstr("uplink ABI 0.2"), HasSubstr("ABI 0.1")));
}

TEST(Handshake, SaysWhereAPluginOfAnotherKindBelongs) {
  auto identity = good();
  EXPECT_EQ(kindProblem(identity, HOLDFAST_KIND_RUNTIME), std::nullopt);
  EXPECT_EQ(kindProblem(identity, HOLDFAST_KIND_NOTIFIER),
            "it is a runtime plugin, but was asked for as a notifier; name it in plugins.load");
  identity.kind = HOLDFAST_KIND_NOTIFIER;
  EXPECT_THAT(kindProblem(identity, HOLDFAST_KIND_RUNTIME).value_or(""),
              HasSubstr("name it as notifier.<name>.plugin, not in plugins.load"));
  identity.kind = HOLDFAST_KIND_UPLINK;
  EXPECT_EQ(kindProblem(identity, HOLDFAST_KIND_RUNTIME),
            "it is an uplink plugin, but was asked for as a runtime; name it as uplink.plugin, not "
            "in plugins.load");
}

TEST(Handshake, NamesTheToolchainDifference) {
  auto identity = good();
  identity.toolchain = "libstdc++ string=cxx98 stl=debug sanitizer=none pointer=64";
  EXPECT_THAT(problemOf(identity), AllOf(HasSubstr("string=cxx98 against string=cxx11"),
                                         HasSubstr("stl=debug against stl=plain")));
}

TEST(Handshake, RefusesNamesThatAreNone) {
  for (const char* name :
       {"", "Docker", "1docker", "do/cker", "a23456789012345678901234567890123"}) {
    auto identity = good();
    identity.name = name;
    EXPECT_THAT(problemOf(identity), HasSubstr("[a-z][a-z0-9-]{0,31}")) << name;
  }
}

TEST(Handshake, RefusesAPluginWithoutVersion) {
  auto identity = good();
  identity.version.clear();
  EXPECT_THAT(problemOf(identity), HasSubstr("no version"));
}

TEST(Handshake, ChecksTheNameThatWasAskedFor) {
  EXPECT_EQ(nameProblem(good(), "docker"), std::nullopt);
  EXPECT_THAT(nameProblem(good(), "podman").value_or(""),
              AllOf(HasSubstr("\"docker\""), HasSubstr("\"podman\"")));
}

TEST(AbiRule, MinorVersionsAreInterfacesOfTheirOwnBeforeOnePointZero) {
  EXPECT_TRUE(sdk::abiAccepts({0, 3}, {0, 3}));
  EXPECT_FALSE(sdk::abiAccepts({0, 3}, {0, 2}));
  EXPECT_FALSE(sdk::abiAccepts({0, 3}, {0, 4}));
}

TEST(AbiRule, AHostServesOlderMinorVersionsFromOnePointZeroOn) {
  EXPECT_TRUE(sdk::abiAccepts({1, 3}, {1, 2}));
  EXPECT_TRUE(sdk::abiAccepts({1, 3}, {1, 3}));
  EXPECT_FALSE(sdk::abiAccepts({1, 3}, {1, 4}));
  EXPECT_FALSE(sdk::abiAccepts({2, 3}, {1, 3}));
}

TEST(Identity, ReadsNothingBehindAWrongMagicOrSize) {
  holdfast_plugin_descriptor descriptor{};
  descriptor.magic = HOLDFAST_PLUGIN_MAGIC;
  descriptor.struct_size = 8;
  // Not a string: reading it would crash.
  descriptor.name = reinterpret_cast<const char*>(1);  // NOLINT
  EXPECT_EQ(readIdentity(descriptor).name, "");
  descriptor.magic = 0;
  descriptor.struct_size = sizeof(descriptor);
  EXPECT_EQ(readIdentity(descriptor).name, "");
}

TEST(Identity, BoundsTextsAndToleratesMissingOnes) {
  std::array<char, 1000> endless{};
  endless.fill('x');
  holdfast_plugin_descriptor descriptor{};
  descriptor.magic = HOLDFAST_PLUGIN_MAGIC;
  descriptor.struct_size = sizeof(descriptor);
  descriptor.name = endless.data();
  const auto identity = readIdentity(descriptor);
  EXPECT_EQ(identity.name.size(), kMaxDescriptorText);
  EXPECT_EQ(identity.version, "");
  EXPECT_FALSE(identity.complete);
}

}  // namespace
}  // namespace holdfast::pluginhost
