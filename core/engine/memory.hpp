// SPDX-License-Identifier: Apache-2.0
// What the agent must remember of a service beyond what the engine can tell it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/observation.hpp"
#include "model/status.hpp"

namespace holdfast::engine {

// Identity of one run of one container: "<container id>@<startedAt>". Empty before the first run.
[[nodiscard]] std::string runOf(const model::ObservedContainer& container);

struct ServiceMemory {
  std::string key;  // "<app id>/<service name>"

  // The container that the counts below belong to; another one zeroes them.
  std::string containerId;
  int restartCount = 0;  // successful starts after an exit; a user's restart and updates are none

  std::string handledExit;  // the run whose exit was charged (or found intended) already
  bool exitIntended = false;  // handledExit was our own stop: no crash, no restart policy
  std::optional<model::LastState> lastState;

  // A user's `stop`; ends by `start` or when the spec's hash is no longer this one.
  bool userStopped = false;
  std::string userStoppedHash;

  // A user asked for this run to be ended (if it runs) and for the container to be started again,
  // whatever the restart policy says. Cleared once another run is seen.
  std::string restartRun;

  // The service as it was when its container was made, and the hash on that container.
  std::string deployedService;  // model::serializeService
  std::string deployedHash;

  // A container of the original agent that we took over: runs on while the spec stays this hash.
  std::string legacyContainerId;
  std::string legacyHash;
  std::map<std::string, std::string> volumeNames;  // target's name -> the volume really mounted

  // Pull policy Always: the target revision for which the pull was settled.
  std::int64_t pulledForRevision = 0;

  friend bool operator==(const ServiceMemory&, const ServiceMemory&) = default;
};

}  // namespace holdfast::engine
