// SPDX-License-Identifier: Apache-2.0
#include "notifier/common/message.hpp"

#include "fixtures/notifier/sample.hpp"

#include <gmock/gmock.h>

namespace holdfast::notifier {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Message, IsReadFromTheContent) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  std::string problem;
  const std::optional<Message> message = readMessage(sample.view(), problem);
  ASSERT_TRUE(message) << problem;
  EXPECT_EQ(message->id, "01J0SAMPLE");
  EXPECT_EQ(message->reason, "new");
  EXPECT_EQ(message->timestamp, "2025-10-24T10:15:30.000Z");
  EXPECT_EQ(message->deviceId, "dev-42");
  EXPECT_EQ(message->deviceName, "Line 3");
  EXPECT_EQ(message->agentVersion, "0.1.0");
  ASSERT_EQ(message->alerts.size(), 1u);
  const Alert& alert = message->alerts.front();
  EXPECT_EQ(alert.id, "95038cc7af4a82d4");
  EXPECT_EQ(alert.name, "ImagePullFailed");
  EXPECT_EQ(alert.state, sdk::NotificationState::Firing);
  EXPECT_EQ(alert.severity, sdk::Severity::Error);
  EXPECT_EQ(alert.subject(), "monitoring/nodered");
  EXPECT_EQ(alert.errorClass, "not_found");
  EXPECT_EQ(alert.retryCount, 3);
  EXPECT_EQ(alert.exitCode, std::nullopt);
  EXPECT_EQ(alert.endsAt, "");
}

TEST(Message, PutsWhatFiresAndIsGravestFirst) {
  fixtures::SampleNotification sample = fixtures::firingSample();
  boost::json::array alerts;
  const std::pair<const char*, const char*> states[] = {
      {"resolved", "critical"}, {"firing", "warning"}, {"firing", "critical"}, {"firing", "error"}};
  for (const auto& [state, severity] : states) {
    boost::json::object alert = fixtures::sampleAlert();
    alert["id"] = std::string(state) + severity;
    alert["state"] = state;
    alert["severity"] = severity;
    alerts.push_back(alert);
  }
  sample.content["alerts"] = alerts;
  std::string problem;
  const std::optional<Message> message = readMessage(sample.view(), problem);
  ASSERT_TRUE(message) << problem;
  std::vector<std::string> ids;
  for (const Alert& alert : message->alerts) {
    ids.push_back(alert.id);
  }
  EXPECT_THAT(ids,
              ElementsAre("firingcritical", "firingerror", "firingwarning", "resolvedcritical"));
}

TEST(Message, ThatIsNoneIsRefused) {
  std::string problem;
  sdk::Notification notification;
  for (const std::string& content :
       {std::string(), std::string("[]"), std::string("{"), std::string(R"({"alerts":[1]})"),
        std::string("{\"a\":\"\xff\"}"), std::string(256 * 1024 + 1, ' ')}) {
    notification.contentJson = content;
    problem.clear();
    EXPECT_FALSE(readMessage(notification, problem)) << content.substr(0, 40);
    EXPECT_FALSE(problem.empty());
  }
}

TEST(Message, WithoutMembersIsStillOne) {
  sdk::Notification notification;
  notification.createdAtMs = 1'700'000'000'000;
  notification.title = "cut \xff";
  notification.contentJson = R"({"alerts":[{}],"device":7,"delayedSeconds":"x"})";
  std::string problem;
  const std::optional<Message> message = readMessage(notification, problem);
  ASSERT_TRUE(message) << problem;
  EXPECT_EQ(message->title, "cut \uFFFD");
  EXPECT_EQ(message->timestamp, "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(message->delayedSeconds, 0);
  EXPECT_EQ(message->alerts.front().subject(), "");
}

TEST(Message, KnowsWhatAnAlertIsAbout) {
  Alert alert;
  alert.notifier = "ops";
  EXPECT_EQ(alert.subject(), "ops");
  alert.plugin = "podman";
  EXPECT_EQ(alert.subject(), "podman");
  alert.runtime = "docker";
  EXPECT_EQ(alert.subject(), "docker");
  alert.app = "shop";
  EXPECT_EQ(alert.subject(), "shop");
  alert.service = "web";
  EXPECT_EQ(alert.subject(), "shop/web");
  alert.app.clear();
  EXPECT_EQ(alert.subject(), "web");
}

TEST(Message, ListsFactsAboutAnAlert) {
  fixtures::SampleNotification sample = fixtures::resolvedSample();
  std::string problem;
  const std::optional<Message> message = readMessage(sample.view(), problem);
  ASSERT_TRUE(message) << problem;
  EXPECT_THAT(
      factsOf(message->alerts.front()),
      ElementsAre(Pair("Reason", "ImagePullBackOff"), Pair("Image", "nodered/node-red:invalid"),
                  Pair("Attempt", "3 of 10"), Pair("Next attempt", "2025-10-24T10:16:10.000Z"),
                  Pair("Times", "3"), Pair("Since", "2025-10-24T10:15:00.000Z"),
                  Pair("Until", "2025-10-24T10:16:30.000Z"), Pair("Lasted", "1 min 30 s")));
  EXPECT_THAT(factsOf({}), ElementsAre());
  Alert crash;
  crash.exitCode = 134;
  crash.retryCount = 2;
  crash.count = 1;
  EXPECT_THAT(factsOf(crash), ElementsAre(Pair("Attempt", "2"), Pair("Exit code", "134")));
}

}  // namespace
}  // namespace holdfast::notifier
