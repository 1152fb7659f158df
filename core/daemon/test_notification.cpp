// SPDX-License-Identifier: Apache-2.0
#include "daemon/test_notification.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace holdfast::daemon {
namespace {

namespace json = boost::json;

std::ptrdiff_t failing(const engine::Snapshot& snapshot) {
  return std::count_if(snapshot.services.begin(), snapshot.services.end(), [](const auto& view) {
    return view.status.serviceStatus == model::ServiceStatusWord::Error;
  });
}

}  // namespace

alerts::Message testNotification(const TestNotification& test, const engine::Snapshot& snapshot) {
  json::object device;
  if (!snapshot.deviceId().empty()) {
    device["id"] = snapshot.deviceId();
  }
  device["name"] = test.deviceName;
  alerts::Message message;
  message.id = test.id;
  message.group = test.id;
  message.state = sdk::NotificationState::Informational;
  message.severity = sdk::Severity::Info;
  message.createdAt = test.at;
  message.title = "Test notification from " + test.deviceName;
  message.text = "This is a test of the notifier " + test.notifier + " of the device " +
                 test.deviceName + ". Nothing is wrong; no answer is needed.";
  // docs/notification.md
  message.contentJson = json::serialize(json::object{
      {"id", test.id},
      {"group", test.id},
      {"state", "informational"},
      {"severity", "info"},
      {"reason", "test"},
      {"timestamp", model::toRfc3339(test.at)},
      {"delayedSeconds", 0},
      {"device", std::move(device)},
      {"agent", {{"name", "holdfast"}, {"version", test.agentVersion}}},
      {"summary", {{"services", snapshot.services.size()}, {"failing", failing(snapshot)}}},
      {"truncated", 0},
      {"alerts", json::array{}}});
  return message;
}

}  // namespace holdfast::daemon
