// SPDX-License-Identifier: Apache-2.0
#include "api/why.hpp"

#include "api/json_views.hpp"
#include "api/why_next.hpp"
#include "api/why_words.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace holdfast::api {
namespace {

namespace json = boost::json;

using engine::CallRecord;
using model::ContainerState;
using retry::Family;
using sdk::ErrorClass;

class Explanation {
 public:
  Explanation(const engine::Snapshot& snapshot, const engine::ServiceView& view,
              const model::Now& now)
      : snapshot_(snapshot), view_(view), status_(view.status), now_(now) {}

  json::object tell() &&;

 private:
  // Links of the chain, each adding itself where it has something to say.
  void tellStatus();
  void tellTarget();
  void tellFaults();
  void tellDecision();
  void tellRuntime();
  void tellPull();
  void tellStep();
  void tellContainer();
  void tellProbes();
  void tellProbe(const char* kind, const std::optional<model::ProbeStatus>& probe);
  void tellCrashes();

  void tellCall(const CallRecord& call, Family family);
  void tellFailures(Family family);
  void tellAnswer(const retry::Entry& entry);
  void tellClass(const retry::Entry& entry);
  void tellLadder(const retry::Entry& entry);

  void add(std::string_view step, json::object data, std::string words);
  [[nodiscard]] std::string containerWords(const model::ObservedContainer& container) const;

  const engine::Snapshot& snapshot_;
  const engine::ServiceView& view_;
  const model::ServiceStatus& status_;
  const model::Now& now_;
  json::array chain_;
  json::array words_;
};

json::object Explanation::tell() && {
  // From cause to effect.
  constexpr std::array kLinks{&Explanation::tellStatus,  &Explanation::tellTarget,
                              &Explanation::tellFaults,  &Explanation::tellDecision,
                              &Explanation::tellRuntime, &Explanation::tellPull,
                              &Explanation::tellStep,    &Explanation::tellContainer,
                              &Explanation::tellProbes,  &Explanation::tellCrashes};
  for (const auto link : kLinks)
    (this->*link)();

  const Next next = nextOf(snapshot_, view_, now_);
  std::string changes;
  for (const auto& change : next.changes)
    changes += (changes.empty() ? "" : "; ") + change;
  words_.emplace_back(next.words);
  if (!changes.empty())
    words_.emplace_back("What would change it: " + changes + ".");
  return {
      {"service", model::toJson(status_)},
      {"chain", std::move(chain_)},
      {"next", json::object{{"what", next.what},
                            {"at", timeOrNull(next.at)},
                            {"words", next.words},
                            {"changes", json::array(next.changes.begin(), next.changes.end())}}},
      {"words", std::move(words_)}};
}

void Explanation::add(std::string_view step, json::object data, std::string words) {
  json::object link{{"step", step}};
  for (auto& [name, value] : data)
    link[name] = std::move(value);
  words_.emplace_back(words);
  link["words"] = std::move(words);
  chain_.push_back(std::move(link));
}

void Explanation::tellStatus() {
  const std::string word(model::word(status_.serviceStatus));
  const bool error = status_.serviceStatus == model::ServiceStatusWord::Error;
  std::string words = nameOf(view_) + " is " + (error ? "in error" : word);
  if (status_.reason != "Running" && status_.reason != "Stopped")  // else it is said already
    words += ": " + status_.reason;
  if (status_.serviceStatus == model::ServiceStatusWord::Running)
    words += status_.ready ? ", ready" : ", not ready";
  if (status_.stale)
    words += ", as it was last seen at " + pastWords(status_.observedAt, now_);
  add("status",
      {{"serviceStatus", word},
       {"reason", status_.reason},
       {"ready", status_.ready},
       {"stale", status_.stale}},
      words + ".");
}

void Explanation::tellTarget() {
  json::object data;
  std::string words = "It should be " + status_.state + " with image " + status_.imageName;
  if (const auto& stored = snapshot_.storedTarget) {
    data = targetObject(snapshot_).as_object();
    words += ": so says target revision " + std::to_string(stored->revision) + " from " +
             sourceWords(*stored) + ", accepted at " + pastWords(stored->acceptedAt, now_);
  }
  words += ".";
  if (status_.override_) {
    words +=
        " A user stopped it; that holds until it is started again or its specification changes.";
  }
  data["image"] = status_.imageName;
  data["state"] = status_.state;
  data["override"] = status_.override_ ? json::value(*status_.override_) : json::value(nullptr);
  add("target", std::move(data), std::move(words));
}

void Explanation::tellFaults() {
  for (const auto& fault : view_.faults)
    add("fault", {{"fault", fault}}, "The target is at fault here: " + fault + ".");
}

void Explanation::tellDecision() {
  if (view_.decision.empty())
    return;
  json::value waitsUntil = nullptr;
  if (view_.waitsUntil)
    waitsUntil = model::toRfc3339(model::wallOf(*view_.waitsUntil, now_));
  add("decision",
      {{"decision", view_.decision},
       {"specHash", view_.specHash},
       {"waitsFor", textOrNull(view_.waitsFor)},
       {"waitsUntil", std::move(waitsUntil)}},
      "The agent concluded: " + view_.decision + ".");
}

void Explanation::tellRuntime() {
  const auto* runtime = runtimeOf(snapshot_, status_.runtime);
  if (runtime == nullptr) {
    add("runtime", {{"name", status_.runtime}, {"available", false}},
        "No runtime plugin '" + status_.runtime + "' is loaded.");
    return;
  }
  std::string words = "Engine '" + runtime->name + "'";
  if (!runtime->info.version.empty())
    words += " (version " + runtime->info.version + ")";
  words += runtime->available ? " answers" : " does not answer: " + runtime->problem;
  words += runtime->observedAt ? "; last looked at: " + pastWords(*runtime->observedAt, now_) + "."
                               : "; it was not looked at yet.";
  add("runtime", runtimeObject(*runtime, now_), std::move(words));
}

void Explanation::tellPull() {
  // The pull of another image explains nothing about this one.
  if (view_.pullCall && view_.pullCall->object == status_.imageName)
    tellCall(*view_.pullCall, Family::Image);
  tellFailures(Family::Image);
}

void Explanation::tellStep() {
  if (view_.stepCall)
    tellCall(*view_.stepCall, Family::Start);
  tellFailures(Family::Start);
}

void Explanation::tellProbes() {
  if (!status_.probes)
    return;
  tellProbe("startup", status_.probes->startup);
  tellProbe("liveness", status_.probes->liveness);
  tellProbe("readiness", status_.probes->readiness);
}

void Explanation::tellProbe(const char* kind, const std::optional<model::ProbeStatus>& probe) {
  if (!probe)
    return;
  std::string words =
      "Its " + std::string(kind) + " probe (" + probe->type + ") says " + probe->result;
  if (probe->streak > 0) {
    words += "; latest: " + std::to_string(probe->streak) + " x " + probe->streakOf;
    if (probe->lastTime)
      words += ", at " + pastWords(*probe->lastTime, now_);
  }
  if (!probe->lastOutput.empty())
    words += ": " + probe->lastOutput;
  if (!probe->message.empty())
    words += "; the latest attempt was none: " + probe->message;
  json::object data{{"probe", kind},
                    {"result", probe->result},
                    {"streak", probe->streak},
                    {"output", textOrNull(probe->lastOutput)},
                    {"address", textOrNull(probe->address)},
                    {"message", textOrNull(probe->message)}};
  add("probe", std::move(data), words + ".");
}

void Explanation::tellCrashes() {
  tellFailures(Family::Crash);
}

void Explanation::tellCall(const CallRecord& call, Family family) {
  std::string words = "The agent asked engine '" + call.runtime + "' to " + callWords(call.call) +
                      " " + call.object + " at " + pastWords(call.began, now_);
  if (!call.took) {
    words += "; it is at work";
    if (status_.pull && family == Family::Image && status_.pull->totalBytes > 0) {
      words += ": " + std::to_string(status_.pull->doneBytes) + " of " +
               std::to_string(status_.pull->totalBytes) + " bytes so far";
    }
  } else {
    words += (call.errorClass == ErrorClass::Ok ? "; done after " : "; it failed after ") +
             lengthWords(*call.took);
    if (entryOf(view_, family) == nullptr && !call.message.empty())
      words += ": " + call.message;  // not charged, so that no answer follows
  }
  json::value took = call.took ? json::value(call.took->count()) : json::value(nullptr);
  json::value errorClass =
      call.took ? json::value(model::errorClassWord(call.errorClass)) : json::value(nullptr);
  add("call",
      {{"call", call.call},
       {"runtime", call.runtime},
       {"object", call.object},
       {"at", model::toRfc3339(call.began)},
       {"tookMs", std::move(took)},
       {"class", std::move(errorClass)},
       {"message", textOrNull(call.message)}},
      words + ".");
}

void Explanation::tellFailures(Family family) {
  for (const auto& entry : view_.ledger) {
    if (retry::familyOf(entry.key) != family)
      continue;
    tellAnswer(entry);
    if (family != Family::Crash)  // why a process ended is not the agent's to class
      tellClass(entry);
    tellLadder(entry);
  }
}

void Explanation::tellAnswer(const retry::Entry& entry) {
  json::value retryAfter = nullptr;
  if (entry.latest.retryAfter >= model::Milliseconds{0})
    retryAfter = entry.latest.retryAfter.count();
  const bool crash = retry::familyOf(entry.key) == Family::Crash;
  // What ended for a probe begins with that.
  const bool byItself = entry.latest.message.starts_with("exited");
  add("answer",
      {{"key", entry.key},
       {"message", entry.latest.message},
       {"raw", textOrNull(entry.latest.raw)},
       {"host", textOrNull(entry.latest.host)},
       {"at", model::toRfc3339(entry.timestamp)},
       {"retryAfterMs", std::move(retryAfter)}},
      (!crash     ? "The answer was: "
       : byItself ? "Its process "
                  : "Its process was ended: ") +
          entry.latest.message + ", at " + pastWords(entry.timestamp, now_) + ".");
}

void Explanation::tellClass(const retry::Entry& entry) {
  const auto word = model::errorClassWord(entry.latest.errorClass);
  const auto meaning = classMeaning(entry.latest.errorClass);
  add("class", {{"key", entry.key}, {"class", word}, {"meaning", meaning}},
      "That is '" + std::string(word) + "': " + std::string(meaning) + ".");
}

void Explanation::tellLadder(const retry::Entry& entry) {
  json::object data = ledgerEntry(entry, now_);
  data.erase("raw");  // stands in the answer
  std::optional<model::WallTime> rearmed;
  if (const auto at = retry::rearmsAt(entry, snapshot_.policies))
    rearmed = model::wallOf(*at, now_);
  data["rearmedAt"] = timeOrNull(rearmed);

  std::string words = "It first failed at " + pastWords(entry.since, now_);
  if (entry.firstError != entry.latest.message)
    words += ", of another cause: " + entry.firstError;
  const std::string attempt = model::attemptText(entry.retryCount, entry.maxRetries);
  if (entry.exhausted) {
    words += "; all " + std::to_string(entry.maxRetries) + " retries were made";
  } else if (!entry.due) {
    words += "; it is not tried again";
  } else if (entry.retryCount == 0) {
    words += "; it is tried afresh";
  } else {
    words += "; attempt " + attempt + " comes " +
             (entry.delay > model::Milliseconds{0} ? lengthWords(entry.delay) + " after the failure"
                                                   : "at once");
  }
  add("ladder", std::move(data), words + ".");
}

std::string Explanation::containerWords(const model::ObservedContainer& container) const {
  std::string words = view_.outdated ? "The former container " : "Its container ";
  words += container.name + " (image " + container.image + ")";
  if (view_.place != status_.runtime)
    words += " on engine '" + view_.place + "'";
  switch (container.state) {
    case ContainerState::Running:
    case ContainerState::Paused:
      words += container.state == ContainerState::Paused ? " is paused" : " runs";
      if (container.startedAt)
        words += ", started at " + pastWords(*container.startedAt, now_);
      break;
    case ContainerState::Exited:
      words += " ended with exit code " + std::to_string(container.exitCode);
      if (container.finishedAt)
        words += " at " + pastWords(*container.finishedAt, now_);
      if (view_.exitKind == engine::ExitKind::Intended)
        words += ", because the agent stopped it";
      if (view_.exitKind == engine::ExitKind::Unhealthy)
        words += ", because the agent stopped it for a probe";
      if (view_.exitKind == engine::ExitKind::Unseen)
        words += ", with its engine or its machine";
      break;
    case ContainerState::Created:
      words += " was created, and did not run yet";
      break;
    case ContainerState::Changing:
      words += " is between two states";
      break;
  }
  if (status_.restartCount > 0)
    words += "; restarted " + std::to_string(status_.restartCount) +
             (status_.restartCount == 1 ? " time" : " times");
  if (!container.engineError.empty())
    words += ". The engine says of it: " + container.engineError;
  return words + ".";
}

void Explanation::tellContainer() {
  if (!view_.container)
    return;
  const auto& container = *view_.container;
  json::object data = containerObject(container);
  for (const char* rest : {"labels", "mounts", "addresses"})  // of `describe`, and no cause
    data.erase(rest);
  data["runtime"] = view_.place;
  data["former"] = view_.outdated;
  data["restartCount"] = status_.restartCount;
  add("container", std::move(data), containerWords(container));
}

}  // namespace

json::object whyService(const engine::Snapshot& snapshot, const engine::ServiceView& view,
                        const model::Now& now) {
  return Explanation(snapshot, view, now).tell();
}

}  // namespace holdfast::api
