// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "files.hpp"
#include <holdfast/sdk/types.hpp>

#include <cstdint>

namespace process {

enum class Wait { Ready, TimedOut, Cancelled };

// Blocks until the descriptor is readable (or its other end closed), `limitMs` are over, or the
// call is. INT64_MAX: no limit.
[[nodiscard]] Wait await(const Fd& fd, holdfast::sdk::Call& call, std::int64_t limitMs);

}  // namespace process
