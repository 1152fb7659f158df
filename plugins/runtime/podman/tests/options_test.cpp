// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/options.hpp"

#include "holdfast/support/json.hpp"
#include "holdfast/testing/fake_host.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace holdfast::podman {
namespace {

using testing::FakeHost;

bool nothing(const std::string&) {
  return false;
}

bool systemSocket(const std::string& path) {
  return path == "/run/podman/podman.sock";
}

bool bothSockets(const std::string& path) {
  return systemSocket(path) || path == "/run/user/7/podman/podman.sock";
}

bool ownSocket(const std::string& path) {
  return path == "/run/user/7/podman/podman.sock";
}

Options read(FakeHost::Options options, const Surroundings& surroundings) {
  const FakeHost host(std::move(options));
  return readOptions(host, surroundings);
}

TEST(PodmanOptions, TheDefaultStandsForTheUsersOwnSocketWhereOnlyThatIs) {
  const std::string kOwn = "unix:///run/user/7/podman/podman.sock";
  const std::string kSystem(kDefaultUrl);
  EXPECT_EQ(resolveUrl(kDefaultUrl, {true, "/run/user/7", systemSocket}), kSystem);
  EXPECT_EQ(resolveUrl(kDefaultUrl, {false, "/run/user/7", bothSockets}), kSystem);
  EXPECT_EQ(resolveUrl(kDefaultUrl, {true, "/run/user/7", ownSocket}), kOwn);
  EXPECT_EQ(resolveUrl(kDefaultUrl, {true, "/run/user/7", nothing}), kSystem);
  EXPECT_EQ(resolveUrl(kDefaultUrl, {false, "/run/user/7", nothing}), kOwn);
  EXPECT_EQ(resolveUrl(kDefaultUrl, {false, "", nothing}), kSystem);
  EXPECT_EQ(resolveUrl("unix:///p", {false, "/run/user/7", ownSocket}), "unix:///p");
}

TEST(PodmanOptions, AreReadFromTheHost) {
  const Surroundings surroundings{true, "", nothing};
  const Options options =
      read({{"url", "unix:///run/p.sock"}, {"authFile", "/a.json"}, {"autostart", "true"}},
           surroundings);
  EXPECT_EQ(options.engine.endpoint.socketPath, "/run/p.sock");
  EXPECT_EQ(options.engine.authFile, "/a.json");
  EXPECT_TRUE(options.autostart);
  EXPECT_FALSE(read({{"url", "tcp://h:1"}, {"autostart", "false"}}, surroundings).autostart);
}

TEST(PodmanOptions, AServiceIsOnlyStartedAtAUnixSocket) {
  const Surroundings surroundings{true, "", nothing};
  EXPECT_THROW(read({{"url", "tcp://h:1"}, {"autostart", "true"}}, surroundings),
               std::invalid_argument);
}

TEST(PodmanOptions, AreDescribedInTheSchema) {
  const auto schema = support::parseJson(kOptionsSchema);
  ASSERT_TRUE(schema.has_value());
  EXPECT_EQ(support::jsonText(*schema, {"properties", "url", "default"}), kDefaultUrl);
  EXPECT_EQ(support::jsonText(*schema, {"properties", "autostart", "type"}), "boolean");
  for (const char* name : {"url", "autostart", "caFile", "certFile", "keyFile", "authFile"}) {
    EXPECT_FALSE(support::jsonText(*schema, {"properties", name, "type"}).empty()) << name;
    EXPECT_FALSE(support::jsonText(*schema, {"properties", name, "description"}).empty()) << name;
  }
}

}  // namespace
}  // namespace holdfast::podman
