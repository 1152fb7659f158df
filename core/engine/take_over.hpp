// SPDX-License-Identifier: Apache-2.0
// Containers of the original agent, taken over when a target is in force. Pure: what is found goes
// into the memories alone, which are stored together with the target (docs/migration.md).
#pragma once

#include "engine/plan.hpp"
#include "model/target.hpp"

#include <map>
#include <string>
#include <vector>

namespace holdfast::engine {

// Made by the original agent, which used other labels: both of them, and no owner.
[[nodiscard]] bool isLegacy(const model::ObservedContainer& container);

// Is this container of the original agent to be replaced? While the service is the one that it was
// taken over with it is not, nor before that as long as the image is the same.
[[nodiscard]] bool legacyChanged(const model::ObservedContainer& container,
                                 const ServiceMemory& memory, const model::Service& service,
                                 const std::string& specHash);

// The volumes of a service that have another name on this runtime than model::volumeName() gives
// them: target's name -> engine's. `memories` by key, as PlanInput has them.
[[nodiscard]] std::map<std::string, std::string> volumeNames(
    const std::map<std::string, ServiceMemory>& memories, const model::App& app,
    const model::Service& service, const std::string& runtime);

struct TakenOver {
  struct Container {
    std::string service;  // key
    std::string name;
  };
  std::vector<Container> containers;  // that passed for their service just now
  // volumeNames() has new answers: specifications have to be made anew.
  bool volumesChanged = false;
};

// Reads the latest look at one runtime: which volumes containers of an app have under names of the
// original agent's making, and which containers pass for a service of the target. Writes that into
// `memories`, which may be the map of the input. Needs a target; doing it twice changes nothing.
[[nodiscard]] TakenOver takeOver(const PlanInput& input, const std::string& runtime,
                                 std::map<std::string, ServiceMemory>& memories);

}  // namespace holdfast::engine
