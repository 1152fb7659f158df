// SPDX-License-Identifier: Apache-2.0
// Labels of a clock that was not set: machines without a clock battery start in 1970.
#pragma once

#include "model/time.hpp"

namespace holdfast::model {

// Nothing that Holdfast labels is older: an earlier label is of a clock that was not set, and says
// nothing of an age.
inline constexpr WallTime kClockSet{std::chrono::sys_days{std::chrono::January / 1 / 2020}};

}  // namespace holdfast::model
