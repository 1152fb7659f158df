// SPDX-License-Identifier: Apache-2.0
#include "notifier/common/options.hpp"

#include "holdfast/testing/fake_host.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace holdfast::notifier {
namespace {

using testing::FakeHost;
using Options = FakeHost::Options;

TEST(NotifierOptions, AreReadAsTextAndAsNumbers) {
  const FakeHost host(Options{{"text", "a b"}, {"number", "-12"}});
  EXPECT_EQ(option(host, "text"), "a b");
  EXPECT_EQ(option(host, "absent"), "");
  EXPECT_EQ(number(host, "number", 7), -12);
  EXPECT_EQ(number(host, "absent", 7), 7);
}

TEST(NotifierOptions, GiveAnAttemptTheTimeThatItNeeds) {
  EXPECT_EQ(readTimeoutMs(FakeHost(Options{{"timeout", "100"}}), 1'000), 100);
  EXPECT_EQ(readTimeoutMs(FakeHost(), 1'000), 1'000);
  EXPECT_THROW(static_cast<void>(readTimeoutMs(FakeHost(Options{{"timeout", "99"}}), 1'000)),
               std::invalid_argument);
}

TEST(NotifierOptions, WantACertificateTogetherWithItsKey) {
  EXPECT_FALSE(readTlsFiles(FakeHost()).any());
  EXPECT_TRUE(readTlsFiles(FakeHost(Options{{"caFile", "/ca"}})).any());
  const TlsFiles files =
      readTlsFiles(FakeHost(Options{{"certFile", "/cert"}, {"keyFile", "/key"}}));
  EXPECT_TRUE(files.any());
  EXPECT_EQ(files.certFile, "/cert");
  EXPECT_EQ(files.keyFile, "/key");
  EXPECT_THROW(static_cast<void>(readTlsFiles(FakeHost(Options{{"certFile", "/cert"}}))),
               std::invalid_argument);
  EXPECT_THROW(static_cast<void>(readTlsFiles(FakeHost(Options{{"keyFile", "/key"}}))),
               std::invalid_argument);
}

}  // namespace
}  // namespace holdfast::notifier
