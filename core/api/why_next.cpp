// SPDX-License-Identifier: Apache-2.0
#include "api/why_next.hpp"

#include "api/why_words.hpp"
#include "model/image_reference.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::api {
namespace {

using engine::CallRecord;
using engine::RuntimeStatus;
using engine::ServiceView;
using engine::Snapshot;
using model::ServiceStatusWord;
using retry::Family;
using sdk::ErrorClass;

// What to read the next step from.
struct Subject {
  const Snapshot& snapshot;
  const ServiceView& view;
  const model::Now& now;

  [[nodiscard]] std::string command(const char* verb) const {
    return std::string("'holdfast ") + verb + " " + nameOf(view) + "'";
  }
};

// What the world could do about a failure of this class.
std::string cureOf(const retry::Entry& entry) {
  const bool image = retry::familyOf(entry.key) == Family::Image;
  const std::string registry =
      entry.latest.host.empty() ? "the registry" : "registry " + entry.latest.host;
  switch (entry.latest.errorClass) {
    case ErrorClass::NotFound:
      return image ? "another tag, or this one appearing in " + registry
                   : "that which was not found being there";
    case ErrorClass::Denied:
      return image ? "credentials that " + registry + " accepts (registry.authFile)"
                   : "the permission that is missing";
    case ErrorClass::RateLimited:
      return registry + " allowing more requests, or credentials with a higher limit";
    case ErrorClass::Conflict:
      return "the port or name becoming free";
    case ErrorClass::Rejected:
      return "the device, user or program that the engine misses";
    case ErrorClass::Internal:
      return "a plugin without this fault ('holdfast plugins')";
    default:
      return image ? registry + " answering" : "the engine's trouble passing";
  }
}

Next engineAway(const Subject& about, const RuntimeStatus& runtime) {
  Next next{.what = "wait for the engine", .at = {}, .words = {}, .changes = {}};
  next.words = "The agent asks engine '" + runtime.name + "' again";
  if (runtime.retry && runtime.retry->due) {
    next.at = model::wallOf(*runtime.retry->due, about.now);
    next.words += " at " + futureWords(*next.at, about.now);
  }
  next.words += ", and never stops asking; nothing is done to the service until it answers.";
  next.changes = {"engine '" + runtime.name + "' answering ('holdfast check' looks at it)"};
  return next;
}

Next underWay(const CallRecord& call) {
  return {.what = "wait for " + call.call,
          .at = {},
          .words = "The agent waits for the end of this call and goes on from its result.",
          .changes = {"the end of the call", "another target"}};
}

Next gaveUp(const Subject& about, const retry::Entry& entry) {
  const bool image = retry::familyOf(entry.key) == Family::Image;
  Next next{.what = "gave up", .at = {}, .words = {}, .changes = {}};
  next.words = "It gave up after " + std::to_string(entry.maxRetries) + " retries: ";
  if (const auto rearmed = retry::rearmsAt(entry, about.snapshot.policies)) {
    next.at = model::wallOf(*rearmed, about.now);
    next.words += "the cause may pass by itself, so one more attempt is made at " +
                  futureWords(*next.at, about.now) + ", and sooner if " +
                  (entry.latest.host.empty() ? "its far side" : entry.latest.host) +
                  " answers anything else.";
  } else if (entry.latest.errorClass == ErrorClass::Denied) {
    next.words += "one more attempt is made when the credential files change.";
  } else {
    next.words += "nothing more is done by itself.";
  }
  next.changes = {cureOf(entry) + ", and then one of the following", about.command("retry"),
                  image ? "another image in the target" : "a changed specification",
                  "the same target applied again", "a restart of the agent"};
  return next;
}

Next retries(const Subject& about, const retry::Entry& entry) {
  const bool crash = retry::familyOf(entry.key) == Family::Crash;
  const std::string attempt =
      (crash ? "restart " : "retry ") + model::attemptText(entry.retryCount, entry.maxRetries);
  Next next{
      .what = attempt, .at = model::wallOf(*entry.due, about.now), .words = {}, .changes = {}};
  const std::string what = (crash ? "Restart " : "Retry ") +
                           model::attemptText(entry.retryCount, entry.maxRetries) + " is due ";
  next.words =
      what + (*entry.due <= about.now.boot ? "now" : "at " + futureWords(*next.at, about.now));
  if (entry.maxRetries > 0 && entry.retryCount >= entry.maxRetries) {
    next.words += "; it is the last one";
  }
  next.words += ".";
  if (crash) {
    next.changes = {"a run longer than " +
                        model::formatDuration(about.snapshot.policies.crash.resetAfter) +
                        ", which starts the ladder afresh",
                    "a changed specification"};
  } else {
    const bool image = retry::familyOf(entry.key) == Family::Image;
    next.changes = {cureOf(entry),
                    image ? "another image in the target" : "a changed specification"};
  }
  next.changes.push_back(about.command("retry") + ", which makes the attempt now");
  return next;
}

Next fixSpec(const Subject& about) {
  Next next{.what = "fix spec",
            .at = {},
            .words = "Nothing is tried again: it cannot work before the target is changed.",
            .changes = {}};
  const auto& status = about.view.status;
  if (status.reason == "InvalidImageName") {
    next.changes = {"an image reference that can be read, such as 'nodered/node-red:3'"};
  } else if (status.reason == "ErrImageNeverPull") {
    next.words = "The agent never pulls this image; it looks for it in every pass.";
    next.changes = {"the image on the device, brought there by other means",
                    "another pull policy in the target"};
  } else if (runtimeOf(about.snapshot, status.runtime) == nullptr) {
    next.changes = {"the runtime plugin '" + status.runtime + "' named in plugins.load",
                    "another runtime in the target"};
  } else {
    next.changes = {"a corrected specification in the target"};
  }
  return next;
}

// The dependency that is waited for has to be ready, not only to run.
bool needsReady(const Subject& about) {
  const auto* service = targetService(about.snapshot, about.view.key);
  if (service == nullptr)
    return false;
  const auto name = about.view.waitsFor.substr(about.view.waitsFor.find('/') + 1);
  const auto found = service->dependsOn.find(name);
  return found != service->dependsOn.end() && found->second == model::DependencyCondition::Healthy;
}

Next dependency(const Subject& about) {
  std::string name = about.view.waitsFor;
  for (const auto& other : about.snapshot.services) {
    if (other.key == about.view.waitsFor)
      name = nameOf(other);
  }
  const bool ready = needsReady(about);
  return {.what = "wait for " + name,
          .at = {},
          .words = "It goes on as soon as " + name + (ready ? " is ready." : " runs."),
          .changes = {name + (ready ? " being ready" : " running") + " ('holdfast why " + name +
                          "' says why it " + (ready ? "is" : "does") + " not)",
                      "a target without this dependency"}};
}

Next pause(const Subject& about) {
  const std::string host = model::registryHost(about.view.status.imageName);
  const auto at = model::wallOf(*about.view.waitsUntil, about.now);
  return {.what = "pull",
          .at = at,
          .words = "The pull begins at " + futureWords(at, about.now) + ", when the pause of " +
                   host + " is over.",
          .changes = {"the end of the pause", about.command("retry") + ", which ends it",
                      "an image from another registry"}};
}

Next stays(const Subject& about) {
  const auto& status = about.view.status;
  Next next{.what = "stay stopped", .at = {}, .words = "It stays as it is.", .changes = {}};
  if (status.override_) {
    next.changes = {about.command("start"), "a changed specification"};
  } else if (status.state == "stopped") {
    next.changes = {"a target that says running"};
  } else {
    next.changes = {about.command("start"), "a changed specification or restart policy"};
  }
  return next;
}

std::string afterItsEnd(const Subject& about) {
  const auto* service = targetService(about.snapshot, about.view.key);
  if (service == nullptr || service->restart.kind == model::RestartPolicy::Kind::Always)
    return "it is restarted, by the crash ladder";
  return service->restart.kind == model::RestartPolicy::Kind::Never
             ? "it stays ended, by its restart policy"
             : "it is restarted if it fails, by the crash ladder";
}

Next goesOn(const Subject& about) {
  const auto& status = about.view.status;
  if (status.reason == "Paused") {
    return {.what = "stay paused",
            .at = {},
            .words = "It stays paused.",
            .changes = {"a target that says running or stopped"}};
  }
  Next next{.what = "keep running",
            .at = {},
            .words = "Nothing has to be done. When its process ends, " + afterItsEnd(about) + ".",
            .changes = {"the end of its process", "a changed specification",
                        about.command("stop") + " or " + about.command("restart")}};
  const auto* crash = entryOf(about.view, Family::Crash);
  if (crash != nullptr && status.startedAt) {
    const auto resetAfter = about.snapshot.policies.crash.resetAfter;
    next.what = "crash count ends";
    next.at = *status.startedAt + resetAfter;
    next.words = "It has recovered once it has run for more than " +
                 model::formatDuration(resetAfter) + ", at " + futureWords(*next.at, about.now) +
                 ". If its process ends before, the ladder goes on: " + afterItsEnd(about) + ".";
  }
  return next;
}

// The engine that holds this service up by not answering.
const RuntimeStatus* awayEngine(const Subject& about) {
  for (const auto* name : {&about.view.status.runtime, &about.view.place}) {
    const auto* runtime = runtimeOf(about.snapshot, *name);
    if (runtime != nullptr && !runtime->available)
      return runtime;
  }
  return nullptr;
}

const CallRecord* runningCall(const ServiceView& view) {
  for (const auto* call : {&view.stepCall, &view.pullCall}) {
    if (*call && !(*call)->took)
      return &**call;
  }
  return nullptr;
}

const retry::Entry* shownEntry(const ServiceView& view) {
  const auto found =
      std::find_if(view.ledger.begin(), view.ledger.end(),
                   [&view](const retry::Entry& entry) { return entry.key == view.errorKey; });
  return found == view.ledger.end() ? nullptr : &*found;
}

Next byStatus(const Subject& about) {
  switch (about.view.status.serviceStatus) {
    case ServiceStatusWord::Error:
      return fixSpec(about);
    case ServiceStatusWord::Stopped:
      return stays(about);
    case ServiceStatusWord::Running:
      return goesOn(about);
    case ServiceStatusWord::Pending:
      break;
  }
  return {.what = "next pass",
          .at = {},
          .words = "The agent goes on with it at once, as soon as a place is free.",
          .changes = {"another target"}};
}

}  // namespace

const RuntimeStatus* runtimeOf(const Snapshot& snapshot, const std::string& name) {
  const auto found =
      std::find_if(snapshot.runtimes.begin(), snapshot.runtimes.end(),
                   [&name](const RuntimeStatus& runtime) { return runtime.name == name; });
  return found == snapshot.runtimes.end() ? nullptr : &*found;
}

const model::Service* targetService(const Snapshot& snapshot, const std::string& key) {
  if (!snapshot.target)
    return nullptr;
  for (const auto& app : snapshot.target->apps) {
    for (const auto& service : app.services) {
      if (model::serviceKey(app, service) == key)
        return &service;
    }
  }
  return nullptr;
}

Next nextOf(const Snapshot& snapshot, const ServiceView& view, const model::Now& now) {
  const Subject about{snapshot, view, now};
  const auto* away = awayEngine(about);
  if (view.status.stale && away != nullptr)
    return engineAway(about, *away);
  if (const auto* call = runningCall(view))
    return underWay(*call);
  if (const auto* entry = shownEntry(view)) {
    if (entry->exhausted)
      return gaveUp(about, *entry);
    return entry->due ? retries(about, *entry) : fixSpec(about);
  }
  if (!view.waitsFor.empty())
    return dependency(about);
  if (view.waitsUntil)
    return pause(about);
  return byStatus(about);
}

const retry::Entry* entryOf(const ServiceView& view, Family family) {
  const auto found = std::find_if(
      view.ledger.begin(), view.ledger.end(),
      [family](const retry::Entry& entry) { return retry::familyOf(entry.key) == family; });
  return found == view.ledger.end() ? nullptr : &*found;
}

}  // namespace holdfast::api
