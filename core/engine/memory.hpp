// SPDX-License-Identifier: Apache-2.0
// What the agent must remember of a service beyond what the engine can tell it.
#pragma once

#include "engine/call_record.hpp"
#include "model/observation.hpp"
#include "model/status.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace holdfast::engine {

// Identity of one run of one container: "<container id>@<startedAt>". Empty before the first run.
[[nodiscard]] std::string runOf(const model::ObservedContainer& container);

// Why a run ended, as far as its restart is concerned. The values are stored.
enum class ExitKind : std::int32_t {
  None = 0,       // it has not ended, or nothing was noted yet
  Own = 1,        // it ended by itself: restart policy and crash ladder decide
  Intended = 2,   // we ended it: no crash; starts again as soon as the target wants it running
  Unseen = 3,     // it ended with its engine or its machine: no crash; the restart policy decides
  Unhealthy = 4,  // we ended it for a probe: a crash, whatever its exit code
};

// A probe has said that a run must end.
struct Condemnation {
  std::string probe;   // "liveness", "startup"
  std::string output;  // of its last attempt, secrets masked
  friend bool operator==(const Condemnation&, const Condemnation&) = default;
};

// Kept per service. An app has one per runtime too, with the key of appKey(), for its last two
// members.
struct ServiceMemory {
  std::string key;  // "<app id>/<service name>"

  // The container that the members below belong to; another one resets them.
  std::string containerId;
  std::string lastRun;   // the latest run seen of it
  int restartCount = 0;  // runs after the first; a user's restart and intended stops do not count

  std::string handledExit;  // the run whose end was noted already
  ExitKind exitKind = ExitKind::None;
  std::optional<model::LastState> lastState;

  // A user's `stop`; ends by `start` or when the spec's hash is no longer this one.
  bool userStopped = false;
  std::string userStoppedHash;

  // A user asked for this run to be ended (if it runs) and for the container to be started again,
  // whatever the restart policy says. Cleared once another run is seen.
  std::string restartRun;

  // The run that is being ended for any other reason but a probe: its end is no crash. Cleared once
  // it is seen to go on.
  std::string stoppingRun;

  // The run whose startup probe has succeeded: once is enough, also for an agent that was away.
  std::string startedRun;

  // The run that is being ended for a probe, and by which.
  std::string condemnedRun;
  Condemnation condemned;

  // The service as it was when its container was made or taken over, its runtime filled in, and the
  // hash of that.
  std::string deployedService;  // model::serializeService
  std::string deployedHash;

  // The container of the original agent that was met in its place. Taken over once there is a
  // deployedHash; `restartsOurs`: the engine was told not to restart it by itself any more.
  std::string legacyContainerId;
  bool restartsOurs = false;

  // Pull policy Always: the target revision for which the pull was settled, and whether it was
  // settled since a container was last made.
  std::int64_t pulledForRevision = 0;
  bool pullSettled = false;

  // The latest calls that have ended: the pull of its image, and one about its container.
  std::optional<CallRecord> pullCall;
  std::optional<CallRecord> stepCall;

  // Apps only: remove containers and volumes, then start over.
  bool purging = false;

  // Apps only: volumes of the original agent, by the name that targets give them. A name as in
  // "service/volume" holds for that service alone.
  std::map<std::string, std::string> volumeNames;

  friend bool operator==(const ServiceMemory&, const ServiceMemory&) = default;
};

}  // namespace holdfast::engine
