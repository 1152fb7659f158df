// SPDX-License-Identifier: Apache-2.0
// The end of the causal chain: what happens next, when, and what would change it. Pure.
#pragma once

#include "engine/snapshot.hpp"
#include "model/time.hpp"
#include "retry/retry_manager.hpp"

#include <optional>
#include <string>
#include <vector>

namespace holdfast::api {

struct Next {
  // A short name of it, for programs: "retry 3/10", "gave up", "fix spec", "restart", ...
  std::string what;
  std::optional<model::WallTime> at;  // absent: at no known instant, or never
  std::string words;
  std::vector<std::string> changes;  // each something that would change the course of things
};

[[nodiscard]] Next nextOf(const engine::Snapshot& snapshot, const engine::ServiceView& view,
                          const model::Now& now);

// The runtime of that name; nullptr when none is loaded.
[[nodiscard]] const engine::RuntimeStatus* runtimeOf(const engine::Snapshot& snapshot,
                                                     const std::string& name);

// The service's entry of this family in the ledger; nullptr when nothing of it has failed.
[[nodiscard]] const retry::Entry* entryOf(const engine::ServiceView& view, retry::Family family);

// The service as the target in force has it; nullptr when it has left it.
[[nodiscard]] const model::Service* targetService(const engine::Snapshot& snapshot,
                                                  const std::string& key);

}  // namespace holdfast::api
