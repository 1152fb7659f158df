// SPDX-License-Identifier: Apache-2.0
#include "model/container_spec.hpp"
#include "support/full_service.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace holdfast::model {
namespace {

namespace json = boost::json;

// Reading and writing share one list of members: that it is complete shows in that each change of a
// member changes the text.
TEST(ServiceJson, HoldsEveryMember) {
  const std::string text = serializeService(fullService());
  for (const auto& changes : {feltChanges(), unfeltChanges()}) {
    for (const auto& change : changes) {
      Service service = fullService();
      change.apply(service);
      const std::string changed = serializeService(service);
      EXPECT_NE(changed, text) << change.what;
      const auto read = parseService(changed);
      ASSERT_TRUE(read) << change.what;
      EXPECT_EQ(serializeService(*read), changed) << change.what;
    }
  }
}

TEST(ServiceJson, ReadsBackExactly) {
  const auto read = parseService(serializeService(fullService()));
  ASSERT_TRUE(read);
  const Service expected = fullService();
  EXPECT_EQ(read->ports, expected.ports);
  EXPECT_EQ(read->mounts, expected.mounts);
  EXPECT_EQ(read->environment, expected.environment);
  EXPECT_EQ(read->dependsOn, expected.dependsOn);
  EXPECT_EQ(read->livenessProbe, expected.livenessProbe);
  EXPECT_EQ(read->resources, expected.resources);
  EXPECT_EQ(read->logging, expected.logging);
  EXPECT_EQ(read->ulimits, expected.ulimits);
  EXPECT_EQ(read->restart, expected.restart);
  EXPECT_EQ(read->stopGracePeriod, expected.stopGracePeriod);
  EXPECT_EQ(read->faults, expected.faults);
  EXPECT_EQ(containerSpec(fullApp(), *read, "o", {}).json,
            containerSpec(fullApp(), expected, "o", {}).json);
  EXPECT_EQ(serializeService(*parseService(serializeService(Service{}))),
            serializeService(Service{}));
}

TEST(ServiceJson, MembersOfOlderAndNewerAgents) {
  const auto read = parseService(R"({"name":"web","future":{"a":1}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name, "web");
  EXPECT_EQ(read->stopGracePeriod, std::chrono::seconds{10});
}

TEST(ServiceJson, DamageIsNoService) {
  for (const char* text :
       {"", "null", "[]", "{", R"({"name":1})", R"({"init":"yes"})", R"({"state":3})",
        R"({"state":-1})", R"({"ports":{}})", R"({"ports":[1]})",
        R"({"ports":[{"hostPort":70000}]})", R"({"ports":[{"hostPort":-1}]})",
        R"({"environment":{"A":1}})", R"({"logging":[]})",
        R"({"restart":{"maxRetries":3000000000}})", R"({"stopGracePeriod":"1"})"}) {
    EXPECT_FALSE(parseService(text)) << text;
  }
}

}  // namespace
}  // namespace holdfast::model
