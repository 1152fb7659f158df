// SPDX-License-Identifier: Apache-2.0
// What all instances of a registry have in common.
#pragma once

#include "model/time.hpp"
#include "pluginhost/alarm.hpp"
#include "pluginhost/crash_history.hpp"
#include "pluginhost/registry_settings.hpp"
#include "pluginhost/supervisor.hpp"

#include <memory>
#include <vector>

namespace holdfast::pluginhost {

struct HostContext {
  // `clock` outlives this.
  HostContext(RegistrySettings registrySettings, const model::Clock& modelClock);

  // To the log, and to settings.incidents. Thread-safe.
  void tell(const Incident& incident) const;

  const RegistrySettings settings;
  const model::Clock& clock;
  const std::vector<Crash> crashes;  // of this start and before it
  const std::shared_ptr<Alarm> alarm;
  // create, start and stop of all instances: beside the calls, whatever became of those.
  Supervisor lifecycle;
};

}  // namespace holdfast::pluginhost
