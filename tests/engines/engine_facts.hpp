// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixtures/lab/lab.hpp"

#include <filesystem>

namespace holdfast::engines {

/// Where the engines behave differently for good reasons of their own. What is not here is the same
/// on both, and the tests hold both to it.
struct EngineFacts {
  /// An engine that was killed or stopped has stopped its containers by the time it is back.
  bool endsItsContainers;
  /// All pulls share the places for layers: one that is stuck stands in the way of others.
  bool pullsShareSlots;
  /// Layers of one pull that are fetched at a time; test images have five at most.
  std::size_t layersAtOnce;
  /// It repeats refused requests without a word: a silent pull is given 2.75 times as long.
  bool silenceMayBeRetrying;
  /// Its events say which signals it sends to a container that it stops.
  bool tellsSignals;
  /// The exit code that it shows of a container whose program is missing.
  int codeOfFailedStart;
  /// It can be told to restart a container no more that is there already.
  bool updatesRestartPolicy;
  /// How it spells that it is not to restart a container.
  const char* noRestart;
  /// The word for the end of a container that ran out of memory. On the first version of control
  /// groups Podman is not told why the process was killed.
  const char* oomReason;
};

inline const EngineFacts& factsOf(fixtures::Engine engine) {
  static const bool unified = std::filesystem::exists("/sys/fs/cgroup/cgroup.controllers");
  static const EngineFacts docker{.endsItsContainers = true,
                                  .pullsShareSlots = true,
                                  .layersAtOnce = 3,
                                  .silenceMayBeRetrying = false,
                                  .tellsSignals = true,
                                  .codeOfFailedStart = 127,
                                  .updatesRestartPolicy = true,
                                  .noRestart = "no",
                                  .oomReason = "OOMKilled"};
  static const EngineFacts podman{.endsItsContainers = false,
                                  .pullsShareSlots = false,
                                  .layersAtOnce = 5,
                                  .silenceMayBeRetrying = true,
                                  .tellsSignals = false,
                                  .codeOfFailedStart = 0,
                                  .updatesRestartPolicy = false,
                                  .noRestart = "no",
                                  .oomReason = unified ? "OOMKilled" : "Error"};
  return engine == fixtures::Engine::kDocker ? docker : podman;
}

}  // namespace holdfast::engines
