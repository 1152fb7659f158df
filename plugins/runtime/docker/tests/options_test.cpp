// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/options.hpp"

#include "holdfast/support/json.hpp"

#include <gtest/gtest.h>

namespace holdfast::docker {
namespace {

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
