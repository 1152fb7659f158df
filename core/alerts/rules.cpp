// SPDX-License-Identifier: Apache-2.0
#include "alerts/rules.hpp"

#include "retry/bounded_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace holdfast::alerts {
namespace {

using engine::ServiceView;
using model::AlertFacts;
using model::AlertType;
using retry::Entry;
using retry::Family;
using sdk::ErrorClass;
using sdk::Severity;

std::string episodeOf(const Entry& entry) {
  return model::toRfc3339(entry.since);
}

// Given up once; single attempts since do not make it another alert.
bool gaveUp(const Entry& entry) {
  return entry.exhausted || entry.rearmed;
}

AlertFacts factsOf(const Entry& entry, const ServiceView& view, const model::Now& now) {
  AlertFacts facts;
  facts.image = view.status.imageName;
  facts.reason = entry.latest.reason;
  facts.message = entry.latest.message;
  retry::cutText(facts.message, kMaxAlertMessage);
  facts.errorClass = model::errorClassWord(entry.latest.errorClass);
  facts.retryCount = entry.retryCount;
  facts.maxRetries = entry.maxRetries;
  if (entry.due)
    facts.nextRetry = model::wallOf(*entry.due, now);
  facts.count = std::max(1, entry.retryCount + (entry.exhausted ? 1 : 0));
  return facts;
}

// Looks at one service.
class ServiceRules {
 public:
  ServiceRules(const ServiceView& view, const Situation& situation, ExitCounter& exits,
               std::vector<Finding>& findings)
      : view_(view), situation_(situation), exits_(exits), findings_(findings) {}

  void look() {
    for (const Entry& entry : view_.ledger) {
      switch (retry::familyOf(entry.key).value_or(Family::Engine)) {
        case Family::Image:
          pull(entry);
          break;
        case Family::Start:
          start(entry);
          break;
        case Family::Crash:
          crash(entry);
          break;
        default:
          break;
      }
    }
    refusal();
    probes();
  }

 private:
  Finding finding(AlertType type, AlertFacts facts) const {
    Finding finding;
    finding.type = type;
    finding.subject.appId = view_.status.appId;
    finding.subject.appName = view_.status.appName;
    finding.subject.service = view_.status.serviceName;
    finding.subject.runtime = view_.status.runtime;
    finding.facts = std::move(facts);
    return finding;
  }

  Finding finding(AlertType type, const Entry& entry) const {
    Finding result = finding(type, factsOf(entry, view_, situation_.now));
    result.since = entry.since;
    result.episode = episodeOf(entry);
    return result;
  }

  // While a container of an older image runs, nobody misses the service yet.
  [[nodiscard]] Severity pullSeverity() const {
    return view_.status.startedAt ? Severity::Warning : Severity::Error;
  }

  void pull(const Entry& entry) {
    Finding found = finding(AlertType::ImagePullFailed, entry);
    found.facts.severity = pullSeverity();
    const ErrorClass error = entry.latest.errorClass;
    const bool atOnce = error == ErrorClass::NotFound || error == ErrorClass::Denied ||
                        error == ErrorClass::Invalid;
    add(std::move(found), entry, atOnce);
    addGivenUp(entry, "image");
  }

  void start(const Entry& entry) {
    Finding found = finding(AlertType::StartFailed, entry);
    const ErrorClass error = entry.latest.errorClass;
    add(std::move(found), entry, error == ErrorClass::Invalid || error == ErrorClass::Rejected);
    addGivenUp(entry, "start");
  }

  void add(Finding found, const Entry& entry, bool atOnce) {
    const bool enough = entry.retryCount >= kFailuresToAlert || gaveUp(entry);
    found.standing = atOnce || enough ? Standing::Firing : Standing::Pending;
    findings_.push_back(std::move(found));
  }

  void crash(const Entry& entry) {
    Finding found = finding(AlertType::CrashLoop, entry);
    found.facts.severity = Severity::Critical;
    if (view_.status.lastState) {
      found.facts.exitCode = view_.status.lastState->exitCode;
      found.facts.reason = view_.status.lastState->reason;
    }
    const bool often = exits_.looping(view_.key, entry, situation_.now);
    const bool capped = entry.retryCount > 0 && entry.delay >= situation_.crashCap;
    found.standing = often || capped ? Standing::Firing : Standing::Pending;
    findings_.push_back(std::move(found));
    addGivenUp(entry, "crash");
  }

  // After a forced retry the entry is fresh, but nothing has succeeded yet.
  void addGivenUp(const Entry& entry, const char* ladder) {
    Finding found = finding(AlertType::MaxRetriesExceeded, entry);
    found.subject.ladder = ladder;
    found.facts.severity = Severity::Critical;
    found.standing = gaveUp(entry) ? Standing::Firing : Standing::Sustains;
    findings_.push_back(std::move(found));
  }

  // The target itself is at fault: no ledger has it, since no attempt is made.
  void refusal() {
    const auto& error = view_.status.error;
    if (!error || error->errorClass != model::errorClassWord(ErrorClass::Invalid))
      return;
    const bool pulling = error->type == "ErrImagePull";
    const Family family = pulling ? Family::Image : Family::Start;
    const bool charged =
        std::any_of(view_.ledger.begin(), view_.ledger.end(),
                    [family](const Entry& entry) { return retry::familyOf(entry.key) == family; });
    if (charged)
      return;
    AlertFacts facts;
    facts.severity = pulling ? pullSeverity() : Severity::Error;
    facts.image = view_.status.imageName;
    facts.reason = error->reason;
    facts.message = error->message;
    facts.errorClass = error->errorClass;
    facts.count = 1;
    Finding found =
        finding(pulling ? AlertType::ImagePullFailed : AlertType::StartFailed, std::move(facts));
    found.since = error->since;
    found.episode = model::toRfc3339(error->since);
    findings_.push_back(std::move(found));
  }

  void probes() {
    if (!view_.status.probes)
      return;
    probe("startup", view_.status.probes->startup, Severity::Error);
    probe("liveness", view_.status.probes->liveness, Severity::Error);
    probe("readiness", view_.status.probes->readiness, Severity::Warning);
  }

  // Another run of the container has proven nothing until its first success.
  void probe(const char* name, const std::optional<model::ProbeStatus>& probe, Severity severity) {
    if (!probe || probe->succeeded)
      return;
    AlertFacts facts;
    facts.severity = severity;
    facts.image = view_.status.imageName;
    facts.reason = "Unhealthy";
    facts.message = std::string(name) + " probe failed";
    if (!probe->lastOutput.empty())
      facts.message += ": " + probe->lastOutput;
    retry::cutText(facts.message, kMaxAlertMessage);
    facts.count = probe->streak;
    Finding found = finding(AlertType::ProbeFailed, std::move(facts));
    found.subject.probe = name;
    found.since = probe->lastTime.value_or(situation_.now.wall);
    found.episode = view_.status.containerId.value_or("");
    found.standing = probe->failing ? Standing::Firing : Standing::Sustains;
    findings_.push_back(std::move(found));
  }

  const ServiceView& view_;
  const Situation& situation_;
  ExitCounter& exits_;
  std::vector<Finding>& findings_;
};

bool meantToStop(const ServiceView& view) {
  return view.status.state == "stopped" || view.status.override_.has_value();
}

void lookAtServices(const Situation& situation, ExitCounter& exits, Assessment& result) {
  std::set<std::string_view> seen;
  for (const auto& runtime : situation.snapshot->runtimes) {
    if (runtime.observedAt)
      seen.insert(runtime.name);
  }
  std::set<std::string> crashed;
  for (const ServiceView& view : situation.snapshot->services) {
    // What is meant to be stopped fails at nothing.
    if (meantToStop(view))
      continue;
    const bool known =
        std::any_of(situation.snapshot->runtimes.begin(), situation.snapshot->runtimes.end(),
                    [&view](const engine::RuntimeStatus& runtime) {
                      return runtime.name == view.status.runtime;
                    });
    if (known && seen.count(view.status.runtime) == 0)
      result.unknownServices.insert(view.key);
    ServiceRules(view, situation, exits, result.findings).look();
    crashed.insert(view.key);
  }
  exits.keepOnly(crashed);
}

void lookAtEngines(const Situation& situation, Assessment& result) {
  for (const auto& runtime : situation.snapshot->runtimes) {
    if (runtime.available)
      continue;
    Finding found;
    found.type = AlertType::EngineUnavailable;
    found.subject.runtime = runtime.name;
    found.facts.severity = Severity::Critical;
    found.facts.reason = "EngineUnavailable";
    found.facts.message = runtime.problem;
    found.holdFor = kEngineAbsence;
    found.standing = Standing::Sustains;  // not asked yet, or the answer is on its way
    if (runtime.retry) {
      found.standing = Standing::Firing;
      found.facts.errorClass = model::errorClassWord(runtime.retry->latest.errorClass);
      found.facts.retryCount = runtime.retry->retryCount;
      found.facts.maxRetries = runtime.retry->maxRetries;
      found.facts.count = runtime.retry->retryCount;
      found.since = runtime.retry->since;
      if (runtime.retry->due)
        found.facts.nextRetry = model::wallOf(*runtime.retry->due, situation.now);
    }
    result.findings.push_back(std::move(found));
  }
}

void lookAtPlugins(const Situation& situation, Assessment& result) {
  for (const PluginFault& fault : situation.plugins) {
    Finding found;
    found.type = AlertType::PluginFailed;
    found.subject.plugin = fault.plugin;
    found.facts.reason = fault.reason;
    found.facts.message = fault.message;
    found.since = situation.now.wall;
    result.findings.push_back(std::move(found));
  }
}

void lookAtNotifiers(const Situation& situation, Assessment& result) {
  for (const NotifierStanding& notifier : situation.notifiers) {
    const bool off = !notifier.switchedOff.empty();
    if (!notifier.ladder && !off)
      continue;
    Finding found;
    found.type = AlertType::NotifierFailing;
    found.subject.notifier = notifier.name;
    found.facts.severity = Severity::Warning;
    found.since = situation.now.wall;
    found.facts.reason = off ? "SwitchedOff" : "DeliveryFailed";
    found.facts.message = notifier.switchedOff;
    if (!off) {
      const Entry& entry = *notifier.ladder;
      found.facts.message = entry.latest.message;
      found.facts.errorClass = model::errorClassWord(entry.latest.errorClass);
      found.facts.retryCount = entry.retryCount;
      found.facts.maxRetries = entry.maxRetries;
      found.facts.count = entry.retryCount;
      if (entry.due)
        found.facts.nextRetry = model::wallOf(*entry.due, situation.now);
      found.since = entry.since;
    }
    const bool enough =
        off || notifier.ladder->retryCount >= kDeliveriesToAlert || gaveUp(*notifier.ladder);
    found.standing = enough ? Standing::Firing : Standing::Pending;
    result.findings.push_back(std::move(found));
  }
}

}  // namespace

bool ExitCounter::looping(const std::string& service, const Entry& crash, const model::Now& now) {
  Exits& exits = services_[service];
  if (exits.since != crash.since || crash.retryCount < exits.counted) {
    // A new ladder, or one that was there before we were. Of the latter only the whole is known:
    // how many exits there were between the first and the latest.
    exits = Exits{.counted = 0, .since = crash.since, .at = {}};
    const bool fast = crash.timestamp - crash.since <= kExitWindow;
    if (!fast)
      exits.counted = std::max(0, crash.retryCount - 1);
  }
  for (; exits.counted < crash.retryCount; ++exits.counted) {
    exits.at.push_back(now.boot);
    if (exits.at.size() > kExitsToAlert)
      exits.at.pop_front();
  }
  return exits.at.size() == kExitsToAlert && exits.at.back() - exits.at.front() <= kExitWindow;
}

void ExitCounter::keepOnly(const std::set<std::string>& services) {
  std::erase_if(services_, [&](const auto& item) { return services.count(item.first) == 0; });
}

Assessment assess(const Situation& situation, ExitCounter& exits) {
  Assessment result;
  lookAtServices(situation, exits, result);
  lookAtEngines(situation, result);
  lookAtPlugins(situation, result);
  lookAtNotifiers(situation, result);
  return result;
}

}  // namespace holdfast::alerts
