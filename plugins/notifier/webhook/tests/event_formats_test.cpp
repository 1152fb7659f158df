// SPDX-License-Identifier: Apache-2.0
#include "notifier/webhook/event.hpp"
#include "rendered.hpp"

#include <gmock/gmock.h>

namespace holdfast::webhook {
namespace {

using support::jsonAt;
using support::jsonText;

TEST(EventFormats, StandardIsTypeTimestampAndData) {
  const boost::json::value body = render(*makeStandard(), messageOf(fixtures::firingSample()));
  EXPECT_EQ(body.as_object().size(), 3u);
  EXPECT_EQ(jsonText(body, {"type"}), "service.image_pull_failed.firing");
  EXPECT_EQ(jsonText(body, {"timestamp"}), "2025-10-24T10:15:30.000Z");
  const auto& data = body.at("data").as_object();
  for (const auto& [name, value] : fixtures::sampleAlert()) {
    ASSERT_TRUE(data.contains(name)) << name;
    EXPECT_EQ(data.at(name), value) << name;
  }
  EXPECT_EQ(jsonText(body, {"data", "device", "id"}), "dev-42");
  EXPECT_EQ(jsonText(body, {"data", "notification", "group"}), "monitoring-nodered");
  EXPECT_EQ(jsonText(body, {"data", "notification", "reason"}), "new");
  EXPECT_EQ(jsonText(body, {"data", "agent", "version"}), "0.1.0");
  EXPECT_EQ(support::jsonInteger(body, {"data", "summary", "failing"}), 1);
  EXPECT_EQ(data.at("alerts"), boost::json::value(boost::json::array{fixtures::sampleAlert()}));
}

TEST(EventFormats, StandardOfASummaryCarriesItsReport) {
  const boost::json::value body = render(*makeStandard(), messageOf(fixtures::summarySample()));
  EXPECT_EQ(jsonText(body, {"type"}), "device.daily_summary.informational");
  EXPECT_EQ(support::jsonInteger(body, {"data", "report", "restarts"}), 4);
}

TEST(EventFormats, StandardOfAGroupLeadsWithTheGravest) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  boost::json::object worse = fixtures::sampleAlert();
  worse["id"] = "ffffffffffffffff";
  worse["alert"] = "CrashLoop";
  worse["severity"] = "critical";
  sample.alerts().push_back(worse);
  const boost::json::value body = render(*makeStandard(), messageOf(sample));
  EXPECT_EQ(jsonText(body, {"type"}), "service.crash_loop.firing");
  EXPECT_EQ(jsonText(body, {"data", "id"}), "ffffffffffffffff");
  EXPECT_EQ(body.at("data").at("alerts").as_array().size(), 2u);
}

TEST(EventFormats, StandardBytesStayTheSameOverAttempts) {
  const Message message = messageOf(fixtures::firingSample());
  FormatContext later = contextAt();
  later.nowMs += 60'000;
  EXPECT_EQ(makeStandard()->render(message, contextAt()).body,
            makeStandard()->render(message, later).body);
}

TEST(EventFormats, TypesSayWhatItIsAbout) {
  const auto typeOf = [](const char* name, const char* member) {
    notifier::Message message;
    notifier::Alert alert;
    alert.name = name;
    (std::string_view(member) == "runtime"  ? alert.runtime
     : std::string_view(member) == "plugin" ? alert.plugin
     : std::string_view(member) == "app"    ? alert.app
                                            : alert.notifier) = "x";
    message.alerts = {alert};
    return eventType(message);
  };
  EXPECT_EQ(typeOf("EngineUnavailable", "runtime"), "runtime.engine_unavailable.firing");
  EXPECT_EQ(typeOf("PluginFailed", "plugin"), "plugin.plugin_failed.firing");
  EXPECT_EQ(typeOf("NotifierFailing", "notifier"), "notifier.notifier_failing.firing");
  EXPECT_EQ(typeOf("HTTPDown 2.x", "app"), "app.httpdown_2_x.firing");
  EXPECT_EQ(typeOf("", "app"), "app.unknown.firing");
  EXPECT_EQ(eventType(messageOf(fixtures::testSample())), "device.test.informational");
  EXPECT_EQ(eventType(messageOf(fixtures::resolvedSample())), "service.image_pull_failed.resolved");
}

TEST(EventFormats, CloudEventsHasTheRequiredAttributes) {
  const Message message = messageOf(fixtures::firingSample());
  const boost::json::value body = render(*makeCloudEvents(), message);
  EXPECT_EQ(jsonText(body, {"specversion"}), "1.0");
  EXPECT_EQ(jsonText(body, {"id"}), "01J0SAMPLE");
  EXPECT_EQ(jsonText(body, {"source"}), "/devices/dev-42");
  EXPECT_EQ(jsonText(body, {"type"}), "io.holdfast.service.image_pull_failed.firing");
  EXPECT_EQ(jsonText(body, {"subject"}), "monitoring/nodered");
  EXPECT_EQ(jsonText(body, {"time"}), "2025-10-24T10:15:30.000Z");
  EXPECT_EQ(jsonText(body, {"datacontenttype"}), "application/json");
  EXPECT_EQ(jsonText(body, {"data", "alert"}), "ImagePullFailed");
  EXPECT_EQ(makeCloudEvents()->render(message, contextAt()).contentType,
            "application/cloudevents+json; charset=utf-8");
  EXPECT_EQ(jsonAt(render(*makeCloudEvents(), messageOf(fixtures::testSample())), {"subject"}),
            nullptr);
}

TEST(EventFormats, CloudEventsSourceIsAUriWhateverTheNameOfTheDevice) {
  fixtures::SampleNotification sample = fixtures::testSample();
  sample.content["device"] = {{"name", "Halle 3 / Süd"}};
  EXPECT_EQ(jsonText(render(*makeCloudEvents(), messageOf(sample)), {"source"}),
            "/devices/Halle%203%20%2F%20S%C3%BCd");
}

}  // namespace
}  // namespace holdfast::webhook
