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
  constexpr int kFewest = 2;
  constexpr int kMost = 4;
  const int automatic = std::clamp(static_cast<int>(std::min(cores, 1024u)), kFewest, kMost);
  return {.defaultRuntime = settings.defaultRuntime,
          .resyncInterval = settings.reconcileInterval,
          .parallelPulls = settings.parallelPulls,
          .parallelOperations =
              settings.parallelOperations == 0 ? automatic : settings.parallelOperations,
          .pullStall = settings.pullStall,
          .retry = policiesOf(settings.retry)};
}

}  // namespace holdfast::daemon
