// SPDX-License-Identifier: Apache-2.0
#include "fake_agent.hpp"

#include <gmock/gmock.h>

namespace holdfast::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

pluginhost::PluginReport receiver(const std::string& name) {
  pluginhost::PluginReport report;
  report.name = "webhook";
  report.instance = name;
  report.deliveries.emplace();
  return report;
}

TEST(Notifiers, AreListedWithStateAndRecord) {
  FakeAgent agent;
  auto good = receiver("ops");
  good.deliveries->delivered = 7;
  good.deliveries->lastDeliveredAt = agent.time.wall;
  auto failing = receiver("down");
  failing.deliveries->failed = 4;
  failing.deliveries->failedInARow = 2;
  failing.deliveries->latest.errorClass = sdk::ErrorClass::Denied;
  failing.deliveries->latest.message = "HTTP 403 Forbidden";
  auto refused = receiver("bad");
  refused.deliveries.reset();
  refused.refusal = pluginhost::Refusal(pluginhost::Stage::Options, "option url is missing");
  auto stuck = receiver("stuck");
  stuck.health.stuckCalls = 1;
  auto quarantined = stuck;
  quarantined.health.quarantined = true;
  auto crashed = refused;
  crashed.refusal = pluginhost::Refusal(pluginhost::Stage::Quarantine, "crashed the agent");
  agent.receivers = {good, failing, refused, stuck, quarantined, crashed};
  const auto all = bodyOf(ask(agent, "GET", "/v1/notifiers")).at("notifiers");
  EXPECT_EQ(all.at(0).at("name"), "ops");
  EXPECT_EQ(all.at(0).at("plugin"), "webhook");
  EXPECT_EQ(all.at(0).at("state"), "ok");
  EXPECT_EQ(all.at(0).at("delivered"), 7);
  EXPECT_EQ(all.at(0).at("lastDelivered"), "2025-10-24T10:16:02.114Z");
  EXPECT_EQ(all.at(0).at("error"), nullptr);
  EXPECT_EQ(all.at(1).at("state"), "failing");
  EXPECT_EQ(all.at(1).at("error").at("class"), "denied");
  EXPECT_EQ(all.at(1).at("error").at("message"), "HTTP 403 Forbidden");
  EXPECT_EQ(all.at(1).at("lastDelivered"), nullptr);
  EXPECT_EQ(all.at(2).at("state"), "refused");
  EXPECT_EQ(all.at(2).at("stage"), "options");
  EXPECT_EQ(all.at(2).at("reason"), "option url is missing");
  EXPECT_EQ(all.at(3).at("state"), "stuck");
  EXPECT_EQ(all.at(4).at("state"), "quarantined");
  EXPECT_EQ(all.at(5).at("state"), "quarantined");
  EXPECT_EQ(all.at(5).at("stage"), "quarantine");
}

TEST(Notifiers, ATestAnswersOnceItIsDelivered) {
  FakeAgent agent;
  agent.receivers = {receiver("ops")};
  const auto response = ask(agent, "POST", "/v1/notifiers/ops/test");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(bodyOf(response).at("delivered"), true);
  EXPECT_THAT(agent.commands, ElementsAre("test ops"));
}

TEST(Notifiers, ATestThatFailsTellsTheReceiversWordsAndClass) {
  FakeAgent agent;
  agent.receivers = {receiver("ops")};
  agent.delivery.errorClass = sdk::ErrorClass::Denied;
  agent.delivery.message = "HTTP 403 Forbidden";
  agent.delivery.raw = "go away";
  const auto response = ask(agent, "POST", "/v1/notifiers/ops/test");
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(response.contentType, "application/problem+json");
  EXPECT_EQ(bodyOf(response).at("detail"), "HTTP 403 Forbidden");
  EXPECT_EQ(bodyOf(response).at("class"), "denied");
  EXPECT_EQ(bodyOf(response).at("raw"), "go away");
}

TEST(Notifiers, AnUnknownOneIsNotFound) {
  FakeAgent agent;
  auto response = ask(agent, "POST", "/v1/notifiers/ops/test");
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("the configuration has none"));
  agent.receivers = {receiver("monitoring"), receiver("ops")};
  response = ask(agent, "POST", "/v1/notifiers/monitorign/test");
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("did you mean 'monitoring'?"));
  response = ask(agent, "POST", "/v1/notifiers/zzz/test");
  EXPECT_THAT(response.body, HasSubstr("see GET /v1/notifiers"));
  EXPECT_THAT(agent.commands, IsEmpty());
}

TEST(Notifiers, ARefusedOneCannotBeTested) {
  FakeAgent agent;
  agent.receivers = {receiver("ops")};
  agent.receivers[0].refusal = pluginhost::Refusal(pluginhost::Stage::Trust, "world-writable");
  const auto response = ask(agent, "POST", "/v1/notifiers/ops/test");
  EXPECT_EQ(response.status, 409);
  EXPECT_THAT(response.body, HasSubstr("notifier 'ops' is not loaded (trust): world-writable"));
  EXPECT_THAT(agent.commands, IsEmpty());
}

TEST(Notifiers, AQuarantinedOneIsAskedAllTheSame) {
  FakeAgent agent;
  agent.receivers = {receiver("ops")};
  agent.receivers[0].refusal = pluginhost::Refusal(pluginhost::Stage::Quarantine, "crashed");
  agent.delivery.errorClass = sdk::ErrorClass::Unavailable;
  EXPECT_EQ(ask(agent, "POST", "/v1/notifiers/ops/test").status, 502);
  EXPECT_THAT(agent.commands, ElementsAre("test ops"));
}

TEST(Notifiers, ATestThatTheStopCutsShortIsUnavailable) {
  FakeAgent agent;
  agent.receivers = {receiver("ops")};
  agent.notAnswering = true;
  EXPECT_EQ(ask(agent, "POST", "/v1/notifiers/ops/test").status, 503);
}

}  // namespace
}  // namespace holdfast::api
