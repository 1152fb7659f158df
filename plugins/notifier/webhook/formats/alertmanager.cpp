// SPDX-License-Identifier: Apache-2.0
// The body that Prometheus Alertmanager sends to its webhook receivers, version 4.
#include "notifier/webhook/alertmanager_labels.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

namespace holdfast::webhook {
namespace {

namespace json = boost::json;

constexpr char kNotYet[] = "0001-01-01T00:00:00Z";  // Go's zero time, as a firing alert has it

// Both kinds of message are resolved or firing here.
const char* status(sdk::NotificationState state) {
  return state == sdk::NotificationState::Resolved ? "resolved" : "firing";
}

class Alertmanager final : public Format {
 public:
  [[nodiscard]] Payload render(const Message& message,
                               const FormatContext& context) const override {
    const std::vector<LabelledAlert> alerts = labelled(message);
    std::vector<const TextMap*> labels;
    std::vector<const TextMap*> annotations;
    json::array list;
    for (const LabelledAlert& each : alerts) {
      labels.push_back(&each.labels);
      annotations.push_back(&each.annotations);
      list.push_back(entry(each));
    }
    json::object body;
    body["version"] = "4";
    body["groupKey"] = "{}:{group=\"" + message.group + "\"}";
    body["truncatedAlerts"] = message.truncated;
    body["status"] = status(message.state);
    body["receiver"] = "holdfast";
    body["groupLabels"] = json::object();
    body["commonLabels"] = json::value_from(common(labels));
    body["commonAnnotations"] = json::value_from(common(annotations));
    body["externalURL"] = "";
    body["alerts"] = std::move(list);
    return {.body = json::serialize(body), .target = context.target};
  }

 private:
  [[nodiscard]] static json::object entry(const LabelledAlert& each) {
    json::object entry;
    entry["status"] = status(each.alert.state);
    entry["labels"] = json::value_from(each.labels);
    entry["annotations"] = json::value_from(each.annotations);
    entry["startsAt"] = each.alert.startsAt;
    entry["endsAt"] = each.alert.endsAt.empty() ? kNotYet : each.alert.endsAt;
    entry["generatorURL"] = "";
    entry["fingerprint"] = each.alert.id;
    return entry;
  }
};

}  // namespace

std::unique_ptr<Format> makeAlertmanager() {
  return std::make_unique<Alertmanager>();
}

}  // namespace holdfast::webhook
