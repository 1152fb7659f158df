// SPDX-License-Identifier: Apache-2.0
#include "metrics/scrape.hpp"

#include <utility>

namespace holdfast::metrics {
namespace {

// It answered the latest call that it was asked.
bool reachable(const uplink::LinkView& link) {
  const auto good = [](const uplink::CallView& call) { return call.lastOk && call.failures == 0; };
  const bool bad = link.poll.failures > 0 || link.report.failures > 0;
  return !bad && (good(link.poll) || good(link.report));
}

void addCalls(const uplink::LinkView& link, Families& families) {
  Family lastOk("holdfast_uplink_last_success_timestamp_seconds",
                "When a call to the cloud last went well in this run of the agent, since 1970.");
  Family failures("holdfast_uplink_consecutive_failures",
                  "Calls to the cloud that failed since the last that went well.");
  Family next("holdfast_uplink_next_call_timestamp_seconds",
              "When the cloud is called next, since 1970.");
  for (const auto& [word, call] : {std::pair("enrol", &link.enrol), std::pair("poll", &link.poll),
                                   std::pair("report", &link.report)}) {
    const Label uplink{"uplink", link.uplink};
    const Label name{"call", word};
    failures.add({uplink, name}, static_cast<double>(call->failures));
    if (call->lastOk) {
      lastOk.add({uplink, name}, secondsOf(*call->lastOk));
    }
    if (call->next) {
      next.add({uplink, name}, secondsOf(*call->next));
    }
  }
  for (auto* family : {&lastOk, &failures, &next}) {
    family->moveTo(families);
  }
}

}  // namespace

void addLink(const Scene& scene, Families& families) {
  if (!scene.link) {
    return;
  }
  const auto& link = *scene.link;
  const Label name{"uplink", link.uplink};
  Family up("holdfast_uplink_up", "Whether the cloud answers.");
  up.add({name}, reachable(link));
  Family enrolled("holdfast_uplink_enrolled", "Whether the cloud knows the device.");
  enrolled.add({name}, link.enrolment == sdk::EnrolmentStep::None);
  Family waiting("holdfast_uplink_waiting_transitions",
                 "Changes of services that the cloud has not been told yet.");
  waiting.add({name}, static_cast<double>(link.waitingTransitions));
  Family dropped("holdfast_uplink_dropped_transitions",
                 "Changes dropped for want of room since the last report.");
  dropped.add({name}, static_cast<double>(link.droppedTransitions));
  Family rejected("holdfast_uplink_target_rejected",
                  "Whether the cloud's latest target was not accepted.");
  rejected.add({name}, link.rejected.has_value());
  for (auto* family : {&up, &enrolled, &waiting, &dropped, &rejected}) {
    family->moveTo(families);
  }
  addCalls(link, families);
}

}  // namespace holdfast::metrics
