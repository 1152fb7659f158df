// SPDX-License-Identifier: Apache-2.0
// `apply --wait`: follows an accepted revision until it has settled.
#pragma once

#include "cli/context.hpp"

#include <chrono>
#include <cstdint>

namespace holdfast::cli {

// Shows progress (in place on a terminal, plain lines elsewhere, nothing with -o json) and blocks
// until the agent has settled on this revision or the time is over. What was settled before the
// revision was in force does not count. Returns kDone, kSettledFailing, or kFailed on time-out and
// when another target took its place.
[[nodiscard]] int waitUntilSettled(Context& context, std::int64_t revision,
                                   std::chrono::seconds limit);

}  // namespace holdfast::cli
