// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/engine_options.hpp"

#include "holdfast/testing/fake_host.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace holdfast::runtime {
namespace {

using testing::FakeHost;

EngineOptions read(FakeHost::Options options) {
  const FakeHost host(std::move(options));
  return readEngineOptions(host, host.option("url"));
}

TEST(EngineOptionsTest, AreReadFromTheHost) {
  const EngineOptions local = read({{"url", "unix:///run/d.sock"}, {"authFile", "/etc/auth.json"}});
  EXPECT_EQ(local.endpoint.socketPath, "/run/d.sock");
  EXPECT_EQ(local.authFile, "/etc/auth.json");
  const EngineOptions remote = read({{"url", "tcp://engine:2376"},
                                     {"caFile", "/ca.pem"},
                                     {"certFile", "/cert.pem"},
                                     {"keyFile", "/key.pem"}});
  EXPECT_EQ(remote.endpoint.baseUrl, "https://engine:2376");
  EXPECT_EQ(remote.endpoint.tls.caFile, "/ca.pem");
  EXPECT_EQ(remote.endpoint.tls.certFile, "/cert.pem");
  EXPECT_EQ(remote.endpoint.tls.keyFile, "/key.pem");
}

TEST(EngineOptionsTest, RefuseWhatCannotBeRight) {
  EXPECT_THROW(read({{"url", "ssh://host"}}), std::invalid_argument);
  EXPECT_THROW(read({{"url", ""}}), std::invalid_argument);
  EXPECT_THROW(read({{"url", "https://h:1"}, {"certFile", "/c"}}), std::invalid_argument);
  EXPECT_THROW(read({{"url", "unix:///run/d.sock"}, {"caFile", "/c"}}), std::invalid_argument);
  try {
    read({{"url", "ssh://host"}});
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("url 'ssh://host'"), std::string::npos);
  }
}

}  // namespace
}  // namespace holdfast::runtime
