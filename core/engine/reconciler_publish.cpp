// SPDX-License-Identifier: Apache-2.0
// What a pass shows: the snapshot, the log, the history.
#include "engine/event_text.hpp"
#include "engine/keys.hpp"
#include "engine/probing.hpp"
#include "engine/reconciler.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::engine {

using model::EventType;

const std::string& Snapshot::deviceId() const {
  return target && !target->deviceUuid.empty() ? target->deviceUuid : owner;
}

bool ServiceView::isOf(std::string_view app) const {
  return status.appId == app || status.appName == app;
}

const ServiceView* Snapshot::find(std::string_view app, std::string_view service) const {
  const auto found = std::find_if(services.begin(), services.end(), [&](const ServiceView& view) {
    return view.status.serviceName == service && view.isOf(app);
  });
  return found == services.end() ? nullptr : &*found;
}

void Reconciler::publish(const Plan& plan) {
  if (!observers_.snapshot)
    return;
  const PlanInput input = this->input(desired_ ? &*desired_ : nullptr);
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->version = ++published_;
  snapshot->at = input.now;
  snapshot->owner = owner_;
  snapshot->orphans = plan.orphans;
  snapshot->pulls = pulls_;
  snapshot->policies = ledger_.policies();
  for (const auto& [key, entry] : ledger_.entries()) {
    if (const auto family = retry::familyOf(key)) {
      LedgerCount& count = snapshot->ledger[*family];
      count.entries += 1;
      count.exhausted += entry.exhausted ? 1 : 0;
    }
  }
  if (desired_) {
    snapshot->target = desired_->target;
    snapshot->storedTarget = desired_->stored;
    snapshot->targetWarnings = desired_->warnings;
  }
  snapshot->settled = desired_.has_value();
  for (const Decision& decision : plan.decisions) {
    ServiceView view;
    view.status = statusOf(decision, input);
    view.key = decision.key;
    view.specJson = desired_->maskedSpecs.at(decision.key);
    view.specHash = decision.specHash;
    view.decision = decision.why;
    view.errorKey = decision.errorKey;
    view.waitsFor = decision.waitsFor;
    view.waitsUntil = decision.waitsUntil;
    view.container = decision.container;
    if (decision.container) {
      if (const auto* report = reportOf(input, decision.key, *decision.container))
        view.probes = *report;
    }
    view.place = decision.place;
    view.outdated = decision.outdated;
    showCalls(view);
    for (const auto& key : {imageKey(decision.runtime, decision.service->image),
                            startKey(decision.key), crashKey(decision.key)}) {
      if (const auto* entry = ledger_.find(key))
        view.ledger.push_back(*entry);
    }
    for (const auto& fault : decision.service->faults) {
      view.faults.push_back(fault.pointer + ": " + fault.message);
    }
    snapshot->settled = snapshot->settled && decision.settled;
    snapshot->services.push_back(std::move(view));
  }
  if (!plan.chains.empty() || executor_.busy())
    snapshot->settled = false;
  for (const auto& [name, link] : links_)
    snapshot->runtimes.push_back(link->status());
  observers_.snapshot(std::move(snapshot));
}

// A call that runs hides the one before it.
void Reconciler::showCalls(ServiceView& view) const {
  if (const auto memory = book_.memories().find(view.key); memory != book_.memories().end()) {
    view.exitKind = memory->second.exitKind;
    view.pullCall = memory->second.pullCall;
    view.stepCall = memory->second.stepCall;
  }
  const auto runs = [this](const std::string& chain, std::optional<CallRecord>& call) {
    if (const auto running = calls_.find(chain); running != calls_.end())
      call = running->second.record;
  };
  runs(pullChain(view.status.runtime, view.status.imageName), view.pullCall);
  runs(serviceChain(view.key), view.stepCall);
}

// Refusals that stand in no ledger get their event when they appear.
void Reconciler::tellRefusals(const Plan& plan) {
  for (const Decision& decision : plan.decisions) {
    const bool refused = !decision.errorType.empty() && decision.errorKey.empty();
    std::string& told = toldRefusals_[decision.key];
    const std::string now = refused ? decision.problem : std::string();
    if (told == now)
      continue;
    told = now;
    if (refused) {
      tell(eventOf(decision.key, EventType::Warning, "Failed",
                   "Error: " + decision.reason + ": " + decision.problem));
    }
  }
}

// One line that names each failed service and its next retry: when it says something new, and with
// every resync as long as something fails.
void Reconciler::logSummary(const Plan& plan) {
  const PlanInput input = this->input(desired_ ? &*desired_ : nullptr);
  std::string failing;
  int failed = 0;
  for (const Decision& decision : plan.decisions) {
    if (decision.status != model::ServiceStatusWord::Error)
      continue;
    failed += 1;
    const auto* entry = ledger_.find(decision.errorKey);
    failing += (failing.empty() ? "" : "; ") + decision.key + " " + decision.reason + " (" +
               (entry != nullptr ? entry->latest.message : decision.problem) + ")";
    if (entry == nullptr) {
      failing += ", fix the specification";
    } else if (entry->due) {
      failing += ", retry " + model::attemptText(entry->retryCount, entry->maxRetries) + " at " +
                 model::toRfc3339(model::wallOf(*entry->due, input.now));
    } else {
      failing += ", " + outlookText(*entry, input.now);
    }
  }
  if (failed == 0) {
    lastSummary_.clear();
    return;
  }
  // The wall clock shifts a little against the monotonic one: compare without the instants' ends.
  std::string news = std::to_string(failed);
  for (const Decision& decision : plan.decisions) {
    const auto* entry = ledger_.find(decision.errorKey);
    if (decision.status != model::ServiceStatusWord::Error)
      continue;
    news += decision.key + decision.reason + decision.problem +
            (entry != nullptr ? std::to_string(entry->retryCount) : "");
  }
  const bool again = input.now.boot - lastSummaryAt_ >= resyncInterval();
  if (news == lastSummary_ && !again)
    return;
  lastSummary_ = std::move(news);
  lastSummaryAt_ = input.now.boot;
  if (!observers_.log)
    return;
  observers_.log(Severity::Warning, "reconciled: " + std::to_string(plan.decisions.size()) +
                                        " services, " + std::to_string(failed) +
                                        " failing: " + failing);
}

void Reconciler::tell(model::EventDraft event) {
  if (observers_.counting.told)
    observers_.counting.told(event);
  if (observers_.log) {
    const bool warning = event.type == EventType::Warning;
    const std::string subject =
        event.app.empty() ? ""
                          : event.app + (event.service.empty() ? "" : "/") + event.service + " ";
    observers_.log(warning ? Severity::Warning : Severity::Information,
                   subject + event.reason + ": " + event.message);
  }
  events_.push_back(std::move(event));
}

}  // namespace holdfast::engine
