// SPDX-License-Identifier: Apache-2.0
// What a service's probes are, and what their reports mean for it. Pure, like plan().
#pragma once

#include "engine/plan.hpp"
#include "engine/probe_port.hpp"
#include "model/observation.hpp"
#include "model/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace holdfast::engine {

[[nodiscard]] ProbeSet probesOf(const model::Service& service,
                                const std::optional<model::ImageCheck>& check);

// The check of the image that the service names, as its runtime showed it.
[[nodiscard]] std::optional<model::ImageCheck> checkOf(const PlanInput& input,
                                                       const model::Service& service);

// The service with its image's check written into it, for when that cannot be looked up any more.
[[nodiscard]] model::Service withCheck(model::Service service,
                                       const std::optional<model::ImageCheck>& check);

// The report on this run of the container; nullptr: there is none yet.
[[nodiscard]] const ProbeReport* reportOf(const PlanInput& input, const std::string& serviceKey,
                                          const model::ObservedContainer& container);

// Running, started, and ready by its probes. Before their first report none has succeeded.
[[nodiscard]] bool isReady(const PlanInput& input, const std::string& serviceKey,
                           const ProbeSet& probes, const model::ObservedContainer& container);

// "liveness probe failed: connection refused"
[[nodiscard]] std::string failedText(const Condemnation& condemned);

// What there is to probe by these decisions.
[[nodiscard]] std::vector<ProbeTask> probeTasksOf(const std::vector<Decision>& decisions,
                                                  const PlanInput& input);

// What is shown of them; nothing where a service has no probes.
[[nodiscard]] std::optional<model::ProbesStatus> probesStatusOf(const Decision& decision,
                                                                const PlanInput& input);

}  // namespace holdfast::engine
