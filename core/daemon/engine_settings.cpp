// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine_settings.hpp"

#include <algorithm>

namespace holdfast::daemon {
namespace {

retry::Policy policyOf(const config::RetrySettings& family) {
  return {.initial = family.initial,
          .factor = family.factor,
          .max = family.max,
          .maxRetries = family.maxRetries,
          .jitter = family.jitter,
          .resetAfter = family.resetAfter};
}

retry::Policies policiesOf(const config::RetryFamilies& families) {
  retry::Policies policies;
  policies.image = policyOf(families.image);
  policies.start = policyOf(families.start);
  policies.crash = policyOf(families.crash);
  policies.crash.firstImmediate = families.crashFirstImmediate;
  policies.engine = policyOf(families.engine);
  policies.notify = policyOf(families.notify);
  policies.cloud = policyOf(families.cloud);
  policies.cloudSetup = policyOf(families.cloudSetup);
  policies.rearmAfter = families.rearmAfter;
  return policies;
}

}  // namespace

engine::EngineSettings engineSettings(const config::Settings& settings, unsigned cores) {
  // A start on an app's own network waits for the kernel as much as it computes: on two cores four
  // at once are a fifth faster than two, and more gain nothing (tests/bench, bring_up_50).
  constexpr unsigned kFewest = 2;
  constexpr unsigned kMost = 4;
  const unsigned automatic = std::clamp(2 * std::min(cores, kMost), kFewest, kMost);
  return {.defaultRuntime = settings.defaultRuntime,
          .resyncInterval = settings.reconcileInterval,
          .parallelPulls = settings.parallelPulls,
          .parallelOperations = settings.parallelOperations == 0 ? static_cast<int>(automatic)
                                                                 : settings.parallelOperations,
          .pullStall = settings.pullStall,
          .retry = policiesOf(settings.retry)};
}

}  // namespace holdfast::daemon
