// SPDX-License-Identifier: Apache-2.0
#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

using Code = engine::CommandResult::Code;

TEST(Target, IsShownAsItWasGiven) {
  FakeAgent agent;
  EXPECT_EQ(ask(agent, "GET", "/v1/target").status, 404);
  agent.state.storedTarget = engine::StoredTarget{.text = "{\"apps\" : {}}"};
  const auto response = ask(agent, "GET", "/v1/target");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{\"apps\" : {}}");
}

TEST(Target, IsPutStrictly) {
  FakeAgent agent;
  agent.result.revision = 9;
  const auto response = ask(agent, "PUT", "/v1/target", "{\"apps\": {}}");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(bodyOf(response).at("revision"), 9);
  ASSERT_EQ(agent.targets.size(), 1U);
  EXPECT_EQ(agent.targets[0].text, "{\"apps\": {}}");
  EXPECT_EQ(agent.targets[0].strictness, model::Strictness::Strict);
  EXPECT_EQ(agent.targets[0].source, engine::TargetSource::Api);
}

TEST(Target, IsTheCloudsWhileThereIsOne) {
  FakeAgent agent;
  agent.linkView = uplink::LinkView{.uplink = "iotistic"};
  const auto refused = ask(agent, "PUT", "/v1/target", "{\"apps\": {}}");
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("the cloud sets the target (uplink iotistic)"), std::string::npos);
  EXPECT_NE(refused.body.find("--override"), std::string::npos);
  EXPECT_TRUE(agent.targets.empty());
  EXPECT_EQ(ask(agent, "PUT", "/v1/target?override=0", "{\"apps\": {}}").status, 409);
  EXPECT_EQ(ask(agent, "PUT", "/v1/target?override=1", "{\"apps\": {}}").status, 200);
  EXPECT_EQ(agent.targets.size(), 1U);
}

TEST(Target, ListsEveryProblemOfARefusedOne) {
  FakeAgent agent;
  agent.result = {.code = Code::Invalid,
                  .message = "refused",
                  .problems = {{"/apps/1", "bad"}, {"/apps/2", "worse"}}};
  const auto response = ask(agent, "PUT", "/v1/target", "{}");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.contentType, "application/problem+json");
  EXPECT_EQ(bodyOf(response).at("problems").at(1).at("pointer"), "/apps/2");
  EXPECT_EQ(bodyOf(response).at("problems").at(1).at("message"), "worse");
}

TEST(Target, RefusesMaskedValuesBeforeTheAgentSeesThem) {
  FakeAgent agent;
  const auto response = ask(agent, "PUT", "/v1/target",
                            R"({"apps": {"1": {"services": [{"serviceName": "a", "image": "x",)"
                            R"( "environment": {"A": "***"}}]}}})");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(bodyOf(response).at("problems").at(0).at("pointer"),
            "/apps/1/services/0/environment/A");
  EXPECT_TRUE(agent.targets.empty());
}

TEST(Plan, WithoutABodyIsForTheTargetInForce) {
  FakeAgent agent;
  agent.actions = {{"1/a", "docker", "createContainer", "x_a_1", "it is missing"}};
  const auto body = bodyOf(ask(agent, "POST", "/v1/plan"));
  ASSERT_EQ(agent.plans.size(), 1U);
  EXPECT_FALSE(agent.plans[0]);
  EXPECT_EQ(body.at("actions").at(0),
            boost::json::parse(R"({"service": "1/a", "runtime": "docker",)"
                               R"( "step": "createContainer", "object": "x_a_1",)"
                               R"( "why": "it is missing"})"));
}

TEST(Plan, WithABodyIsForThatOne) {
  FakeAgent agent;
  ask(agent, "POST", "/v1/plan", "{}");
  ASSERT_TRUE(agent.plans.at(0));
  EXPECT_EQ(agent.plans[0]->text, "{}");
  agent.result.code = Code::Invalid;
  EXPECT_EQ(ask(agent, "POST", "/v1/plan", "{}").status, 422);
}

}  // namespace
}  // namespace holdfast::api
