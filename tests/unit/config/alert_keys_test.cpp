// SPDX-License-Identifier: Apache-2.0
#include "config/alert_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(AlertKeys, FillTheirRoute) {
  std::map<int, RouteSettings> routes;
  for (const auto& [key, value] :
       std::map<std::string, std::string>{{"alert.route.7.match", "severity>=error"},
                                          {"alert.route.7.to", "ops, site"},
                                          {"alert.route.7.groupBy", "app,type"},
                                          {"alert.route.7.groupWait", "1s"},
                                          {"alert.route.7.groupInterval", "30s"},
                                          {"alert.route.7.repeatInterval", "1h"},
                                          {"alert.route.7.sendResolved", "false"},
                                          {"alert.route.7.continue", "true"}}) {
    EXPECT_TRUE(isRouteKey(key));
    EXPECT_EQ(assignRouteKey(key, value, routes), "") << key;
  }
  const auto& route = routes.at(7);
  EXPECT_EQ(route.match.text(), "severity>=error");
  EXPECT_THAT(route.to, ElementsAre("ops", "site"));
  EXPECT_THAT(route.groupBy, ElementsAre("app", "type"));
  EXPECT_EQ(route.groupWait, 1s);
  EXPECT_EQ(route.groupInterval, 30s);
  EXPECT_EQ(route.repeatInterval, 1h);
  EXPECT_FALSE(route.sendResolved);
  EXPECT_TRUE(route.goesOn);
}

TEST(AlertKeys, OneGroupForAll) {
  std::map<int, RouteSettings> routes;
  EXPECT_EQ(assignRouteKey("alert.route.1.groupBy", "none", routes), "");
  EXPECT_TRUE(routes.at(1).groupBy.empty());
}

struct Wrong {
  const char* key;
  const char* value;
  const char* expected;
};

class WrongKeys : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongKeys, SayWhatWasExpected) {
  std::map<int, RouteSettings> routes;
  EXPECT_THAT(assignRouteKey(GetParam().key, GetParam().value, routes),
              HasSubstr(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongKeys,
    ::testing::Values(Wrong{"alert.route.x.to", "ops", "<number> from 1 to 999"},
                      Wrong{"alert.route.0.to", "ops", "<number> from 1 to 999"},
                      Wrong{"alert.route.01.to", "ops", "<number> from 1 to 999"},
                      Wrong{"alert.route.1", "ops", "<number> from 1 to 999"},
                      Wrong{"alert.route.1.mach", "", "did you mean match?"},
                      Wrong{"alert.route.1.match", "severty=error", "did you mean 'severity'?"},
                      Wrong{"alert.route.1.to", "", "names of receivers"},
                      Wrong{"alert.route.1.to", "ops,", "names of receivers"},
                      Wrong{"alert.route.1.groupBy", "device", "some of type, app, service"},
                      Wrong{"alert.route.1.groupBy", "", "some of type, app, service"},
                      Wrong{"alert.route.1.groupInterval", "9s", "duration from 10s to 1d"},
                      Wrong{"alert.route.1.groupWait", "10", "duration from 0s to 1h"},
                      Wrong{"alert.route.1.sendResolved", "yes", "true or false"}));

}  // namespace
}  // namespace holdfast::config
