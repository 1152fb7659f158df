// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/options.hpp"

#include "holdfast/support/http.hpp"
#include "holdfast/testing/fake_host.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace holdfast::support {
namespace {

using testing::FakeHost;
using Options = FakeHost::Options;

TEST(PluginOptions, AreReadAsTextAndAsNumbers) {
  const FakeHost host(Options{{"text", "a b"}, {"number", "-12"}});
  EXPECT_EQ(option(host, "text"), "a b");
  EXPECT_EQ(option(host, "absent"), "");
  EXPECT_EQ(number(host, "number", 7), -12);
  EXPECT_EQ(number(host, "absent", 7), 7);
}

TEST(PluginOptions, GiveAnAttemptTheTimeThatItNeeds) {
  EXPECT_EQ(readTimeoutMs(FakeHost(Options{{"timeout", "100"}}), 1'000), 100);
  EXPECT_EQ(readTimeoutMs(FakeHost(), 1'000), 1'000);
  EXPECT_THROW(static_cast<void>(readTimeoutMs(FakeHost(Options{{"timeout", "99"}}), 1'000)),
               std::invalid_argument);
}

TEST(PluginOptions, WantACertificateTogetherWithItsKey) {
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

TEST(PluginOptions, LetAProxyBeNamedWithoutItsPassword) {
  EXPECT_EQ(readProxy(FakeHost()), kProxyFromEnvironment);
  EXPECT_EQ(readProxy(FakeHost(Options{{"proxy", "none"}})), "");
  EXPECT_EQ(readProxy(FakeHost(Options{{"proxy", "http://proxy.example:3128/"}})),
            "http://proxy.example:3128");
  for (const char* refused : {"direct", "http://user:canary@proxy.example:3128"}) {
    EXPECT_THROW(static_cast<void>(readProxy(FakeHost(Options{{"proxy", refused}}))),
                 std::invalid_argument);
  }
}

}  // namespace
}  // namespace holdfast::support
