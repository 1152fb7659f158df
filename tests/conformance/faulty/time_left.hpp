// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <holdfast/sdk/types.hpp>

#include <cstdint>

namespace holdfast::faulty {

// Whether a call ended for another reason than its deadline. One that ran into it may be back a
// moment before the clock of the call has reached it.
[[nodiscard]] inline bool hasTimeLeft(const sdk::Call& call) {
  constexpr std::int64_t kMomentMs = 50;
  return call.remainingMs() > kMomentMs;
}

}  // namespace holdfast::faulty
