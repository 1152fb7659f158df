// SPDX-License-Identifier: Apache-2.0
#include "api/entity_tag.hpp"

#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

struct TagCase {
  const char* list;
  bool matches;
};

class MatchesTag : public testing::TestWithParam<TagCase> {};

TEST_P(MatchesTag, AsTheListSays) {
  EXPECT_EQ(matchesTag(GetParam().list, "\"a-7\""), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MatchesTag,
    testing::Values(TagCase{"\"a-7\"", true}, TagCase{"W/\"a-7\"", true}, TagCase{"*", true},
                    TagCase{"\"x\", \"a-7\"", true}, TagCase{"\"x\",\"a-7\",\"y\"", true},
                    TagCase{" \t\"x\" ,, W/\"a-7\" ", true}, TagCase{"\"x,y\", \"a-7\"", true},
                    TagCase{"", false}, TagCase{",", false}, TagCase{"a-7", false},
                    TagCase{"\"a-70\"", false}, TagCase{"\"xa-7\"", false},
                    TagCase{"\"x\\\"a-7\"", false}, TagCase{"\"a-7", false},
                    TagCase{"\"\"a-7\"\"", false}, TagCase{"\"x\" \"a-7\"", false},
                    TagCase{"w/\"a-7\"", false}, TagCase{"W/ \"a-7\"", false},
                    TagCase{"*, \"a-7\"", false}));

TEST(EntityTag, OfContentChangesWithTheContentAlone) {
  FakeAgent agent;
  const auto first = ask(agent, "GET", "/v1/alerts");
  const auto tag = first.headers.at("ETag");
  agent.state.version = 8;
  EXPECT_EQ(ask(agent, "GET", "/v1/alerts").headers.at("ETag"), tag);
  const auto again = ask(agent, "GET", "/v1/alerts", "", tag);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body + again.contentType, "");
  agent.alertView.alerts.push_back({});
  EXPECT_EQ(ask(agent, "GET", "/v1/alerts", "", tag).status, 200);
}

TEST(EntityTag, IsOnEveryListOfState) {
  FakeAgent agent;
  agent.state.storedTarget = engine::StoredTarget{.text = "{}"};
  for (const auto* path : {"/v1/target", "/v1/adopt", "/v1/plugins", "/v1/alerts", "/v1/silences",
                           "/v1/dead-letters", "/v1/notifiers", "/v1/openapi.json"}) {
    const auto tag = ask(agent, "GET", path).headers.at("ETag");
    EXPECT_EQ(ask(agent, "GET", path, "", "\"other\", " + tag).status, 304) << path;
  }
}

}  // namespace
}  // namespace holdfast::api
