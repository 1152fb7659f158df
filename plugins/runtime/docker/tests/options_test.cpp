// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/options.hpp"

#include "holdfast/support/json.hpp"
#include "holdfast/testing/fake_host.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace holdfast::docker {
namespace {

using testing::FakeHost;

Options read(FakeHost::Options options) {
  const FakeHost host(std::move(options));
  return readOptions(host);
}

TEST(DockerOptions, AreReadFromTheHost) {
  const Options local = read({{"url", "unix:///run/d.sock"}, {"authFile", "/etc/auth.json"}});
  EXPECT_EQ(local.endpoint.socketPath, "/run/d.sock");
  EXPECT_EQ(local.authFile, "/etc/auth.json");
  const Options remote = read({{"url", "tcp://engine:2376"},
                               {"caFile", "/ca.pem"},
                               {"certFile", "/cert.pem"},
                               {"keyFile", "/key.pem"}});
  EXPECT_EQ(remote.endpoint.baseUrl, "https://engine:2376");
  EXPECT_EQ(remote.endpoint.caFile, "/ca.pem");
  EXPECT_EQ(remote.endpoint.certFile, "/cert.pem");
  EXPECT_EQ(remote.endpoint.keyFile, "/key.pem");
}

TEST(DockerOptions, RefuseWhatCannotBeRight) {
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

TEST(DockerOptions, AreDescribedInTheSchema) {
  const auto schema = support::parseJson(kOptionsSchema);
  ASSERT_TRUE(schema.has_value());
  EXPECT_EQ(support::jsonText(*schema, {"properties", "url", "default"}),
            "unix:///var/run/docker.sock");
  for (const char* name : {"url", "caFile", "certFile", "keyFile", "authFile"}) {
    EXPECT_FALSE(support::jsonText(*schema, {"properties", name, "type"}).empty()) << name;
    EXPECT_FALSE(support::jsonText(*schema, {"properties", name, "description"}).empty()) << name;
  }
}

}  // namespace
}  // namespace holdfast::docker
