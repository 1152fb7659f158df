// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/alertmanager_labels.hpp"
#include "rendered.hpp"

#include <gmock/gmock.h>

namespace holdfast::webhook {
namespace {

using support::jsonText;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Alertmanager, LabelsStayTheSameFromFiringToResolved) {
  const std::vector<LabelledAlert> firing = labelled(messageOf(fixtures::firingSample()));
  const std::vector<LabelledAlert> resolved = labelled(messageOf(fixtures::resolvedSample()));
  ASSERT_EQ(firing.size(), 1u);
  EXPECT_THAT(firing[0].labels,
              ElementsAre(Pair("alertname", "ImagePullFailed"), Pair("app", "monitoring"),
                          Pair("device", "Line 3"), Pair("runtime", "docker"),
                          Pair("service", "nodered"), Pair("severity", "error")));
  EXPECT_EQ(firing[0].labels, resolved.at(0).labels);
  EXPECT_THAT(firing[0].annotations,
              ElementsAre(Pair("class", "not_found"), Pair("count", "3"),
                          Pair("description", "manifest unknown"),
                          Pair("image", "nodered/node-red:invalid"), Pair("max_retries", "10"),
                          Pair("next_retry", "2025-10-24T10:16:10.000Z"),
                          Pair("reason", "ImagePullBackOff"), Pair("retry_count", "3"),
                          Pair("summary", "ImagePullFailed monitoring/nodered")));
}

TEST(Alertmanager, WebhookBodyIsVersion4) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  boost::json::object other = fixtures::sampleAlert();
  other["id"] = "d240efc3896bf266";
  other["service"] = "influx";
  other["state"] = "resolved";
  other["endsAt"] = "2025-10-24T10:15:20.000Z";
  sample.alerts().push_back(other);
  const boost::json::value body = render(*makeAlertmanager(), messageOf(sample));
  EXPECT_EQ(jsonText(body, {"version"}), "4");
  EXPECT_EQ(jsonText(body, {"status"}), "firing");
  EXPECT_EQ(jsonText(body, {"groupKey"}), R"({}:{group="monitoring-nodered"})");
  EXPECT_EQ(jsonText(body, {"receiver"}), "holdfast");
  EXPECT_EQ(jsonText(body, {"commonLabels", "alertname"}), "ImagePullFailed");
  EXPECT_EQ(support::jsonAt(body, {"commonLabels", "service"}), nullptr);
  EXPECT_EQ(support::jsonInteger(body, {"truncatedAlerts"}, -1), 0);
  const auto& alerts = body.at("alerts").as_array();
  ASSERT_EQ(alerts.size(), 2u);
  EXPECT_EQ(jsonText(alerts[0], {"status"}), "firing");
  EXPECT_EQ(jsonText(alerts[0], {"endsAt"}), "0001-01-01T00:00:00Z");
  EXPECT_EQ(jsonText(alerts[0], {"fingerprint"}), "95038cc7af4a82d4");
  EXPECT_EQ(jsonText(alerts[1], {"status"}), "resolved");
  EXPECT_EQ(jsonText(alerts[1], {"endsAt"}), "2025-10-24T10:15:20.000Z");
  EXPECT_EQ(
      jsonText(render(*makeAlertmanager(), messageOf(fixtures::resolvedSample())), {"status"}),
      "resolved");
}

TEST(Alertmanager, ApiBodyIsAnArrayThatEndsAfterFourIntervals) {
  const auto format = makeAlertmanagerApi(60'000);
  EXPECT_EQ(format->resendIntervalMs(), 60'000);
  const boost::json::value firing = render(*format, messageOf(fixtures::firingSample()));
  ASSERT_EQ(firing.as_array().size(), 1u);
  EXPECT_EQ(jsonText(firing.at(0), {"labels", "alertname"}), "ImagePullFailed");
  EXPECT_EQ(jsonText(firing.at(0), {"startsAt"}), "2025-10-24T10:15:00.000Z");
  EXPECT_EQ(jsonText(firing.at(0), {"endsAt"}), "2025-10-24T10:19:30.000Z");
  const boost::json::value resolved = render(*format, messageOf(fixtures::resolvedSample()));
  EXPECT_EQ(jsonText(resolved.at(0), {"endsAt"}), "2025-10-24T10:16:30.000Z");
  EXPECT_EQ(resolved.at(0).at("labels"), firing.at(0).at("labels"));
}

TEST(Alertmanager, ApiPathIsAddedWhereItIsMissing) {
  const Message message = messageOf(fixtures::firingSample());
  const std::pair<const char*, const char*> rows[] = {
      {"/", "/api/v2/alerts"},
      {"/api/v2/alerts", "/api/v2/alerts"},
      {"/prefix/", "/prefix/api/v2/alerts"},
      {"/prefix/api/v2/alerts/", "/prefix/api/v2/alerts"},
  };
  for (const auto& [configured, expected] : rows) {
    EXPECT_EQ(makeAlertmanagerApi(60'000)->render(message, contextAt(configured)).target, expected);
  }
}

TEST(Alertmanager, AMessageWithoutAlertsBecomesOne) {
  const boost::json::value body =
      render(*makeAlertmanagerApi(60'000), messageOf(fixtures::testSample()));
  ASSERT_EQ(body.as_array().size(), 1u);
  EXPECT_EQ(jsonText(body.at(0), {"labels", "alertname"}), "TestNotification");
  EXPECT_EQ(jsonText(body.at(0), {"labels", "severity"}), "info");
  EXPECT_EQ(jsonText(body.at(0), {"annotations", "description"}), "This is a test.");
  EXPECT_EQ(jsonText(body.at(0), {"startsAt"}), "2025-10-24T10:15:30.000Z");
}

}  // namespace
}  // namespace holdfast::webhook
