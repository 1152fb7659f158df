// SPDX-License-Identifier: Apache-2.0
// POST /api/v2/alerts of Prometheus Alertmanager: this program as a source of alerts.
#include "holdfast/support/time_text.hpp"
#include "notifier/webhook/alertmanager_labels.hpp"
#include "notifier/webhook/formats/formats.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

namespace holdfast::webhook {
namespace {

namespace json = boost::json;

constexpr std::string_view kPath = "/api/v2/alerts";
// A firing alert outlives three intervals in which it could not be sent.
constexpr int kIntervals = 4;

class AlertmanagerApi final : public Format {
 public:
  explicit AlertmanagerApi(std::int64_t resendIntervalMs) : resendIntervalMs_(resendIntervalMs) {}

  [[nodiscard]] Payload render(const Message& message,
                               const FormatContext& context) const override {
    json::array body;
    for (const LabelledAlert& each : labelled(message)) {
      json::object entry;
      entry["labels"] = json::value_from(each.labels);
      entry["annotations"] = json::value_from(each.annotations);
      entry["startsAt"] = each.alert.startsAt;
      entry["endsAt"] = endOf(each.alert, context.nowMs);
      body.push_back(std::move(entry));
    }
    return {.body = json::serialize(body), .target = targetOf(context.target)};
  }

  [[nodiscard]] std::int64_t resendIntervalMs() const override { return resendIntervalMs_; }

 private:
  [[nodiscard]] std::string endOf(const Alert& alert, std::int64_t nowMs) const {
    if (alert.state == sdk::NotificationState::Resolved) {
      return alert.endsAt.empty() ? support::rfc3339(nowMs) : alert.endsAt;
    }
    return support::rfc3339(nowMs + kIntervals * resendIntervalMs_);
  }

  // The configured URL may name the server, the prefix it is served under, or the whole path.
  [[nodiscard]] static std::string targetOf(std::string target) {
    while (target.ends_with('/')) {
      target.pop_back();
    }
    return target.ends_with(kPath) ? target : target.append(kPath);
  }

  std::int64_t resendIntervalMs_;
};

}  // namespace

std::unique_ptr<Format> makeAlertmanagerApi(std::int64_t resendIntervalMs) {
  return std::make_unique<AlertmanagerApi>(resendIntervalMs);
}

}  // namespace holdfast::webhook
