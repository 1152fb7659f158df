// SPDX-License-Identifier: Apache-2.0
#include "api/gate.hpp"

#include "api/session_cookie.hpp"
#include "api/session_routes.hpp"
#include "model/sha256.hpp"
#include "unit/api/fake_agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace holdfast::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string kRead = "read-0123456789abcdef";
const std::string kOperate = "operate-0123456789ab";

Response nothing(const Request&, Agent&) {
  return {};
}

class GateTest : public testing::Test {
 protected:
  GateTest() { gate_.setTokens(tokens()); }

  static config::Token tokenOf(config::TokenRole role, const std::string& name,
                               const std::string& text) {
    return {role, name, model::sha256Hex(text)};
  }
  static std::vector<config::Token> tokens() {
    return {tokenOf(config::TokenRole::Read, "grafana", kRead),
            tokenOf(config::TokenRole::Operate, "desk", kOperate)};
  }

  [[nodiscard]] Knock knock(const std::string& method = "GET") const {
    return {.from = origin_, .method = method, .host = "edge:8090"};
  }
  [[nodiscard]] Knock withToken(const std::string& token) const {
    auto with = knock();
    with.authorization = "Bearer " + token;
    return with;
  }
  // As whom the gate takes the request; the refusal's status where it does not.
  Caller callerOf(const Knock& knock) {
    auto whose = gate_.identify(knock, route_);
    EXPECT_TRUE(std::holds_alternative<Caller>(whose));
    return std::holds_alternative<Caller>(whose) ? std::get<Caller>(whose) : Caller{};
  }
  int statusOf(const Knock& knock) {
    const auto whose = gate_.identify(knock, route_);
    return std::holds_alternative<Response>(whose) ? std::get<Response>(whose).status : 0;
  }
  // 0: not strange.
  int strangeness(const Knock& knock) {
    const auto refusal = gate_.strange(knock, route_);
    return refusal ? refusal->status : 0;
  }
  std::string signIn(const std::string& token = kOperate) {
    auto done = gate_.signIn(token, {.network = "192.0.2.1"});
    EXPECT_TRUE(std::holds_alternative<Gate::SignIn>(done));
    return std::get<Gate::SignIn>(done).session;
  }

  Origin origin_{std::nullopt, "192.0.2.1", "192.0.2.1", "192.0.2.7"};
  Route route_{"GET", "/", Access::Read, nothing};
  Gate::Instant time_ = Gate::Instant{} + 24h;
  std::vector<std::string> warnings_;
  std::function<void()> atLook_;  // what happens whenever the gate looks at its clock
  Gate gate_{{"edge"},
             [this](const std::string& text) { warnings_.push_back(text); },
             [this] {
               if (atLook_) {
                 atLook_();
               }
               return time_;
             }};
};

// ---- whose request ------------------------------------------------------------------------------

TEST_F(GateTest, ATokenSaysRoleAndName) {
  auto caller = callerOf(withToken(kRead));
  EXPECT_EQ(caller.access, Access::Read);
  EXPECT_EQ(caller.name, "grafana");
  caller = callerOf(withToken(kOperate));
  EXPECT_EQ(caller.access, Access::Operate);
  EXPECT_EQ(caller.name, "desk");
}

TEST_F(GateTest, TheSchemesCaseDoesNotMatter) {
  auto knock = withToken("");
  knock.authorization = "bEARER   " + kRead;
  EXPECT_EQ(callerOf(knock).name, "grafana");
}

TEST_F(GateTest, WithoutATokenNobodyIsKnown) {
  EXPECT_EQ(callerOf(knock()).access, Access::Public);
}

TEST_F(GateTest, AWrongTokenIsRefusedEvenWhereNoneIsNeeded) {
  route_.access = Access::Public;
  for (const auto& token : {std::string("wrong"), kRead + "x", kRead.substr(1), std::string()}) {
    EXPECT_EQ(statusOf(withToken(token)), 401) << token;
  }
  auto basic = knock();
  basic.authorization = "Basic " + kRead;
  EXPECT_EQ(statusOf(basic), 401);
}

TEST_F(GateTest, ARefusalSaysWhatIsExpectedAndNotWhatWasGiven) {
  const auto whose = gate_.identify(withToken("S3CR3T"), route_);
  const auto& refusal = std::get<Response>(whose);
  EXPECT_EQ(refusal.headers.at("WWW-Authenticate"),
            "Bearer realm=\"holdfast\", error=\"invalid_token\"");
  EXPECT_THAT(refusal.body, Not(HasSubstr("S3CR3T")));
}

TEST_F(GateTest, AnApiKeyIsATokenOnlyWhereTheRouteTakesOne) {
  auto knock = this->knock();
  knock.apiKey = kOperate;
  EXPECT_EQ(callerOf(knock).access, Access::Public);
  route_.takesApiKey = true;
  EXPECT_EQ(callerOf(knock).access, Access::Operate);
  knock.apiKey = "wrong";
  EXPECT_EQ(statusOf(knock), 401);
}

TEST_F(GateTest, WhoGuessesHasToWait) {
  for (int i = 0; i < FailureLimiter::kFailures; ++i) {
    EXPECT_EQ(statusOf(withToken("wrong")), 401);
  }
  const auto whose = gate_.identify(withToken(kOperate), route_);
  ASSERT_TRUE(std::holds_alternative<Response>(whose));
  EXPECT_EQ(std::get<Response>(whose).status, 429);
  EXPECT_EQ(std::get<Response>(whose).headers.at("Retry-After"), "60");
  EXPECT_EQ(std::get<Response>(gate_.signIn(kOperate, {.network = "192.0.2.1"})).status, 429);
  ASSERT_EQ(warnings_.size(), 1U);
  EXPECT_THAT(warnings_[0], HasSubstr("192.0.2.1"));
  origin_.network = "192.0.2.2";
  EXPECT_EQ(statusOf(withToken(kOperate)), 0);
  origin_.network = "192.0.2.1";
  time_ += 60s;
  EXPECT_EQ(statusOf(withToken(kOperate)), 0);
}

TEST_F(GateTest, ATokenThatLeftTheFileIsOneNoMore) {
  const auto caller = callerOf(withToken(kOperate));
  EXPECT_TRUE(gate_.stillHolds(caller));
  gate_.setTokens({tokens().at(0)});
  EXPECT_FALSE(gate_.stillHolds(caller));
  EXPECT_EQ(statusOf(withToken(kOperate)), 401);
}

TEST_F(GateTest, ATokenThatMayLessNowHoldsNoMore) {
  const auto caller = callerOf(withToken(kOperate));
  gate_.setTokens({tokenOf(config::TokenRole::Read, "desk", kOperate)});
  EXPECT_FALSE(gate_.stillHolds(caller));
}

TEST_F(GateTest, OnTheSocketTheKernelSaysWhoItIs) {
  origin_ = {Peer{1000, 100, 77, Access::Read}, "", "", ""};
  const auto caller = callerOf(withToken("whatever"));
  EXPECT_EQ(caller.access, Access::Read);
  EXPECT_EQ(caller.name, "uid 1000 (pid 77)");
  EXPECT_TRUE(gate_.stillHolds(caller));
}

// ---- sessions -----------------------------------------------------------------------------------

TEST_F(GateTest, ASessionIsItsToken) {
  auto knock = this->knock();
  knock.cookie = "a=b; holdfast_session=" + signIn(kRead);
  const auto caller = callerOf(knock);
  EXPECT_EQ(caller.access, Access::Read);
  EXPECT_EQ(caller.name, "grafana");
  EXPECT_TRUE(gate_.stillHolds(caller));
  gate_.signOut(caller.session);
  EXPECT_FALSE(gate_.stillHolds(caller));
  EXPECT_EQ(callerOf(knock).access, Access::Public);
}

TEST_F(GateTest, ASessionEndsWithItsToken) {
  auto knock = this->knock();
  knock.cookie = "holdfast_session=" + signIn();
  gate_.setTokens({});
  EXPECT_EQ(callerOf(knock).access, Access::Public);
}

TEST_F(GateTest, ATokenThatLeavesWhileItSignsInOpensNoSession) {
  int looks = 0;
  atLook_ = [&] {
    if (++looks == 2) {  // the token was checked, the session is not there yet
      gate_.setTokens({});
    }
  };
  const auto done = gate_.signIn(kOperate, {.network = "192.0.2.1"});
  EXPECT_EQ(looks, 2);
  ASSERT_TRUE(std::holds_alternative<Response>(done));
  EXPECT_EQ(std::get<Response>(done).status, 401);
}

TEST_F(GateTest, ATokenThatChangesItsRoleWhileItSignsInOpensNoSession) {
  int looks = 0;
  atLook_ = [&] {
    if (++looks == 2) {
      gate_.setTokens({tokenOf(config::TokenRole::Read, "desk", kOperate)});
    }
  };
  EXPECT_TRUE(std::holds_alternative<Response>(gate_.signIn(kOperate, {.network = "192.0.2.1"})));
}

TEST_F(GateTest, WithACookieAChangeHasToComeFromOurPage) {
  auto knock = this->knock("POST");
  knock.cookie = "holdfast_session=" + signIn();
  EXPECT_EQ(statusOf(knock), 403);
  knock.fetchSite = "none";
  EXPECT_EQ(statusOf(knock), 403);
  knock.fetchSite = "same-origin";
  EXPECT_EQ(callerOf(knock).access, Access::Operate);
  knock.fetchSite.clear();
  knock.origin = "http://edge:8090";
  EXPECT_EQ(callerOf(knock).access, Access::Operate);
}

TEST_F(GateTest, TheWrongTokenOpensNoSession) {
  EXPECT_EQ(std::get<Response>(gate_.signIn("wrong", {.network = "a"})).status, 401);
}

TEST(SessionCookie, IsReadBack) {
  EXPECT_EQ(sessionIn(cookieOf("abc")), "abc");
  EXPECT_EQ(sessionIn("x=1;holdfast_session=abc"), "abc");
  EXPECT_EQ(sessionIn("xholdfast_session=abc"), "");
  EXPECT_EQ(sessionIn(""), "");
  EXPECT_THAT(cookieOf("abc"), HasSubstr("; Path=/; HttpOnly; SameSite=Strict"));
}

class SessionRoutes : public GateTest {
 protected:
  Response ask(const std::string& method, const std::string& body = "", Caller caller = {}) {
    const Router router(sessionRoutes(gate_));
    Request request{.method = method, .body = body};
    const auto match = router.match("/v1/session", request);
    request.caller = std::move(caller);
    return match.route->handler(request, agent_);
  }
  FakeAgent agent_;
};

TEST_F(SessionRoutes, SignInTellsWhoAndSetsTheCookie) {
  const auto answer = ask("POST", R"({"token": ")" + kRead + "\"}");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(bodyOf(answer), (boost::json::value{{"role", "read"}, {"name", "grafana"}}));
  auto knock = this->knock();
  const auto& cookie = answer.headers.at("Set-Cookie");
  knock.cookie = cookie.substr(0, cookie.find(';'));
  const auto caller = callerOf(knock);
  EXPECT_EQ(bodyOf(ask("GET", "", caller)),
            (boost::json::value{{"role", "read"}, {"name", "grafana"}}));
  const auto out = ask("DELETE", "", caller);
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(out.headers.at("Set-Cookie"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(callerOf(knock).access, Access::Public);
}

TEST_F(SessionRoutes, RefusesOtherBodiesAndTokens) {
  for (const auto* body : {"", "[]", "{}", R"({"token": 1})", "{\"token\""}) {
    EXPECT_EQ(ask("POST", body).status, 400) << body;
  }
  EXPECT_EQ(ask("POST", R"({"token": "wrong"})").status, 401);
}

// ---- from where ---------------------------------------------------------------------------------

TEST_F(GateTest, OnlyOurOwnNamesAreAnswered) {
  EXPECT_EQ(strangeness(knock()), 0);
  auto foreign = knock();
  foreign.host = "evil.example";
  EXPECT_EQ(strangeness(foreign), 421);
  foreign.host = "";
  EXPECT_EQ(strangeness(foreign), 400);
}

TEST_F(GateTest, NewNamesReplaceTheOldOnes) {
  gate_.setHosts({"edge-8"});
  auto renamed = knock();
  EXPECT_EQ(strangeness(renamed), 421);
  renamed.host = "edge-8:8090";
  EXPECT_EQ(strangeness(renamed), 0);
}

TEST_F(GateTest, OnlyOurOwnPagesAreAnswered) {
  auto knock = this->knock();
  for (const auto* origin : {"null", "http://evil.example", "http://edge:1"}) {
    knock.origin = origin;
    EXPECT_EQ(strangeness(knock), 403) << origin;
  }
  knock.origin = "http://edge:8090";
  EXPECT_EQ(strangeness(knock), 0);
  for (const auto* site : {"cross-site", "same-site", "nonsense"}) {
    knock.fetchSite = site;
    EXPECT_EQ(strangeness(knock), 403) << site;
  }
  for (const auto* site : {"same-origin", "none"}) {
    knock.fetchSite = site;
    EXPECT_EQ(strangeness(knock), 0) << site;
  }
}

TEST_F(GateTest, ALinkMayLeadToThePageAndNowhereElse) {
  auto knock = this->knock();
  knock.fetchSite = "cross-site";
  knock.fetchMode = "navigate";
  EXPECT_EQ(strangeness(knock), 403);
  route_.access = Access::Public;
  EXPECT_EQ(strangeness(knock), 0);
  knock.method = "POST";
  EXPECT_EQ(strangeness(knock), 403);
  knock.method = "GET";
  knock.fetchMode = "no-cors";
  EXPECT_EQ(strangeness(knock), 403);
}

TEST_F(GateTest, OnTheSocketThereAreNoNames) {
  origin_ = {Peer{}, "", "", ""};
  auto knock = this->knock();
  knock.host = "whatever";
  EXPECT_EQ(strangeness(knock), 0);
}

// ---- who may what -------------------------------------------------------------------------------

// The routes that say something else than: GET is for readers, everything else for operators.
const std::set<std::string> kForAll{"GET /",       "GET /dashboard/{file}", "GET /healthz",
                                    "GET /readyz", "POST /v1/session",      "DELETE /v1/session"};
const std::set<std::string> kForOperators{"GET /v1/target"};

Access expectedOf(const std::string& name) {
  if (kForAll.contains(name)) {
    return Access::Public;
  }
  return name.starts_with("GET ") && !kForOperators.contains(name) ? Access::Read : Access::Operate;
}

TEST_F(GateTest, EveryRouteIsForWhomItShouldBe) {
  auto all = routes();
  for (auto& route : sessionRoutes(gate_)) {
    all.push_back(std::move(route));
  }
  const Caller known{Access::Read, "grafana", "192.0.2.1", "digest", ""};
  for (const auto& route : all) {
    const auto name = route.method + " " + route.pattern;
    const auto needed = expectedOf(name);
    for (const auto access : {Access::Public, Access::Read, Access::Operate}) {
      auto caller = known;
      caller.access = access;
      const auto refusal = Gate::refusal(caller, route);
      const int status = access >= needed ? 0 : access == Access::Public ? 401 : 403;
      EXPECT_EQ(refusal ? refusal->status : 0, status)
          << name << " for " << static_cast<int>(access);
      if (status == 401) {
        EXPECT_EQ(refusal->headers.at("WWW-Authenticate"), "Bearer realm=\"holdfast\"");
      }
    }
  }
}

TEST_F(GateTest, OnTheSocketThereIsNothingToSignInWith) {
  const Caller stranger{.access = Access::Public, .name = "uid 1000 (pid 77)"};
  const auto refusal = Gate::refusal(stranger, route_);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 403);
  EXPECT_THAT(refusal->body, HasSubstr("uid 1000"));
}

}  // namespace
}  // namespace holdfast::api
