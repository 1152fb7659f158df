// SPDX-License-Identifier: Apache-2.0
#include "metrics/scrape.hpp"
#include "model/alert.hpp"

#include <algorithm>

namespace holdfast::metrics {
namespace {

using Row = alerts::AlertView::Row;

void addFiring(const std::vector<Row>& rows, Families& families) {
  Family firing("holdfast_alerts_firing", "Alerts that fire, by severity.");
  Family muted("holdfast_alerts_muted", "Alerts that fire, but are silenced or inhibited.");
  for (const auto severity : model::kSeverityWords) {
    const auto fires = [&](const Row& row) {
      return row.alert.state == model::AlertState::Firing &&
             model::word(row.alert.facts.severity) == severity;
    };
    const auto isMuted = [&](const Row& row) {
      return fires(row) && (row.silenced || row.inhibited);
    };
    firing.add({{"severity", severity}},
               static_cast<double>(std::count_if(rows.begin(), rows.end(), fires)));
    muted.add({{"severity", severity}},
              static_cast<double>(std::count_if(rows.begin(), rows.end(), isMuted)));
  }
  firing.moveTo(families);
  muted.moveTo(families);
}

void addOutbox(const alerts::AlertView& view, Families& families) {
  Family entries("holdfast_outbox_entries", "Notifications that wait for a receiver.");
  Family bytes("holdfast_outbox_bytes", "What they take.");
  Family oldest("holdfast_outbox_oldest_timestamp_seconds",
                "Since when the oldest of them waits, since 1970.");
  Family dropped("holdfast_outbox_dropped",
                 "Notifications dropped for want of room since the last delivery.");
  Family off("holdfast_notifier_switched_off",
             "Whether a receiver has said that it wants no more.");
  for (const auto& [notifier, queue] : view.queues) {
    const Label name{"notifier", notifier};
    entries.add({name}, static_cast<double>(queue.entries));
    bytes.add({name}, static_cast<double>(queue.bytes));
    dropped.add({name}, static_cast<double>(queue.dropped));
    off.add({name}, !queue.switchedOff.empty());
    if (queue.oldest) {
      oldest.add({name}, secondsOf(*queue.oldest));
    }
  }
  for (auto* family : {&entries, &bytes, &oldest, &dropped, &off}) {
    family->moveTo(families);
  }
}

}  // namespace

void addAlerts(const Scene& scene, Families& families) {
  addFiring(scene.alerting.alerts, families);
  addOutbox(scene.alerting, families);
  Family silences("holdfast_silences", "Silences in force.");
  silences.add({}, static_cast<double>(scene.alerting.silences.size()));
  silences.moveTo(families);
  Family dead("holdfast_dead_letters", "Notifications that are not tried any more.");
  dead.add({}, static_cast<double>(scene.alerting.deadLetters.size()));
  dead.moveTo(families);
}

}  // namespace holdfast::metrics
