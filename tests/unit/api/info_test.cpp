// SPDX-License-Identifier: Apache-2.0
#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

using namespace std::chrono_literals;

engine::RuntimeStatus runtime(bool available) {
  engine::RuntimeStatus status;
  status.name = "docker";
  status.available = available;
  status.problem = available ? "" : "connection refused";
  if (available) {
    status.observedAt = model::WallTime{};
  }
  return status;
}

TEST(Info, TellsDeviceTargetAndEngines) {
  FakeAgent agent;
  agent.state.runtimes = {runtime(false)};
  auto body = bodyOf(ask(agent, "GET", "/v1/info"));
  EXPECT_EQ(body.at("versions").at("agent"), "1.2.3");
  EXPECT_EQ(body.at("target"), nullptr);
  EXPECT_EQ(body.at("runtimes").at(0).at("problem"), "connection refused");
  EXPECT_EQ(body.at("runtimes").at(0).at("engine"), nullptr);
  EXPECT_EQ(body.at("clock").at("wall"), "2025-10-24T10:16:02.114Z");
  agent.state.storedTarget = engine::StoredTarget{.revision = 4};
  agent.state.settled = true;
  body = bodyOf(ask(agent, "GET", "/v1/info"));
  EXPECT_EQ(body.at("target").at("revision"), 4);
  EXPECT_EQ(body.at("target").at("settled"), true);
}

TEST(Info, HasNoLinkWithoutAnUplink) {
  FakeAgent agent;
  agent.state.storedTarget = engine::StoredTarget{.revision = 4};
  agent.state.target = std::make_shared<const model::Target>(model::Target{.version = "7"});
  const auto body = bodyOf(ask(agent, "GET", "/v1/info"));
  EXPECT_EQ(body.at("link"), nullptr);
  EXPECT_EQ(body.at("target").at("wanted"), "7");
  EXPECT_EQ(body.at("target").at("applied"), "7");
}

TEST(Info, TellsHowTheLinkIsAndWhatTheCloudWants) {
  FakeAgent agent;
  agent.state.storedTarget = engine::StoredTarget{.revision = 4};
  agent.state.target = std::make_shared<const model::Target>(model::Target{.version = "17"});
  uplink::LinkView link;
  link.uplink = "iotistic";
  link.enrolment = sdk::EnrolmentStep::ExchangeKey;
  link.poll.lastOk = agent.time.wall;
  link.poll.latency = 120ms;
  link.report.error = "503";
  link.report.errorClass = "unavailable";
  link.report.failures = 3;
  link.report.next = agent.time.wall + 9s;
  link.waitingTransitions = 5;
  link.wanted = "18";
  link.rejected = uplink::RejectedTarget{
      .version = "18", .at = agent.time.wall, .problems = {{"/apps", "a string"}}};
  link.facts = {{"clock", "2s behind"}};
  agent.linkView = link;
  const auto body = bodyOf(ask(agent, "GET", "/v1/info"));
  EXPECT_EQ(body.at("target").at("wanted"), "18");
  EXPECT_EQ(body.at("target").at("applied"), "17");
  const auto& shown = body.at("link");
  EXPECT_EQ(shown.at("uplink"), "iotistic");
  EXPECT_EQ(shown.at("enrolment"), "keyExchange");
  EXPECT_EQ(shown.at("poll").at("lastOk"), "2025-10-24T10:16:02.114Z");
  EXPECT_EQ(shown.at("poll").at("latencyMs"), 120);
  EXPECT_EQ(shown.at("poll").at("error"), nullptr);
  EXPECT_EQ(shown.at("report").at("error"), "503");
  EXPECT_EQ(shown.at("report").at("failures"), 3);
  EXPECT_EQ(shown.at("report").at("next"), "2025-10-24T10:16:11.114Z");
  EXPECT_EQ(shown.at("report").at("lastOk"), nullptr);
  EXPECT_EQ(shown.at("waitingTransitions"), 5);
  EXPECT_EQ(shown.at("rejected").at("version"), "18");
  EXPECT_EQ(shown.at("rejected").at("problems").at(0).at("pointer"), "/apps");
  EXPECT_EQ(shown.at("facts").at(0).at("value"), "2s behind");
}

TEST(Health, IsTheHeartbeat) {
  FakeAgent agent;
  EXPECT_EQ(ask(agent, "GET", "/healthz").status, 200);
  agent.heartbeat = 15s;
  const auto response = ask(agent, "GET", "/healthz");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(bodyOf(response).at("status"), "fail");
}

TEST(Readiness, NeedsAFirstLookAtEveryEngine) {
  FakeAgent agent;
  EXPECT_EQ(ask(agent, "GET", "/readyz").status, 503);
  agent.state.runtimes = {runtime(true)};
  EXPECT_EQ(ask(agent, "GET", "/readyz").status, 200);
  agent.state.runtimes = {runtime(true), runtime(false)};
  const auto response = ask(agent, "GET", "/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(bodyOf(response).at("checks").at(2).at("detail"), "connection refused");
}

TEST(Plugins, ShowStateAndReason) {
  FakeAgent agent;
  pluginhost::PluginReport loaded;
  loaded.name = "docker";
  loaded.version = "0.1.0";
  pluginhost::OptionSpec option;
  option.name = "url";
  loaded.options = {option};
  pluginhost::PluginReport refused;
  refused.name = "evil";
  refused.refusal = pluginhost::Refusal(pluginhost::Stage::Trust, "world-writable");
  pluginhost::PluginReport stuck = loaded;
  stuck.health.stuckCalls = 1;
  pluginhost::PluginReport quarantined = stuck;
  quarantined.health.quarantined = true;
  agent.reports = {loaded, refused, stuck, quarantined};
  const auto plugins = bodyOf(ask(agent, "GET", "/v1/plugins")).at("plugins");
  EXPECT_EQ(plugins.at(0).at("state"), "loaded");
  EXPECT_EQ(plugins.at(0).at("stage"), nullptr);
  EXPECT_EQ(plugins.at(0).at("options").at(0).at("name"), "url");
  EXPECT_EQ(plugins.at(1).at("state"), "refused");
  EXPECT_EQ(plugins.at(1).at("stage"), "trust");
  EXPECT_EQ(plugins.at(1).at("reason"), "world-writable");
  EXPECT_EQ(plugins.at(2).at("state"), "stuck");
  EXPECT_EQ(plugins.at(3).at("state"), "quarantined");
}

TEST(Plugins, SayWhenAQuarantinedOneIsTriedAgain) {
  FakeAgent agent;
  pluginhost::PluginReport crashed;
  crashed.refusal = pluginhost::Refusal(pluginhost::Stage::Quarantine, "crashed the agent");
  crashed.nextTry = agent.time.wall;
  agent.reports = {crashed, pluginhost::PluginReport{}};
  const auto plugins = bodyOf(ask(agent, "GET", "/v1/plugins")).at("plugins");
  EXPECT_EQ(plugins.at(0).at("state"), "quarantined");
  EXPECT_EQ(plugins.at(0).at("stage"), "quarantine");
  EXPECT_EQ(plugins.at(0).at("nextTry"), "2025-10-24T10:16:02.114Z");
  EXPECT_EQ(plugins.at(1).at("nextTry"), nullptr);
}

TEST(Plugins, InspectTakesAnAbsolutePath) {
  FakeAgent agent;
  agent.reports = {pluginhost::PluginReport{}};
  EXPECT_EQ(ask(agent, "POST", "/v1/plugins/inspect").status, 400);
  EXPECT_EQ(ask(agent, "POST", "/v1/plugins/inspect?path=x.so").status, 400);
  const auto response = ask(agent, "POST", "/v1/plugins/inspect?path=%2Fx.so");
  EXPECT_EQ(bodyOf(response).at("path"), "/x.so");
  EXPECT_EQ(bodyOf(response).at("state"), "loadable");
}

}  // namespace
}  // namespace holdfast::api
