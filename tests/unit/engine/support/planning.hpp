// SPDX-License-Identifier: Apache-2.0
// What the planner is asked, put together by hand: one target, one look at the engine "docker".
#pragma once

#include "engine/desired.hpp"
#include "engine/plan.hpp"
#include "manual_clock.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::engine::test {

inline const std::string kOwner = "00000000-0000-4000-8000-000000000001";

// The specifications of a target's services.
[[nodiscard]] Desired desiredOf(const std::string& target);

// The container that was made for the only service of this target.
[[nodiscard]] model::ObservedContainer containerOf(const std::string& target,
                                                   model::ContainerState state);

// A question, with an empty ledger and nothing that runs. Not to be copied: input() points into it.
class Planning {
 public:
  // Without a target none was ever accepted.
  explicit Planning(const std::optional<std::string>& target);
  Planning(const Planning&) = delete;
  Planning& operator=(const Planning&) = delete;

  model::Observation seen;  // every image of the target is asked for
  bool looked = true;       // else there is no look yet
  bool available = true;
  retry::RetryManager ledger{retry::Policies{}, [] { return 0.5; }};
  std::map<std::string, ServiceMemory> memories;
  std::set<std::string> justFailed;
  ManualClock clock;

  [[nodiscard]] Plan plan() const;

 private:
  std::optional<Desired> desired_;
};

// "pull reg/web:1", "stopContainer app_web_web", ... in the order of the chains.
[[nodiscard]] std::vector<std::string> stepsOf(const Plan& plan);

}  // namespace holdfast::engine::test
