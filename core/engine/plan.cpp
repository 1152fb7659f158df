// SPDX-License-Identifier: Apache-2.0
#include "engine/plan.hpp"

#include "engine/inventory.hpp"
#include "engine/keys.hpp"
#include "engine/service_planner.hpp"
#include "model/container_spec.hpp"

#include <algorithm>

namespace holdfast::engine {

namespace {

const std::string& labelOf(const model::ObservedObject& object, std::string_view key) {
  static const std::string kNone;
  const auto found = object.labels.find(std::string(key));
  return found == object.labels.end() ? kNone : found->second;
}

Chain removalOf(const char* kind, sdk::StepKind step, const std::string& runtime,
                const std::string& object, std::string why) {
  Chain chain;
  chain.id = removalChain(kind, runtime, object);
  chain.runtime = runtime;
  chain.why = std::move(why);
  chain.ledgerKey = startKey(chain.id);
  chain.steps = {{.kind = step, .name = object}};
  return chain;
}

bool isAttached(const model::Observation& observation, const std::string& network) {
  return std::any_of(
      observation.containers.begin(), observation.containers.end(),
      [&](const auto& container) { return container.addresses.count(network) != 0; });
}

// Networks of ours that no service joins any more. An app's network also stays while a container
// of the app is there: the container may be stopped, and then shows no attachment.
void removeNetworks(const PlanInput& input, Draft& draft) {
  std::set<std::pair<std::string, std::string>> wanted;
  for (const auto& app : input.target->apps) {
    for (const auto& service : app.services) {
      for (auto& name : model::joinedNetworks(app, service)) {
        wanted.emplace(runtimeOf(service, input.defaultRuntime), name);
      }
    }
  }
  for (const auto& [runtime, view] : input.runtimes) {
    if (view.observation == nullptr)
      continue;
    for (const auto& network : view.observation->networks) {
      if (!isOurs(network.labels, input) || wanted.count({runtime, network.name}) != 0)
        continue;
      if (isAttached(*view.observation, network.name) ||
          hasContainerOf(input, *view.observation, labelOf(network, sdk::kAppLabel))) {
        continue;
      }
      draft.add(removalOf("network", sdk::StepKind::RemoveNetwork, runtime, network.name,
                          "no service of the target uses it"));
    }
  }
}

// Volumes go only where a user asked for it by name (purge), once nothing of the app holds them.
void purgeVolumes(const PlanInput& input, Draft& draft) {
  for (const auto& [key, memory] : *input.memories) {
    if (!memory.purging)
      continue;
    const auto [app, runtime] = partsOfAppKey(key);
    const auto view = input.runtimes.find(runtime);
    if (view == input.runtimes.end() || view->second.observation == nullptr ||
        hasContainerOf(input, *view->second.observation, app)) {
      continue;
    }
    for (const auto& volume : view->second.observation->volumes) {
      if (!isOurs(volume.labels, input) || labelOf(volume, sdk::kAppLabel) != app)
        continue;
      draft.add(removalOf("volume", sdk::StepKind::RemoveVolume, runtime, volume.name,
                          "its app is being purged"));
    }
  }
}

// Drops what cannot be done now: an engine that does not answer gets no calls, and what failed
// waits for its ladder (service chains and pulls were gated by their planner).
void dropBlocked(const PlanInput& input, Draft& draft) {
  const auto silent = [&](const std::string& name) {
    const auto runtime = input.runtimes.find(name);
    return runtime == input.runtimes.end() || !runtime->second.available;
  };
  const auto blocked = [&](const Chain& chain) {
    const auto needed = runtimesOf(chain);
    if (std::any_of(needed.begin(), needed.end(), silent))
      return true;
    if (!chain.serves.empty())
      return false;
    const retry::Entry* failed = input.ledger->find(chain.ledgerKey);
    if (failed == nullptr || input.ledger->due(failed->key, input.now.boot))
      return false;
    if (failed->due)
      draft.wakeAt(*failed->due);
    return true;
  };
  draft.chains.erase(std::remove_if(draft.chains.begin(), draft.chains.end(), blocked),
                     draft.chains.end());
}

// A service that waits for one that has failed is as settled as that one; not one that waits for
// what runs, and is about to be ready.
void settleDependents(std::vector<Decision>& decisions) {
  std::map<std::string, const Decision*> byKey;
  for (const auto& decision : decisions)
    byKey[decision.key] = &decision;
  const auto failedRoot = [&](const Decision& decision) {
    const Decision* at = &decision;
    for (std::size_t hops = 0; hops <= decisions.size() && !at->waitsFor.empty(); ++hops) {
      const auto next = byKey.find(at->waitsFor);
      if (next == byKey.end())
        return false;
      at = next->second;
    }
    const bool runs = at->status == model::ServiceStatusWord::Running && at->reason == "Running";
    return at->settled && at->waitsFor.empty() && !runs;
  };
  std::vector<std::size_t> settled;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (!decisions[i].waitsFor.empty() && !decisions[i].stale && failedRoot(decisions[i])) {
      settled.push_back(i);
    }
  }
  for (const std::size_t i : settled)
    decisions[i].settled = true;
}

}  // namespace

const std::string& runtimeOf(const Chain& chain, const StepCall& step) {
  return step.runtime.empty() ? chain.runtime : step.runtime;
}

std::set<std::string> runtimesOf(const Chain& chain) {
  std::set<std::string> names;
  if (chain.steps.empty())
    names.insert(chain.runtime);  // a pull
  for (const auto& step : chain.steps)
    names.insert(runtimeOf(chain, step));
  return names;
}

Plan plan(const PlanInput& input) {
  Plan result;
  const Inventory inventory(input);
  result.orphans = inventory.orphans();
  if (input.target == nullptr)
    return result;

  Draft draft(input);
  for (const auto& app : input.target->apps) {
    for (const auto& service : app.services) {
      result.decisions.push_back(ServicePlanner(input, inventory, draft, app, service).decide());
    }
  }
  settleDependents(result.decisions);
  for (const auto& own : inventory.unwanted()) {
    draft.add(removal(own, "it is not in the target"));
  }
  removeNetworks(input, draft);
  purgeVolumes(input, draft);
  dropBlocked(input, draft);
  result.chains = std::move(draft.chains);
  result.nextWake = draft.nextWake;
  return result;
}

std::map<std::string, std::vector<std::string>> imagesToLookUp(const model::Target* target,
                                                               const std::string& defaultRuntime) {
  std::map<std::string, std::set<std::string>> images;
  if (target != nullptr) {
    for (const auto& app : target->apps) {
      for (const auto& service : app.services) {
        images[runtimeOf(service, defaultRuntime)].insert(service.image);
      }
    }
  }
  std::map<std::string, std::vector<std::string>> result;
  for (const auto& [runtime, references] : images) {
    result[runtime].assign(references.begin(), references.end());
  }
  return result;
}

std::string_view stepName(sdk::StepKind kind) {
  switch (kind) {
    case sdk::StepKind::CreateNetwork:
      return "createNetwork";
    case sdk::StepKind::CreateVolume:
      return "createVolume";
    case sdk::StepKind::CreateContainer:
      return "createContainer";
    case sdk::StepKind::StartContainer:
      return "startContainer";
    case sdk::StepKind::StopContainer:
      return "stopContainer";
    case sdk::StepKind::RemoveContainer:
      return "removeContainer";
    case sdk::StepKind::PauseContainer:
      return "pauseContainer";
    case sdk::StepKind::UnpauseContainer:
      return "unpauseContainer";
    case sdk::StepKind::RemoveNetwork:
      return "removeNetwork";
    case sdk::StepKind::RemoveVolume:
      return "removeVolume";
    case sdk::StepKind::RemoveImage:
      return "removeImage";
  }
  return "unknown";
}

}  // namespace holdfast::engine
