// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"

#include <poll.h>

#include <chrono>

namespace holdfast::runtime {

// Lets time pass. False, at once, when the host cancels the call.
[[nodiscard]] inline bool wait(const sdk::Call& call, std::chrono::milliseconds time) {
  pollfd cancelled{call.cancelFd(), POLLIN, 0};
  return ::poll(&cancelled, 1, static_cast<int>(time.count())) == 0 && !call.cancelled();
}

}  // namespace holdfast::runtime
