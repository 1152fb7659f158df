// SPDX-License-Identifier: Apache-2.0
// CloudEvents 1.0 over HTTP in structured mode: the binary mode's headers are percent-encoded,
// which receivers read in different ways.
#include "holdfast/support/http.hpp"
#include "notifier/webhook/event.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <boost/json/serialize.hpp>

namespace holdfast::webhook {
namespace {

class CloudEvents final : public Format {
 public:
  [[nodiscard]] Payload render(const Message& message,
                               const FormatContext& context) const override {
    boost::json::object event;
    event["specversion"] = "1.0";
    event["id"] = message.id;
    event["source"] = "/devices/" + support::urlEncode(message.deviceId.empty() ? message.deviceName
                                                                                : message.deviceId);
    event["type"] = "io.holdfast." + eventType(message);
    event["time"] = message.timestamp;
    if (!message.alerts.empty() && !message.alerts.front().subject().empty()) {
      event["subject"] = message.alerts.front().subject();
    }
    event["datacontenttype"] = "application/json";
    event["data"] = eventData(message);
    return {.body = boost::json::serialize(event),
            .target = context.target,
            .contentType = "application/cloudevents+json; charset=utf-8"};
  }
};

}  // namespace

std::unique_ptr<Format> makeCloudEvents() {
  return std::make_unique<CloudEvents>();
}

}  // namespace holdfast::webhook
