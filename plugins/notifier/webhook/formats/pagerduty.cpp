// SPDX-License-Identifier: Apache-2.0
// PagerDuty's Events API v2: one incident for a group of alerts, opened and closed under one key.
#include "holdfast/support/json.hpp"
#include "holdfast/support/utf8.hpp"
#include "notifier/webhook/chat.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace holdfast::webhook {
namespace {

namespace json = boost::json;
using support::clipped;

constexpr std::size_t kMaxSummary = 1024;
constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxBytes = 512u * 1000;

json::object details(const Message& message, std::size_t shown) {
  json::object result;
  result["text"] = clipped(message.text, 4 * kMaxSummary);
  json::array alerts;
  for (std::size_t at = 0; at < shown; ++at) {
    alerts.emplace_back(message.alerts[at].members);
  }
  result["alerts"] = std::move(alerts);
  return result;
}

json::object payloadOf(const Message& message, std::size_t shown) {
  json::object payload;
  payload["summary"] = clipped(message.title, kMaxSummary);
  payload["source"] =
      clipped(message.deviceName.empty() ? message.deviceId : message.deviceName, kMaxName);
  payload["severity"] = json::string_view(notifier::word(message.severity));
  payload["timestamp"] = message.timestamp;
  if (!message.alerts.empty()) {
    const Alert& first = message.alerts.front();
    payload["component"] = clipped(first.subject(), kMaxName);
    payload["group"] = clipped(first.app, kMaxName);
    payload["class"] = clipped(first.name, kMaxName);
  }
  payload["custom_details"] = details(message, shown);
  return payload;
}

class PagerDuty final : public Format {
 public:
  [[nodiscard]] Payload render(const Message& message,
                               const FormatContext& context) const override {
    json::object event;
    event["routing_key"] = context.routingKey;
    event["dedup_key"] = message.group;
    if (message.state == sdk::NotificationState::Resolved) {
      event["event_action"] = "resolve";
      return {.body = json::serialize(event), .target = context.target};
    }
    event["event_action"] = "trigger";
    event["client"] = "holdfast";
    const auto render = [&event, &message](std::size_t shown) {
      event["payload"] = payloadOf(message, shown);
      return json::serialize(event);
    };
    return {.body = fitted(message.alerts.size(), kMaxBytes, render), .target = context.target};
  }

  [[nodiscard]] bool accepts(const support::HttpResponse& answer) const override {
    const auto taken = support::parseJson(answer.body);
    return answer.status == 202 && taken && support::jsonText(*taken, {"status"}) == "success";
  }
  [[nodiscard]] std::string_view expectation() const override {
    return "status 202 and {\"status\":\"success\"}";
  }
};

}  // namespace

std::unique_ptr<Format> makePagerDuty() {
  return std::make_unique<PagerDuty>();
}

}  // namespace holdfast::webhook
