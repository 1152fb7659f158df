// SPDX-License-Identifier: Apache-2.0
// What an uplink says of itself between its calls, kept for those who must not wait for a plugin.
#pragma once

#include "holdfast/sdk/uplink.hpp"
#include "uplink/ports.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace holdfast::pluginhost {

// Bounds on facts. Longer values are cut; further facts, and those whose name is too long or has
// other characters than letters and digits, are left out.
inline constexpr std::size_t kMaxFacts = 64;
inline constexpr std::size_t kMaxFactName = 64;
inline constexpr std::size_t kMaxFactValue = 1'024;

// Thread-safe.
class UplinkWords {
 public:
  // Asks the plugin, in the calling thread, for as long as it takes. Returns one line about what
  // breaks the contract, and changes nothing then; empty when all was well.
  [[nodiscard]] std::string ask(const sdk::UplinkPlugin& plugin);

  // Of the latest ask(). Never wait for the plugin.
  [[nodiscard]] sdk::EnrolmentStep enrolment() const;
  [[nodiscard]] std::vector<uplink::Fact> facts() const;

 private:
  std::mutex asking_;  // an older answer never takes the place of a newer one
  mutable std::mutex mutex_;
  sdk::EnrolmentStep enrolment_ = sdk::EnrolmentStep::None;
  std::vector<uplink::Fact> facts_;
};

}  // namespace holdfast::pluginhost
