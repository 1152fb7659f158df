// SPDX-License-Identifier: Apache-2.0
#include "engine/take_over.hpp"

#include "engine/inventory.hpp"
#include "engine/keys.hpp"
#include "model/container_spec.hpp"
#include "model/image_reference.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::engine {

namespace {

using Memories = std::map<std::string, ServiceMemory>;

// How one service calls a volume, apart from the bare names that hold for its whole app: neither
// names of services nor of volumes have a slash.
std::string serviceVolume(const model::Service& service, const std::string& volume) {
  return service.name + "/" + volume;
}

// Volumes without a name of their own get 64 hexadecimal digits from the engine.
bool isAnonymous(const std::string& volume) {
  constexpr std::size_t kDigits = 64;
  return volume.size() == kDigits &&
         volume.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// One look at one runtime, while it is read.
class Reader {
 public:
  Reader(const PlanInput& input, const std::string& runtime, Memories& memories)
      : input_(input),
        runtime_(runtime),
        observation_(*input.runtimes.at(runtime).observation),
        memories_(memories) {}

  TakenOver read() && {
    for (const auto& container : observation_.containers)
      noteVolumes(container);
    if (std::any_of(observation_.containers.begin(), observation_.containers.end(), isLegacy))
      noteContainers();
    return std::move(result_);
  }

 private:
  void noteVolumes(const model::ObservedContainer& container);
  void noteContainers();
  void meet(const model::App& app, const model::Service& service,
            const model::ObservedContainer& container, ServiceMemory& memory);
  void name(const std::string& app, const std::string& volume, const std::string& engineName);
  ServiceMemory& memory(const std::string& key);

  const PlanInput& input_;
  const std::string& runtime_;
  const model::Observation& observation_;
  Memories& memories_;
  TakenOver result_;
};

ServiceMemory& Reader::memory(const std::string& key) {
  ServiceMemory& memory = memories_[key];
  memory.key = key;
  return memory;
}

// The first name stays: what it holds must not change under the services that use it.
void Reader::name(const std::string& app, const std::string& volume,
                  const std::string& engineName) {
  auto& names = memory(appKey(app, runtime_)).volumeNames;
  result_.volumesChanged = names.emplace(volume, engineName).second || result_.volumesChanged;
}

// The original agent used the target's names as they are. A successor of ours mounts them still,
// and tells of them when the memories are lost; any other volume of ours begins with the app's id.
void Reader::noteVolumes(const model::ObservedContainer& container) {
  const bool legacy = isLegacy(container);
  if (!legacy && !isOurs(container.labels, input_))
    return;
  model::App app;
  app.id = container.label(legacy ? sdk::kLegacyAppLabel : sdk::kAppLabel);
  const std::string prefix = model::volumeName(app, "");
  for (const auto& mount : container.mounts) {
    if (mount.volume.empty() || isAnonymous(mount.volume))
      continue;
    if (legacy || !mount.volume.starts_with(prefix))
      name(app.id, mount.volume, mount.volume);
  }
}

void Reader::noteContainers() {
  const Inventory inventory(input_);
  for (const auto& app : input_.target->apps) {
    for (const auto& service : app.services) {
      const std::string key = model::serviceKey(app, service);
      const auto* container = inventory.current(key);
      if (container == nullptr || !isLegacy(*container) ||
          runtimeOf(service, input_.defaultRuntime) != runtime_) {
        continue;
      }
      ServiceMemory& memory = this->memory(key);
      if (memory.legacyContainerId != container->id)
        meet(app, service, *container, memory);
      const bool deployable = service.faults.empty() && input_.refusals->count(key) == 0;
      if (!memory.deployedHash.empty() || !deployable ||
          !model::sameImage(container->image, service.image)) {
        continue;
      }
      model::Service deployed = service;
      deployed.runtime = runtime_;
      memory.deployedService = model::serializeService(deployed);
      memory.deployedHash = model::containerSpec(app, service, input_.owner,
                                                 volumeNames(memories_, app, service, runtime_))
                                .hash;
      result_.containers.push_back({key, container->name});
    }
  }
}

// The first target that names it may call its volumes otherwise than the one that it was made from.
void Reader::meet(const model::App& app, const model::Service& service,
                  const model::ObservedContainer& container, ServiceMemory& memory) {
  memory.legacyContainerId = container.id;
  memory.restartsOurs = false;
  memory.deployedService.clear();
  memory.deployedHash.clear();
  for (const auto& mount : service.mounts) {
    if (mount.kind != model::Mount::Kind::Volume)
      continue;
    for (const auto& mounted : container.mounts) {
      if (mounted.destination == mount.target && mounted.volume != mount.source &&
          !mounted.volume.empty() && !isAnonymous(mounted.volume)) {
        name(app.id, serviceVolume(service, mount.source), mounted.volume);
      }
    }
  }
}

}  // namespace

bool isLegacy(const model::ObservedContainer& container) {
  return container.label(sdk::kOwnerLabel).empty() &&
         !container.label(sdk::kLegacyAppLabel).empty() &&
         !container.label(sdk::kLegacyServiceLabel).empty();
}

bool legacyChanged(const model::ObservedContainer& container, const ServiceMemory& memory,
                   const model::Service& service, const std::string& specHash) {
  if (memory.legacyContainerId == container.id && !memory.deployedHash.empty())
    return memory.deployedHash != specHash;
  return !model::sameImage(container.image, service.image);
}

std::map<std::string, std::string> volumeNames(const Memories& memories, const model::App& app,
                                               const model::Service& service,
                                               const std::string& runtime) {
  std::map<std::string, std::string> names;
  const auto memory = memories.find(appKey(app.id, runtime));
  if (memory == memories.end())
    return names;
  const auto& known = memory->second.volumeNames;
  for (const auto& mount : service.mounts) {
    if (mount.kind != model::Mount::Kind::Volume)
      continue;
    auto found = known.find(serviceVolume(service, mount.source));
    if (found == known.end())
      found = known.find(mount.source);
    if (found != known.end())
      names[mount.source] = found->second;
  }
  return names;
}

TakenOver takeOver(const PlanInput& input, const std::string& runtime, Memories& memories) {
  return Reader(input, runtime, memories).read();
}

}  // namespace holdfast::engine
