// SPDX-License-Identifier: Apache-2.0
// Options, and the life of an instance from create to destroy.

#include "conformance/kit/instance.hpp"
#include "conformance/kit/process_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace holdfast::conformance {
namespace {

using ::testing::HasSubstr;

TEST(Options, AreAllInTheSchema) {
  Instance instance;
  ASSERT_TRUE(instance.created()) << instance.reason();
  ASSERT_EQ(instance.start(), ErrorClass::Ok);
  for (const std::string& name : instance.host().asked()) {
    EXPECT_TRUE(kit().schema().options.contains(name))
        << "the plugin asks for option \"" << name
        << "\", which its schema does not have: nobody can set it";
  }
}

TEST(Options, ARequiredOneThatIsMissingIsNamed) {
  for (const auto& [name, option] : kit().schema().options) {
    if (!option.required || option.fallback) {
      continue;
    }
    const Instance instance({}, name);
    EXPECT_FALSE(instance.created()) << "without " << name;
    EXPECT_THAT(instance.reason(), HasSubstr(name));
  }
}

TEST(Options, AWrongOneIsRefusedByName) {
  CONFORMANCE_FACT(wrong, "wrongOption");
  const OptionValues changed = Kit::override(wrong);
  const Instance instance(changed);
  EXPECT_FALSE(instance.created()) << wrong;
  EXPECT_THAT(instance.reason(), HasSubstr(changed.begin()->first));
}

void liveOnce() {
  Instance instance;
  ASSERT_TRUE(instance.created()) << instance.reason();
  ASSERT_EQ(instance.start(), ErrorClass::Ok);
  EXPECT_EQ(instance.health(), ErrorClass::Ok);
}

TEST(Lifecycle, NothingIsLeftBehind) {
  constexpr int kRounds = 5;
  liveOnce();  // what a library sets up once and for all is not what is counted
  const ProcessState before = processState();
  for (int round = 0; round < kRounds && !::testing::Test::HasFailure(); ++round) {
    liveOnce();
  }
  // A thread that has been joined is seen for a moment still.
  ProcessState after;
  waitUntil(
      [&] {
        after = processState();
        return after.threads <= before.threads && after.descriptors <= before.descriptors;
      },
      2s);
  EXPECT_LE(after.threads, before.threads) << "threads after " << kRounds << " more instances";
  EXPECT_LE(after.descriptors, before.descriptors)
      << "file descriptors after " << kRounds << " more instances";
}

TEST(Lifecycle, OneThatNeverStartedIsDestroyedAsWell) {
  for (int round = 0; round < 2; ++round) {
    Instance instance;
    ASSERT_TRUE(instance.created()) << instance.reason();
    instance.destroy();
  }
}

TEST(Lifecycle, SeveralInstancesLiveSideBySide) {
  Instance first;
  Instance second;
  ASSERT_TRUE(first.created() && second.created()) << first.reason() << second.reason();
  ASSERT_EQ(first.start(), ErrorClass::Ok);
  ASSERT_EQ(second.start(), ErrorClass::Ok);
  second.stop();
  second.destroy();
  EXPECT_EQ(first.health(), ErrorClass::Ok) << "after another instance has ended";
}

TEST(Lifecycle, StartDoesNotNeedTheFarSide) {
  CONFORMANCE_FACT(unreachable, "unreachable");
  Instance instance(Kit::override(unreachable));
  ASSERT_TRUE(instance.created()) << instance.reason();
  EXPECT_EQ(instance.start(), ErrorClass::Ok);
}

}  // namespace
}  // namespace holdfast::conformance
