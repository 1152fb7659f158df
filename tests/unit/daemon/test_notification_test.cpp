// SPDX-License-Identifier: Apache-2.0
#include "daemon/test_notification.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

namespace holdfast::daemon {
namespace {

using testing::HasSubstr;

TEST(TestNotification, SaysThatItIsOneAndWhereItComesFrom) {
  engine::Snapshot snapshot;
  auto target = std::make_shared<model::Target>();
  target->deviceUuid = "5e0c";
  snapshot.target = target;
  snapshot.services.resize(3);
  snapshot.services[1].status.serviceStatus = model::ServiceStatusWord::Error;
  const auto message = testNotification({.id = "test-1",
                                         .notifier = "ops",
                                         .deviceName = "pump 7",
                                         .agentVersion = "0.1.0",
                                         .at = *model::fromRfc3339("2025-10-24T10:16:02.114Z")},
                                        snapshot);
  EXPECT_EQ(message.id, "test-1");
  EXPECT_EQ(message.group, "test-1");
  EXPECT_EQ(message.state, sdk::NotificationState::Informational);
  EXPECT_EQ(message.severity, sdk::Severity::Info);
  EXPECT_EQ(message.title, "Test notification from pump 7");
  EXPECT_THAT(message.text, HasSubstr("pump 7"));
  const auto expected = boost::json::parse(R"({"id": "test-1", "group": "test-1",
      "state": "informational", "severity": "info", "reason": "test",
      "timestamp": "2025-10-24T10:16:02.114Z", "delayedSeconds": 0,
      "device": {"id": "5e0c", "name": "pump 7"},
      "agent": {"name": "holdfast", "version": "0.1.0"},
      "summary": {"services": 3, "failing": 1}, "truncated": 0, "alerts": []})");
  EXPECT_EQ(boost::json::parse(message.contentJson), expected);
}

TEST(TestNotification, NeedsNoTarget) {
  const auto message = testNotification({.id = "test-1"}, engine::Snapshot());
  const auto content = boost::json::parse(message.contentJson);
  EXPECT_FALSE(content.at("device").as_object().contains("id"));
  EXPECT_EQ(content.at("summary").at("services"), 0);
}

TEST(TestNotification, NamesTheDeviceByItsOwnerWhereTheTargetDoesNot) {
  engine::Snapshot snapshot;
  snapshot.owner = "9c41";
  snapshot.target = std::make_shared<model::Target>();
  const auto content = boost::json::parse(testNotification({.id = "test-1"}, snapshot).contentJson);
  EXPECT_EQ(content.at("device").at("id"), "9c41");
}

}  // namespace
}  // namespace holdfast::daemon
