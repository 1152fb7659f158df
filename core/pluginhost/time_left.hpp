// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pluginhost/alarm.hpp"

#include <algorithm>
#include <chrono>

namespace holdfast::pluginhost {

// Until `when`, rounded up; nothing when it is past.
[[nodiscard]] inline std::chrono::milliseconds timeLeft(Alarm::Clock::time_point when) {
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(when - Alarm::Clock::now()),
                  std::chrono::milliseconds{0});
}

}  // namespace holdfast::pluginhost
