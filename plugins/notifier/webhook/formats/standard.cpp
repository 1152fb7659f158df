// SPDX-License-Identifier: Apache-2.0
// The body that the Standard Webhooks specification recommends.
#include "notifier/webhook/event.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <boost/json/serialize.hpp>

namespace holdfast::webhook {
namespace {

class Standard final : public Format {
 public:
  [[nodiscard]] Payload render(const Message& message,
                               const FormatContext& context) const override {
    boost::json::object event;
    event["type"] = eventType(message);
    event["timestamp"] = message.timestamp;
    event["data"] = eventData(message);
    return {.body = boost::json::serialize(event), .target = context.target};
  }
};

}  // namespace

std::unique_ptr<Format> makeStandard() {
  return std::make_unique<Standard>();
}

}  // namespace holdfast::webhook
