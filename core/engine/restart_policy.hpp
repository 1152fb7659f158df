// SPDX-License-Identifier: Apache-2.0
// How a run ended, and whether its container is started again (Kubernetes:
// ShouldContainerBeRestarted in pkg/kubelet/container/helpers.go). How long that waits is the crash
// ladder's business.
#pragma once

#include "model/observation.hpp"
#include "model/target.hpp"

#include <string>

namespace holdfast::engine {

// "OOMKilled", "Completed" (exit code 0) or "Error".
[[nodiscard]] std::string exitReason(const model::ObservedContainer& container);

// Does the policy want a container that ended with this code to run again?
[[nodiscard]] bool restartsAfter(const model::RestartPolicy& policy, int exitCode);

// The same for one that was ended for a probe, whatever its code.
[[nodiscard]] bool restartsUnhealthy(const model::RestartPolicy& policy);

}  // namespace holdfast::engine
