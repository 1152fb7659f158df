// SPDX-License-Identifier: Apache-2.0
// What users ask for: retry, restart, stop, start, purge, adopt.
#include "engine/event_text.hpp"
#include "engine/inventory.hpp"
#include "engine/keys.hpp"
#include "engine/reconciler.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::engine {

using model::EventType;

namespace {

CommandResult problem(CommandResult::Code code, std::string message) {
  CommandResult result;
  result.code = code;
  result.message = std::move(message);
  return result;
}

CommandResult done(std::string message) {
  return problem(CommandResult::Code::Done, std::move(message));
}

}  // namespace

Reconciler::Found Reconciler::find(const std::string& app, const std::string& service) const {
  Found found;
  if (!desired_) {
    found.problem = problem(CommandResult::Code::NotFound, "no target was ever accepted");
    return found;
  }
  for (const auto& candidate : desired_->target->apps) {
    if (candidate.id != app && candidate.name != app)
      continue;
    found.app = &candidate;
    for (const auto& member : candidate.services) {
      if (member.name == service)
        found.service = &member;
    }
  }
  if (found.app == nullptr) {
    found.problem = problem(CommandResult::Code::NotFound, "the target has no app '" + app + "'");
  } else if (found.service == nullptr) {
    found.problem = problem(CommandResult::Code::NotFound,
                            "app '" + app + "' has no service '" + service + "'");
  } else {
    found.key = model::serviceKey(*found.app, *found.service);
    found.name = found.app->name + "/" + found.service->name;
  }
  return found;
}

const model::ObservedContainer* Reconciler::containerOf(const Found& found) const {
  return Inventory(input(&*desired_)).current(found.key);
}

// Makes everything that the service waits for due now. Returns how many entries that were.
int Reconciler::force(const std::string& key, const std::string& image,
                      const std::string& runtime) {
  const model::Now now = clock_.now();
  int forced = 0;
  for (const auto& entry :
       {imageKey(runtime, image), startKey(key), formerKey(key), crashKey(key)}) {
    forced += ledger_.force(entry, now) ? 1 : 0;
  }
  if (forced > 0) {
    tell(eventOf(key, EventType::Normal, "ForcedRetry", "A user asked for a retry now"));
  }
  return forced;
}

void Reconciler::endWaits(const Found& found) {
  force(found.key, found.service->image, runtimeOf(*found.service, settings_.defaultRuntime));
}

CommandResult Reconciler::retryService(const std::string& app, const std::string& service) {
  const Found found = find(app, service);
  if (found.service == nullptr)
    return found.problem;
  const int forced =
      force(found.key, found.service->image, runtimeOf(*found.service, settings_.defaultRuntime));
  takeEffect();
  return done(forced > 0 ? found.name + ": retrying now"
                         : found.name + ": nothing is waiting for a retry");
}

CommandResult Reconciler::retryAll() {
  int forced = 0;
  if (desired_) {
    for (const auto& app : desired_->target->apps) {
      for (const auto& service : app.services) {
        forced += force(model::serviceKey(app, service), service.image,
                        runtimeOf(service, settings_.defaultRuntime)) > 0
                      ? 1
                      : 0;
      }
    }
  }
  takeEffect();
  return done(std::to_string(forced) + (forced == 1 ? " service" : " services") + " retrying now");
}

CommandResult Reconciler::restartService(const std::string& app, const std::string& service) {
  const Found found = find(app, service);
  if (found.service == nullptr)
    return found.problem;
  if (found.service->state == model::DesiredState::Stopped) {
    return problem(CommandResult::Code::Conflict,
                   "the target says that " + found.name + " is stopped; change the target");
  }
  ServiceMemory& memory = book_.memory(found.key);
  memory.userStopped = false;
  const auto* container = containerOf(found);
  if (container != nullptr)
    memory.restartRun = runOf(*container);
  tell(eventOf(found.key, EventType::Normal, "Restarting", "A user asked for a restart"));
  endWaits(found);
  takeEffect();
  return done(found.name + ": restarting");
}

CommandResult Reconciler::stopService(const std::string& app, const std::string& service) {
  const Found found = find(app, service);
  if (found.service == nullptr)
    return found.problem;
  ServiceMemory& memory = book_.memory(found.key);
  memory.userStopped = true;
  memory.userStoppedHash = desired_->specs.at(found.key).hash;
  memory.restartRun.clear();
  tell(eventOf(found.key, EventType::Normal, "Stopping", "A user asked for a stop"));
  executor_.supersede([&](const Chain& chain) {
    return chain.lane == Lane::Operation && !chain.serves.empty() &&
           chain.serves.front() == found.key;
  });
  takeEffect();
  return done(found.name + ": stopping; it stays stopped until `start` or a changed specification");
}

CommandResult Reconciler::startService(const std::string& app, const std::string& service) {
  const Found found = find(app, service);
  if (found.service == nullptr)
    return found.problem;
  if (found.service->state == model::DesiredState::Stopped) {
    return problem(CommandResult::Code::Conflict,
                   "the target says that " + found.name + " is stopped; change the target");
  }
  ServiceMemory& memory = book_.memory(found.key);
  memory.userStopped = false;
  const auto* container = containerOf(found);
  if (container != nullptr && container->state == model::ContainerState::Exited) {
    memory.restartRun = runOf(*container);
  }
  tell(eventOf(found.key, EventType::Normal, "Starting", "A user asked for a start"));
  endWaits(found);
  takeEffect();
  return done(found.name + ": starting");
}

CommandResult Reconciler::purgeApp(const std::string& app) {
  std::string id = app;
  std::string called = app;
  if (desired_) {
    for (const auto& candidate : desired_->target->apps) {
      if (candidate.id == app || candidate.name == app) {
        id = candidate.id;
        called = candidate.name;
      }
    }
  }
  bool known = false;
  std::vector<std::string> runtimes;  // with something of the app, or that may have
  for (const auto& [name, link] : links_) {
    const auto* seen = link->observation();
    if (seen != nullptr && !hasObjectsOf(input(nullptr), *seen, id))
      continue;
    known = known || seen != nullptr;
    runtimes.push_back(name);
  }
  if (!known) {
    return problem(CommandResult::Code::NotFound,
                   "app '" + app + "' has no containers and no volumes here");
  }
  for (const auto& runtime : runtimes)
    book_.memory(appKey(id, runtime)).purging = true;
  if (desired_) {  // what failed before does not hold up its removal
    for (const auto& [key, spec] : desired_->specs) {
      if (key.starts_with(id + "/"))
        ledger_.force(startKey(key), clock_.now());
    }
  }
  tell(eventOf(id, EventType::Warning, "Purging", "A user asked to remove the app's volumes"));
  takeEffect();
  return done("app " + called + ": removing containers and volumes, then starting over");
}

CommandResult Reconciler::adopt(const std::string& uuid) {
  bool seen = false;
  for (const auto& [name, link] : links_) {
    if (link->observation() == nullptr)
      continue;
    for (const auto& container : link->observation()->containers) {
      seen = seen || container.label(sdk::kOwnerLabel) == uuid;
    }
  }
  if (uuid.empty() || !seen) {
    return problem(CommandResult::Code::NotFound,
                   "no container here carries " + std::string(sdk::kOwnerLabel) + "=" + uuid);
  }
  store_.adoptOwner(uuid);
  if (std::find(adoptedOwners_.begin(), adoptedOwners_.end(), uuid) == adoptedOwners_.end()) {
    adoptedOwners_.push_back(uuid);
  }
  tell(eventOf(EventType::Normal, "Adopted", "Objects of owner " + uuid + " count as ours"));
  takeEffect();
  return done("objects of owner " + uuid + " count as ours now");
}

}  // namespace holdfast::engine
