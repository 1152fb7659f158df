// SPDX-License-Identifier: Apache-2.0
#include "waiting.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>

namespace process {

Wait await(const Fd& fd, holdfast::sdk::Call& call, std::int64_t limitMs) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  std::array<pollfd, 2> sources = {{{fd.get(), POLLIN, 0}, {call.cancelFd(), POLLIN, 0}}};
  for (;;) {
    const auto passed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
    const std::int64_t left = std::clamp<std::int64_t>(limitMs - passed, 0, INT_MAX);
    const bool endless = limitMs == INT64_MAX;
    const int ready = ::poll(sources.data(), sources.size(), endless ? -1 : static_cast<int>(left));
    if (ready < 0 && errno != EINTR) {
      throwErrno("poll");
    }
    if (call.cancelled()) {
      return Wait::Cancelled;
    }
    if (ready > 0 && sources[0].revents != 0) {
      return Wait::Ready;
    }
    if (ready == 0 && !endless && left < INT_MAX) {
      return Wait::TimedOut;
    }
  }
}

}  // namespace process
