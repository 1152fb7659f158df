// SPDX-License-Identifier: Apache-2.0
#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

using Code = engine::CommandResult::Code;

TEST(Commands, AreHandedOver) {
  FakeAgent agent;
  agent.result.message = "done";
  for (const auto* uri :
       {"/v1/services/a/b/retry", "/v1/services/a/b/restart", "/v1/services/a/b/stop",
        "/v1/services/a/b/start", "/v1/retry", "/v1/apps/a/purge"}) {
    const auto response = ask(agent, "POST", uri);
    EXPECT_EQ(response.status, 202) << uri;
    EXPECT_EQ(bodyOf(response).at("message"), "done");
  }
  EXPECT_EQ(agent.commands, (std::vector<std::string>{"retry a/b", "restart a/b", "stop a/b",
                                                      "start a/b", "retryAll", "purge a"}));
}

TEST(Commands, TellRefusals) {
  FakeAgent agent;
  for (const auto& [code, status] :
       {std::pair{Code::NotFound, 404}, {Code::Conflict, 409}, {Code::Invalid, 422}}) {
    agent.result = {.code = code, .message = "no"};
    const auto response = ask(agent, "POST", "/v1/services/a/b/stop");
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(bodyOf(response).at("detail"), "no");
  }
}

TEST(Commands, SayWhenTheAgentDoesNotAnswer) {
  FakeAgent agent;
  agent.notAnswering = true;
  EXPECT_EQ(ask(agent, "POST", "/v1/retry").status, 503);
}

TEST(Adopt, ShowsOrphans) {
  FakeAgent agent;
  agent.state.owner = "me";
  agent.state.orphans = {{"other", "docker", "a"}, {"other", "docker", "b"}};
  const auto body = bodyOf(ask(agent, "GET", "/v1/adopt"));
  EXPECT_EQ(body.at("owner"), "me");
  ASSERT_EQ(body.at("orphans").as_array().size(), 2U);
  EXPECT_EQ(body.at("orphans").at(1),
            boost::json::parse(R"({"owner": "other", "runtime": "docker", "name": "b"})"));
}

TEST(Adopt, TakesAUuidOnly) {
  FakeAgent agent;
  const std::string uuid = "0a1b2c3d-0000-4000-8000-00000000000f";
  EXPECT_EQ(ask(agent, "POST", "/v1/adopt", R"({"owner": ")" + uuid + R"("})").status, 202);
  EXPECT_EQ(agent.commands, std::vector<std::string>{"adopt " + uuid});
  for (const auto* body : {"", "{}", "[]", "nonsense", R"({"owner": 1})", R"({"owner": "x"})",
                           R"({"owner": "0a1b2c3d-0000-4000-8000-00000000000g"})",
                           R"({"owner": "0a1b2c3d_0000_4000_8000_00000000000f"})"}) {
    EXPECT_EQ(ask(agent, "POST", "/v1/adopt", body).status, 400) << body;
  }
  EXPECT_EQ(agent.commands.size(), 1U);
}

}  // namespace
}  // namespace holdfast::api
