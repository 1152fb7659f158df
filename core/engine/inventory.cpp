// SPDX-License-Identifier: Apache-2.0
#include "engine/inventory.hpp"

#include "engine/keys.hpp"
#include "engine/take_over.hpp"
#include "model/container_spec.hpp"

#include <algorithm>
#include <iterator>

namespace holdfast::engine {

namespace {

const std::string& valueOf(const std::map<std::string, std::string>& labels, std::string_view key) {
  static const std::string kNone;
  const auto found = labels.find(std::string(key));
  return found == labels.end() ? kNone : found->second;
}

}  // namespace

const std::string& runtimeOf(const model::Service& service, const std::string& defaultRuntime) {
  return service.runtime.empty() ? defaultRuntime : service.runtime;
}

std::string notLoadedText(const std::string& runtime, const std::vector<std::string>& loaded) {
  std::string names;
  for (const auto& name : loaded)
    names += (names.empty() ? "'" : ", '") + name + "'";
  return "runtime '" + runtime + "' is not loaded (loaded: " + (names.empty() ? "none" : names) +
         "); name a loaded one, or add it to plugins.load";
}

bool isOurs(const std::map<std::string, std::string>& labels, const PlanInput& input) {
  const std::string& owner = valueOf(labels, sdk::kOwnerLabel);
  if (owner.empty())
    return false;
  return owner == input.owner || std::find(input.adoptedOwners.begin(), input.adoptedOwners.end(),
                                           owner) != input.adoptedOwners.end();
}

bool hasContainerOf(const PlanInput& input, const model::Observation& observation,
                    const std::string& app) {
  return std::any_of(
      observation.containers.begin(), observation.containers.end(), [&](const auto& container) {
        return (isOurs(container.labels, input) && container.label(sdk::kAppLabel) == app) ||
               (isLegacy(container) && container.label(sdk::kLegacyAppLabel) == app);
      });
}

bool hasObjectsOf(const PlanInput& input, const model::Observation& observation,
                  const std::string& app) {
  return hasContainerOf(input, observation, app) ||
         std::any_of(
             observation.volumes.begin(), observation.volumes.end(), [&](const auto& volume) {
               return isOurs(volume.labels, input) && valueOf(volume.labels, sdk::kAppLabel) == app;
             });
}

Chain removal(const OwnContainer& own, std::string why) {
  const auto& container = *own.container;
  const StepCall step{
      .kind = sdk::StepKind::StopContainer, .name = container.name, .containerId = container.id};
  Chain chain;
  chain.id = removalChain("container", own.runtime, container.id);
  chain.runtime = own.runtime;
  chain.why = std::move(why);
  chain.ledgerKey = startKey(chain.id);
  using model::ContainerState;
  if (container.state != ContainerState::Created && container.state != ContainerState::Exited) {
    chain.steps.push_back(step);
  }
  chain.steps.push_back(step);
  chain.steps.back().kind = sdk::StepKind::RemoveContainer;
  return chain;
}

Inventory::Inventory(const PlanInput& input) : input_(input) {
  if (input.target != nullptr) {
    for (const auto& app : input.target->apps) {
      if (app.hasUnidentifiedServices)
        unclearApps_.insert(app.id);
      for (const auto& service : app.services) {
        keyByIds_[app.id + "/" + service.id] = model::serviceKey(app, service);
      }
    }
  }
  for (const auto& [name, view] : input.runtimes) {
    if (view.observation == nullptr)
      continue;
    for (const auto& container : view.observation->containers)
      sortOut(name, container);
  }
  if (input.target != nullptr) {
    for (const auto& app : input.target->apps) {
      for (const auto& service : app.services)
        choose(app, service);
    }
  }
  for (const auto& [key, containers] : byKey_) {
    std::copy_if(containers.begin(), containers.end(), std::back_inserter(unwanted_),
                 [&](const auto& own) { return !mayBeWanted(*own.container); });
  }
}

bool Inventory::mayBeWanted(const model::ObservedContainer& container) const {
  const auto label = isLegacy(container) ? sdk::kLegacyAppLabel : sdk::kAppLabel;
  return unclearApps_.count(valueOf(container.labels, label)) != 0;
}

void Inventory::sortOut(const std::string& runtime, const model::ObservedContainer& container) {
  if (isOurs(container.labels, input_) || isLegacy(container)) {
    byKey_[keyOf(container)].push_back({runtime, &container});
  } else if (!valueOf(container.labels, sdk::kOwnerLabel).empty()) {
    orphans_.push_back({valueOf(container.labels, sdk::kOwnerLabel), runtime, container.name});
  }
}

std::string Inventory::keyOf(const model::ObservedContainer& container) const {
  if (!isLegacy(container)) {
    return valueOf(container.labels, sdk::kAppLabel) + "/" +
           valueOf(container.labels, sdk::kServiceLabel);
  }
  const std::string ids = valueOf(container.labels, sdk::kLegacyAppLabel) + "/" +
                          valueOf(container.labels, sdk::kLegacyServiceLabel);
  const auto found = keyByIds_.find(ids);
  // The '#' keeps the legacy ids of a service that left the target apart from every service key.
  return found == keyByIds_.end() ? "#" + ids : found->second;
}

void Inventory::choose(const model::App& app, const model::Service& service) {
  const std::string key = model::serviceKey(app, service);
  const auto found = byKey_.find(key);
  if (found == byKey_.end())
    return;
  const std::string& runtime = runtimeOf(service, input_.defaultRuntime);
  const std::string name = model::containerName(app, service);

  std::vector<OwnContainer> here;
  for (const auto& own : found->second) {
    (own.runtime == runtime ? here : elsewhere_[key]).push_back(own);
  }
  byKey_.erase(found);
  if (const auto left = elsewhere_.find(key); left != elsewhere_.end()) {
    std::stable_partition(left->second.begin(), left->second.end(), [](const auto& own) {
      return own.container->state == model::ContainerState::Running;
    });
  }
  if (here.empty())
    return;

  // Doubles come from an interrupted renaming at most; the one under today's name wins, then the
  // youngest.
  const auto better = [&](const OwnContainer& a, const OwnContainer& b) {
    const bool aNamed = a.container->name == name;
    const bool bNamed = b.container->name == name;
    if (aNamed != bNamed)
      return aNamed;
    return a.container->createdAt > b.container->createdAt;
  };
  std::sort(here.begin(), here.end(), better);
  current_[key] = here.front();
  unwanted_.insert(unwanted_.end(), here.begin() + 1, here.end());
}

const model::ObservedContainer* Inventory::current(const std::string& key) const {
  const auto found = current_.find(key);
  return found == current_.end() ? nullptr : found->second.container;
}

OwnContainer Inventory::serving(const std::string& key) const {
  const auto found = current_.find(key);
  if (found != current_.end())
    return found->second;
  const auto& others = elsewhere(key);
  return others.empty() ? OwnContainer{} : others.front();
}

bool Inventory::knows(const std::string& key) const {
  return byKey_.count(key) != 0 || current_.count(key) != 0 || elsewhere_.count(key) != 0;
}

const std::vector<OwnContainer>& Inventory::elsewhere(const std::string& key) const {
  static const std::vector<OwnContainer> kNone;
  const auto found = elsewhere_.find(key);
  return found == elsewhere_.end() ? kNone : found->second;
}

}  // namespace holdfast::engine
