// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/record.hpp"

#include "fixtures/notifier/sample.hpp"

#include <gmock/gmock.h>

namespace holdfast::syslog {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Pair;

std::vector<Record> recordsFor(fixtures::SampleNotification sample) {
  std::string problem;
  const auto message = notifier::readMessage(sample.view(), problem);
  EXPECT_TRUE(message) << problem;
  return message ? recordsOf(*message) : std::vector<Record>();
}

TEST(Record, SaysEverythingAboutAnAlert) {
  const std::vector<Record> records = recordsFor(fixtures::firingSample());
  ASSERT_EQ(records.size(), 1u);
  const Record& record = records[0];
  EXPECT_EQ(record.level, Level::Error);
  EXPECT_EQ(record.timeMs, 1'761'300'930'000);
  EXPECT_EQ(record.host, "Line 3");
  EXPECT_EQ(record.type, "ImagePullFailed");
  EXPECT_EQ(record.agentVersion, "0.1.0");
  EXPECT_EQ(record.text,
            "ImagePullFailed monitoring/nodered firing: manifest unknown; Reason: "
            "ImagePullBackOff; Image: nodered/node-red:invalid; Attempt: 3 of 10; Next attempt: "
            "2025-10-24T10:16:10.000Z; Times: 3; Since: 2025-10-24T10:15:00.000Z");
  EXPECT_THAT(
      record.fields,
      ElementsAre(Pair("id", "95038cc7af4a82d4"), Pair("alert", "ImagePullFailed"),
                  Pair("state", "firing"), Pair("severity", "error"), Pair("app", "monitoring"),
                  Pair("service", "nodered"), Pair("runtime", "docker"),
                  Pair("reason", "ImagePullBackOff"), Pair("class", "not_found"),
                  Pair("image", "nodered/node-red:invalid"), Pair("retryCount", "3"),
                  Pair("maxRetries", "10"), Pair("nextRetry", "2025-10-24T10:16:10.000Z"),
                  Pair("count", "3"), Pair("startsAt", "2025-10-24T10:15:00.000Z"),
                  Pair("notification", "01J0SAMPLE"), Pair("group", "monitoring-nodered")));
}

TEST(Record, IsMadeForEachAlert) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  const std::pair<const char*, const char*> states[] = {
      {"firing", "critical"}, {"firing", "warning"}, {"firing", "info"}, {"resolved", "critical"}};
  boost::json::array alerts;
  for (const auto& [state, severity] : states) {
    boost::json::object alert = fixtures::sampleAlert();
    alert["state"] = state;
    alert["severity"] = severity;
    alerts.push_back(alert);
  }
  sample.content["alerts"] = alerts;
  sample.content["delayedSeconds"] = 90;
  std::vector<Level> levels;
  for (const Record& record : recordsFor(sample)) {
    levels.push_back(record.level);
    EXPECT_EQ(record.fields.back(), (std::pair<std::string, std::string>("delayedSeconds", "90")));
  }
  EXPECT_THAT(levels,
              ElementsAre(Level::Critical, Level::Warning, Level::Information, Level::Notice));
}

TEST(Record, StandsForAMessageWithoutAlerts) {
  const std::vector<Record> records = recordsFor(fixtures::testSample());
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].type, "test");
  EXPECT_EQ(records[0].level, Level::Information);
  EXPECT_EQ(records[0].text, "Test from Line 3: This is a test.");
}

TEST(Record, HasItsTextOnOneLine) {
  EXPECT_EQ(oneLine("a\r\nb\tc\x1b[0m\x7f"), "a | b c [0m ");
  fixtures::SampleNotification sample = fixtures::firingSample();
  sample.alerts()[0].as_object()["message"] = "forged\n<134>1 - - - - - - admin logged in";
  EXPECT_EQ(recordsFor(sample)[0].text.find('\n'), std::string::npos);
}

TEST(Record, OfASummaryIsMadeForEachLine) {
  const std::vector<Record> records = recordsFor(fixtures::summarySample());
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[0].text, "[Line 3] Daily summary: 0 failing, 2 failed and healed");
  EXPECT_EQ(records[2].text,
            "healed: shop/web1, 3 failures and 2 restarts; 2 times: exited with code 1 (Error)");
  EXPECT_EQ(records[4].text, "4 restarts, 1 image pulled, 0 failed pulls");
  for (const Record& record : records) {
    EXPECT_EQ(record.type, "DailySummary");
    EXPECT_EQ(record.level, Level::Information);
    EXPECT_THAT(record.fields, Contains(Pair("notification", "01J0SAMPLE")));
  }
}

}  // namespace
}  // namespace holdfast::syslog
