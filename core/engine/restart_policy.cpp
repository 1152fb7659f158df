// SPDX-License-Identifier: Apache-2.0
#include "engine/restart_policy.hpp"

namespace holdfast::engine {

std::string exitReason(const model::ObservedContainer& container) {
  if (container.oomKilled)
    return "OOMKilled";
  return container.exitCode == 0 ? "Completed" : "Error";
}

bool restartsAfter(const model::RestartPolicy& policy, int exitCode) {
  using Kind = model::RestartPolicy::Kind;
  return policy.kind == Kind::Always || (policy.kind == Kind::OnFailure && exitCode != 0);
}

bool restartsUnhealthy(const model::RestartPolicy& policy) {
  return policy.kind != model::RestartPolicy::Kind::Never;
}

}  // namespace holdfast::engine
