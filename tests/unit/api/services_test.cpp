// SPDX-License-Identifier: Apache-2.0
#include "unit/api/fake_agent.hpp"

#include <gtest/gtest.h>

namespace holdfast::api {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

class ServicesTest : public testing::Test {
 protected:
  ServicesTest() {
    agent_.state.version = 7;
    agent_.addService();
  }
  FakeAgent agent_;
};

TEST_F(ServicesTest, ListsAll) {
  agent_.addService("mosquitto");
  const auto response = ask(agent_, "GET", "/v1/services");
  EXPECT_EQ(response.status, 200);
  const auto services = bodyOf(response).at("services").as_array();
  ASSERT_EQ(services.size(), 2U);
  EXPECT_EQ(services[0].at("serviceName"), "nodered");
  EXPECT_EQ(services[1].at("serviceName"), "mosquitto");
  EXPECT_FALSE(services[0].as_object().contains("spec"));
}

TEST_F(ServicesTest, NarrowsToAnApp) {
  EXPECT_EQ(bodyOf(ask(agent_, "GET", "/v1/services?app=1001")).at("services").as_array().size(),
            1U);
  EXPECT_EQ(bodyOf(ask(agent_, "GET", "/v1/services?app=other")).at("services").as_array().size(),
            0U);
}

TEST_F(ServicesTest, TakesIdsAndNamesOfApps) {
  EXPECT_EQ(ask(agent_, "GET", "/v1/services/1001/nodered").status, 200);
  EXPECT_EQ(ask(agent_, "GET", "/v1/services/monitoring/nodered").status, 200);
}

TEST_F(ServicesTest, SaysWhatIsUnknown) {
  const auto detail = [&](const std::string& uri) {
    const auto response = ask(agent_, "GET", uri);
    EXPECT_EQ(response.status, 404);
    return std::string(bodyOf(response).at("detail").as_string());
  };
  EXPECT_EQ(detail("/v1/services/monitorin/nodered"),
            "the target has no app 'monitorin'; did you mean 'monitoring'?");
  EXPECT_EQ(detail("/v1/services/monitoring/noderedd"),
            "app 'monitoring' has no service 'noderedd'; did you mean 'nodered'?");
  agent_.state = {};
  EXPECT_EQ(detail("/v1/services/monitoring/nodered"),
            "no target was accepted yet, so there is no service");
}

TEST_F(ServicesTest, AnswersNotModified) {
  const auto first = ask(agent_, "GET", "/v1/services");
  const auto tag = first.headers.at("ETag");
  EXPECT_EQ(tag, "\"run1-7\"");
  const auto again = ask(agent_, "GET", "/v1/services", "", tag);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.headers.at("ETag"), tag);
  EXPECT_EQ(ask(agent_, "GET", "/v1/services", "", "W/" + tag).status, 304);
  EXPECT_EQ(ask(agent_, "GET", "/v1/services/1001/nodered", "", tag).status, 304);
  agent_.state.version = 8;
  EXPECT_EQ(ask(agent_, "GET", "/v1/services", "", tag).status, 200);
}

TEST_F(ServicesTest, AnotherRunOfTheAgentHasOtherTags) {
  const auto tag = ask(agent_, "GET", "/v1/services").headers.at("ETag");
  agent_.instanceName = "run2";
  EXPECT_EQ(ask(agent_, "GET", "/v1/services", "", tag).status, 200);
}

TEST_F(ServicesTest, WaitsForAChange) {
  agent_.whileWaiting = [this] {
    agent_.state.version = 8;
    agent_.feed.publishSnapshot(8);
  };
  const auto response = ask(agent_, "GET", "/v1/services?wait=20", "", "\"run1-7\"");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("ETag"), "\"run1-8\"");
  EXPECT_EQ(agent_.waits, std::vector<model::Milliseconds>{20s});
}

TEST_F(ServicesTest, WaitsNoLongerThanAsked) {
  EXPECT_EQ(ask(agent_, "GET", "/v1/services?wait=20", "", "\"run1-7\"").status, 304);
  EXPECT_EQ(agent_.waits, std::vector<model::Milliseconds>{20s});
  EXPECT_EQ(ask(agent_, "GET", "/v1/services?wait=61").status, 400);
  EXPECT_EQ(ask(agent_, "GET", "/v1/services?wait=x").status, 400);
}

TEST_F(ServicesTest, DoesNotWaitWithNewsAtHandOrWhenStopping) {
  ask(agent_, "GET", "/v1/services?wait=20", "", "\"run1-6\"");
  agent_.feed.stop();
  ask(agent_, "GET", "/v1/services?wait=20", "", "\"run1-7\"");
  EXPECT_TRUE(agent_.waits.empty());
}

retry::Entry entry() {
  retry::Entry entry;
  entry.key = "image:docker:x:1";
  entry.retryCount = 3;
  entry.maxRetries = 10;
  entry.delay = 40s;
  entry.due = model::BootTime{} + 8s;
  entry.latest = {.errorClass = sdk::ErrorClass::NotFound,
                  .reason = "ErrImagePull",
                  .message = "manifest unknown",
                  .raw = "HTTP 404"};
  entry.firstError = "first";
  return entry;
}

TEST_F(ServicesTest, AddsDetails) {
  auto& view = agent_.state.services[0];
  view.specJson = R"({"image": "x:1", "environment": {"A": "***"}})";
  view.specHash = "abc";
  view.decision = "waits";
  view.ledger = {entry()};
  view.faults = {"bad port"};
  model::ObservedContainer container;
  container.id = "c1";
  container.state = model::ContainerState::Exited;
  container.labels = {{"io.holdfast.app", "1001"}};
  container.mounts = {{"data", "", "/data"}};
  container.startedAt = agent_.time.wall;
  view.container = container;
  const auto at = agent_.time.wall;
  agent_.statusChanges["1001/nodered"] = {{at - std::chrono::hours{25}, "running", "Running"},
                                          {at - std::chrono::hours{24}, "pending", "Pulling"},
                                          {at, "error", "ErrImagePull"}};
  const auto body = bodyOf(ask(agent_, "GET", "/v1/services/1001/nodered?detail=1"));
  EXPECT_EQ(body.at("serviceName"), "nodered");
  EXPECT_EQ(body.at("spec").at("environment").at("A"), "***");
  EXPECT_EQ(body.at("specHash"), "abc");
  EXPECT_EQ(body.at("decision"), "waits");
  EXPECT_EQ(body.at("faults"), json::parse(R"(["bad port"])"));
  EXPECT_EQ(body.at("history"), json::parse(R"([
      {"at": "2025-10-23T10:16:02.114Z", "status": "pending", "reason": "Pulling"},
      {"at": "2025-10-24T10:16:02.114Z", "status": "error", "reason": "ErrImagePull"}])"));
  EXPECT_EQ(body.at("container").at("state"), "exited");
  EXPECT_EQ(body.at("container").at("startedAt"), "2025-10-24T10:16:02.114Z");
  EXPECT_EQ(body.at("container").at("mounts").at(0).at("source"), nullptr);
  const auto& ledger = body.at("ledger").at(0);
  EXPECT_EQ(ledger.at("attempt"), "3/10");
  EXPECT_EQ(ledger.at("delayMs"), 40'000);
  EXPECT_EQ(ledger.at("class"), "not_found");
  EXPECT_EQ(ledger.at("raw"), "HTTP 404");
  EXPECT_EQ(ledger.at("nextRetry"), "2025-10-24T10:16:10.114Z");
}

TEST_F(ServicesTest, DetailsShowNoRetryWhereThereIsNone) {
  auto exhausted = entry();
  exhausted.due.reset();
  exhausted.exhausted = true;
  agent_.state.services[0].ledger = {exhausted};
  const auto body = bodyOf(ask(agent_, "GET", "/v1/services/1001/nodered?detail=1"));
  EXPECT_FALSE(body.at("ledger").at(0).as_object().contains("nextRetry"));
  EXPECT_EQ(body.at("container"), nullptr);
}

TEST_F(ServicesTest, ExplainsTheChain) {
  auto& view = agent_.state.services[0];
  view.status.imageName = "x:1";
  view.decision = "waits for the next pull";
  view.ledger = {entry()};
  view.errorKey = view.ledger[0].key;
  agent_.state.storedTarget = engine::StoredTarget{.source = engine::TargetSource::File,
                                                   .sourceDetail = "/t.json",
                                                   .revision = 3,
                                                   .acceptedAt = agent_.time.wall};
  engine::RuntimeStatus runtime;
  runtime.name = "docker";
  runtime.available = true;
  runtime.info.name = "Docker";
  runtime.info.version = "20.10";
  agent_.state.runtimes = {runtime};
  const auto body = bodyOf(ask(agent_, "GET", "/v1/services/1001/nodered/why"));
  EXPECT_EQ(body.at("service").at("serviceName"), "nodered");
  const auto link = [&body](const char* step) {
    for (const auto& found : body.at("chain").as_array()) {
      if (found.at("step") == step)
        return found;
    }
    throw std::logic_error(std::string("no link ") + step);
  };
  EXPECT_EQ(link("target").at("revision"), 3);
  EXPECT_EQ(link("target").at("source"), "file");
  EXPECT_EQ(link("target").at("image"), "x:1");
  EXPECT_EQ(link("decision").at("decision"), "waits for the next pull");
  EXPECT_EQ(link("runtime").at("engine").at("version"), "20.10");
  EXPECT_EQ(body.at("next").at("what"), "retry 3/10");
  EXPECT_EQ(body.at("next").at("at"), "2025-10-24T10:16:10.114Z");
  EXPECT_EQ(ask(agent_, "GET", "/v1/services/1001/x/why").status, 404);
}

}  // namespace
}  // namespace holdfast::api
