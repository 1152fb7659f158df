// SPDX-License-Identifier: Apache-2.0
#include "api/router.hpp"

#include "api/parameters.hpp"
#include "fixtures/api_paths.hpp"
#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace holdfast::api {
namespace {

Response nothing(const Request&, Agent&) {
  return {};
}

Router small() {
  return Router({{"GET", "/v1/services", Access::Read, nothing},
                 {"GET", "/v1/services/{app}/{service}", Access::Read, nothing},
                 {"POST", "/v1/services/{app}/{service}/stop", Access::Read, nothing},
                 {"PUT", "/v1/target", Access::Read, nothing},
                 {"GET", "/v1/target", Access::Read, nothing}});
}

struct MatchCase {
  const char* method;
  const char* uri;
  const char* pattern;  // expected; empty: refused
  int status;
};

class Matching : public testing::TestWithParam<MatchCase> {};

TEST_P(Matching, FindsTheRoute) {
  const auto& expected = GetParam();
  const Router router = small();
  Request request{.method = expected.method};
  const auto match = router.match(expected.uri, request);
  EXPECT_EQ(match.route == nullptr ? "" : match.route->pattern, expected.pattern);
  if (match.route == nullptr) {
    EXPECT_EQ(match.refusal.status, expected.status);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Matching,
    testing::Values(
        MatchCase{"GET", "/v1/services", "/v1/services", 0},
        MatchCase{"HEAD", "/v1/services", "/v1/services", 0},
        MatchCase{"GET", "/v1/services?x=1", "/v1/services", 0},
        MatchCase{"GET", "/v1/services/", "", 404},
        MatchCase{"GET", "/v1/services/a/b", "/v1/services/{app}/{service}", 0},
        MatchCase{"GET", "/v1/services/a/b/", "", 404},
        MatchCase{"GET", "/v1/services//b", "", 404}, MatchCase{"GET", "/v1/services/a", "", 404},
        MatchCase{"POST", "/v1/services/a/b/stop", "/v1/services/{app}/{service}/stop", 0},
        MatchCase{"GET", "/v1/services/a/b/stop", "", 405},
        MatchCase{"DELETE", "/v1/target", "", 405}, MatchCase{"GET", "v1/services", "", 400},
        MatchCase{"GET", "", "", 400}, MatchCase{"GET", "http://x/v1/services", "", 400},
        MatchCase{"GET", "/v1/%zz", "", 400}, MatchCase{"GET", "/v1/x?a=%", "", 400},
        MatchCase{"GET", "/", "", 404}, MatchCase{"GET", "/../v1/target", "", 404}));

TEST(Router, DecodesSegmentsAfterSplitting) {
  const Router router = small();
  Request request{.method = "GET"};
  ASSERT_NE(router.match("/v1/services/my%20app/a%2Fb", request).route, nullptr);
  EXPECT_EQ(request.captures.at("app"), "my app");
  EXPECT_EQ(request.captures.at("service"), "a/b");
}

TEST(Router, SaysWhichMethodsThereAre) {
  const Router router = small();
  Request request{.method = "PATCH"};
  const auto match = router.match("/v1/target", request);
  EXPECT_EQ(match.refusal.status, 405);
  EXPECT_EQ(match.refusal.headers.at("Allow"), "GET, PUT");
}

TEST(Router, TurnsExceptionsIntoAnswers) {
  FakeAgent agent;
  const auto status = [&](Handler handler) {
    return Router::answer({"GET", "/", Access::Public, std::move(handler)}, {}, agent).status;
  };
  EXPECT_EQ(status([](const Request&, Agent&) -> Response { throw BadParameter("x"); }), 400);
  EXPECT_EQ(status([](const Request&, Agent&) -> Response { throw NotAnswering(); }), 503);
  EXPECT_EQ(status([](const Request&, Agent&) -> Response { throw std::runtime_error("x"); }), 500);
}

TEST(Routes, AreUnique) {
  std::set<std::string> seen;
  for (const auto& route : routes()) {
    EXPECT_TRUE(seen.insert(route.method + " " + route.pattern).second) << route.pattern;
  }
}

// Tests that look for secrets in everything that is told ask for all of it.
TEST(Routes, AreAllAmongTheReadablePathsOfTests) {
  std::set<std::string> readable;
  for (const auto& path : fixtures::readablePaths("{app}/{service}")) {
    readable.insert(path.substr(0, path.find('?')));
  }
  std::set<std::string> gets;
  for (const auto& route : routes()) {
    // The page is the same for everybody, and of no agent in particular.
    const bool isPage = route.pattern == "/" || route.pattern.starts_with("/dashboard/");
    if (route.method == "GET" && !route.follows && !isPage && route.pattern != "/v1/target") {
      gets.insert(route.pattern);
    }
  }
  EXPECT_EQ(readable, gets);
}

}  // namespace
}  // namespace holdfast::api
