// SPDX-License-Identifier: Apache-2.0
#include "unit/api/fake_agent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::IsEmpty;

class DeviceTest : public testing::Test {
 protected:
  DeviceTest() {
    auto& first = agent_.addService();
    first.status.containerId = "c1";
    first.status.imageName = "nodered:1";
    first.status.serviceStatus = model::ServiceStatusWord::Running;
    first.specJson = R"({"image": "nodered:1", "environment": {"PASSWORD": "***"}})";
    agent_.addService("mosquitto").status.serviceStatus = model::ServiceStatusWord::Error;
    agent_.state.owner = "5f0c";
    agent_.state.settled = true;
  }
  json::value asked(const std::string& uri) {
    const auto response = ask(agent_, "GET", uri);
    EXPECT_EQ(response.status, 200) << response.body;
    return bodyOf(response);
  }

  FakeAgent agent_;
};

TEST_F(DeviceTest, TellsTheDeviceAndItsApps) {
  const auto body = asked("/v1/device");
  EXPECT_EQ(body.at("uuid"), "5f0c");
  EXPECT_EQ(body.at("deviceName"), "gateway-7");
  EXPECT_EQ(body.at("status"), "Idle");
  EXPECT_EQ(body.at("is_online"), false);
  EXPECT_EQ(body.at("provisioned"), false);
  const auto& app = body.at("apps").at("1001");
  EXPECT_EQ(app.at("appName"), "monitoring");
  EXPECT_EQ(app.at("services").at(0).at("status"), "Running");
  EXPECT_EQ(app.at("services").at(0).at("containerId"), "c1");
  EXPECT_EQ(app.at("services").at(1).at("status"), "Error");
  EXPECT_EQ(app.at("services").at(1).at("containerId"), nullptr);
  EXPECT_EQ(app.at("services").at(0).at("serviceId"), 2);
}

TEST_F(DeviceTest, IsOnlineWhileTheCloudAnswers) {
  agent_.linkView.emplace();
  EXPECT_EQ(asked("/v1/device").at("provisioned"), true);
  EXPECT_EQ(asked("/v1/device").at("is_online"), false);
  agent_.linkView->poll.lastOk = agent_.time.wall;
  EXPECT_EQ(asked("/v1/device").at("is_online"), true);
  agent_.linkView->poll.failures = 1;
  EXPECT_EQ(asked("/v1/device").at("is_online"), false);
  agent_.linkView->enrolment = sdk::EnrolmentStep::Register;
  EXPECT_EQ(asked("/v1/device").at("provisioned"), false);
}

TEST_F(DeviceTest, TellsAnAppByItsFirstService) {
  for (const auto* uri : {"/v1/apps/1001", "/v1/apps/monitoring"}) {
    const auto body = asked(uri);
    EXPECT_EQ(body.at("appId"), 1001);
    EXPECT_EQ(body.at("serviceName"), "nodered");
    EXPECT_EQ(body.at("containerId"), "c1");
    EXPECT_EQ(body.at("config").at("environment").at("PASSWORD"), "***");
    EXPECT_EQ(body.at("services").as_array().size(), 2U);
  }
}

TEST_F(DeviceTest, OperatesOnAllServicesOfAnApp) {
  auto response = ask(agent_, "POST", "/v1/apps/1001/stop", R"({"force": false})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(bodyOf(response), json::parse(R"({"containerId": "c1", "status": "stopped"})"));
  response = ask(agent_, "POST", "/v1/apps/monitoring/start");
  EXPECT_EQ(bodyOf(response).at("status"), "started");
  for (const auto* body : {R"({"appId": 1001})", R"({"appId": "1001", "force": true})",
                           R"({"appId": "monitoring"})"}) {
    response = ask(agent_, "POST", "/v1/restart", body);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "OK");
  }
  EXPECT_THAT(agent_.commands,
              ElementsAre("stop 1001/nodered", "stop 1001/mosquitto", "start 1001/nodered",
                          "start 1001/mosquitto", "restart 1001/nodered", "restart 1001/mosquitto",
                          "restart 1001/nodered", "restart 1001/mosquitto", "restart 1001/nodered",
                          "restart 1001/mosquitto"));
}

TEST_F(DeviceTest, SaysWhyNoServiceTakesACommand) {
  agent_.result = {.code = engine::CommandResult::Code::Conflict, .message = "it is stopped"};
  const auto response = ask(agent_, "POST", "/v1/restart", R"({"appId": 1001})");
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(bodyOf(response).at("message"), "it is stopped");
}

// An app that the target stops in part is restarted in the rest.
TEST_F(DeviceTest, IsDoneWhenOneServiceTakesTheCommand) {
  class HalfStopped : public FakeAgent {
   public:
    engine::CommandResult command(Verb verb, const std::string& app,
                                  const std::string& service) override {
      auto answer = FakeAgent::command(verb, app, service);
      if (service == "nodered") {
        answer.code = engine::CommandResult::Code::Conflict;
      }
      return answer;
    }
  };
  HalfStopped agent;
  agent.addService();
  agent.addService("mosquitto");
  EXPECT_EQ(ask(agent, "POST", "/v1/apps/1001/start").status, 200);
  EXPECT_EQ(agent.commands.size(), 2U);
}

TEST_F(DeviceTest, PurgesAndRestartsTheAgent) {
  EXPECT_EQ(ask(agent_, "POST", "/v1/purge", R"({"appId": 1001, "force": true})").body, "OK");
  const auto response = ask(agent_, "POST", "/v1/reboot");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(bodyOf(response), json::parse(R"({"Data": "Agent restarting", "Error": null})"));
  EXPECT_THAT(agent_.commands, ElementsAre("purge 1001", "restart agent"));
  agent_.result = {.code = engine::CommandResult::Code::NotFound, .message = "nothing here"};
  EXPECT_EQ(ask(agent_, "POST", "/v1/purge", R"({"appId": 7})").status, 404);
}

TEST_F(DeviceTest, RefusesInTheWordsOfBoth) {
  for (const auto* body : {"", "{", "[]", "{}", R"({"appId": null})", R"({"appId": 1.5})",
                           R"({"appId": ""})", R"({"app": 1001})"}) {
    const auto response = ask(agent_, "POST", "/v1/restart", body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(bodyOf(response).at("error"), "Bad Request");
    EXPECT_EQ(bodyOf(response).at("message"), bodyOf(response).at("detail"));
    EXPECT_EQ(ask(agent_, "POST", "/v1/purge", body).status, 400) << body;
  }
  for (const auto* uri : {"/v1/apps/9/stop", "/v1/apps/9/start"}) {
    EXPECT_EQ(ask(agent_, "POST", uri).status, 404);
  }
  EXPECT_EQ(ask(agent_, "GET", "/v1/apps/9").status, 404);
  EXPECT_EQ(ask(agent_, "POST", "/v1/restart", R"({"appId": 9})").status, 404);
  EXPECT_THAT(agent_.commands, IsEmpty());
}

}  // namespace
}  // namespace holdfast::api
