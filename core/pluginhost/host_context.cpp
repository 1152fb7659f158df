// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/host_context.hpp"

#include <Poco/Logger.h>

#include <limits>
#include <utility>

namespace holdfast::pluginhost {
namespace {

// Each instance has one call of these at a time, and at the end all of them have it together.
SupervisorLimits lifecycleLimits(SupervisorLimits limits) {
  limits.maxCalls = std::numeric_limits<std::size_t>::max();
  limits.stuckForQuarantine = limits.maxCalls;
  return limits;
}

}  // namespace

HostContext::HostContext(RegistrySettings registrySettings, const model::Clock& modelClock)
    : settings(std::move(registrySettings)),
      clock(modelClock),
      crashes(readCrashes(settings.crashFile)),
      alarm(std::make_shared<Alarm>()),
      lifecycle("lifecycle", lifecycleLimits(settings.supervision), alarm, {}) {}

void HostContext::tell(const Incident& incident) const {
  Poco::Logger& logger = Poco::Logger::get("holdfast.plugin." + incident.plugin);
  const bool good =
      incident.kind == Incident::Kind::Returned || incident.kind == Incident::Kind::Lifted;
  if (good) {
    logger.notice(incident.text);
  } else {
    logger.error(incident.text);
  }
  if (settings.incidents) {
    settings.incidents(incident);
  }
}

}  // namespace holdfast::pluginhost
