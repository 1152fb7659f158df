// SPDX-License-Identifier: Apache-2.0
// Prometheus Alertmanager itself, as it is packaged.
#include "fixtures/lab/process.hpp"
#include "fixtures/net/loopback.hpp"
#include "holdfast/support/http.hpp"
#include "holdfast/support/json.hpp"
#include "webhook_fixture.hpp"

#include <memory>

namespace holdfast::webhook {
namespace {

using fixtures::Process;
using sdk::ErrorClass;
using support::jsonText;

class AlertmanagerTest : public WebhookTest {
 protected:
  AlertmanagerTest() : url_("http://127.0.0.1:" + std::to_string(fixtures::freePort())) {
    const std::string configuration = directory_.path() / "alertmanager.yml";
    fixtures::writeFile(configuration, "route: {receiver: none}\nreceivers: [{name: none}]\n");
    process_ = std::make_unique<Process>(std::vector<std::string>{
        "prometheus-alertmanager", "--config.file=" + configuration,
        "--storage.path=" + (directory_.path() / "data").string(),
        "--web.listen-address=" + url_.substr(7), "--cluster.listen-address="});
    EXPECT_TRUE(fixtures::waitUntil([this] { return get("/-/ready").status == 200; },
                                    std::chrono::seconds(30)))
        << process_->standardError();
  }

  [[nodiscard]] support::HttpResponse get(const std::string& target) const {
    support::HttpEndpoint endpoint;
    endpoint.baseUrl = url_;
    support::HttpClient client(endpoint);
    return client.perform({.method = "GET", .target = target, .headers = {}, .body = {}}, {})
        .response;
  }

  // What it holds for active; resolved alerts are not.
  [[nodiscard]] boost::json::array alerts() const {
    const auto body = support::parseJson(get("/api/v2/alerts").body);
    return body && body->is_array() ? body->get_array() : boost::json::array();
  }

  // The sample alerts began in the past; Alertmanager holds those for over that end before now.
  [[nodiscard]] Outcome send(const fixtures::SampleNotification& sample) const {
    return deliver({{"url", url_}, {"format", "alertmanager-api"}}, sample);
  }

  const std::string url_;
  std::unique_ptr<Process> process_;
};

TEST_F(AlertmanagerTest, AnAlertFiresAndIsResolved) {
  const Outcome firing = send(fixtures::firingSample());
  ASSERT_EQ(firing.status.code, ErrorClass::Ok) << firing.message;
  const boost::json::array held = alerts();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(jsonText(held[0], {"labels", "alertname"}), "ImagePullFailed");
  EXPECT_EQ(jsonText(held[0], {"labels", "app"}), "monitoring");
  EXPECT_EQ(jsonText(held[0], {"labels", "service"}), "nodered");
  EXPECT_EQ(jsonText(held[0], {"labels", "severity"}), "error");
  EXPECT_EQ(jsonText(held[0], {"annotations", "description"}), "manifest unknown");
  EXPECT_EQ(jsonText(held[0], {"startsAt"}), "2025-10-24T10:15:00.000Z");
  EXPECT_EQ(jsonText(held[0], {"status", "state"}), "active");

  // Sent again, as it is while it fires: still one.
  ASSERT_EQ(send(fixtures::firingSample()).status.code, ErrorClass::Ok);
  EXPECT_EQ(alerts().size(), 1u);

  ASSERT_EQ(send(fixtures::resolvedSample()).status.code, ErrorClass::Ok);
  EXPECT_TRUE(fixtures::waitUntil([this] { return alerts().empty(); }, std::chrono::seconds(10)));
}

TEST_F(AlertmanagerTest, EachAlertOfAGroupIsOneOfItsOwn) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  boost::json::object other = fixtures::sampleAlert();
  other["service"] = "Süd \"7\"\\\n";
  sample.alerts().push_back(other);
  boost::json::object engine = {{"id", "0000000000000001"}, {"alert", "EngineUnavailable"},
                                {"state", "firing"},        {"severity", "critical"},
                                {"runtime", "docker"},      {"message", ""}};
  sample.alerts().push_back(engine);
  const Outcome outcome = send(sample);
  ASSERT_EQ(outcome.status.code, ErrorClass::Ok) << outcome.message;
  EXPECT_EQ(alerts().size(), 3u);
}

TEST_F(AlertmanagerTest, ATestArrivesAsAnAlert) {
  ASSERT_EQ(send(fixtures::testSample()).status.code, ErrorClass::Ok);
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(jsonText(alerts()[0], {"labels", "alertname"}), "TestNotification");
}

TEST_F(AlertmanagerTest, WhatItRefusesIsInvalid) {
  // Its webhook form is not what its own API takes.
  const Outcome outcome = deliver({{"url", url_ + "/api/v2/alerts"}, {"format", "alertmanager"}});
  EXPECT_EQ(outcome.status.code, ErrorClass::Invalid);
}

}  // namespace
}  // namespace holdfast::webhook
