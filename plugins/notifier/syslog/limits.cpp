// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/limits.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace holdfast::syslog {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMostMs = 24 * 3600 * 1000;

}  // namespace

int Limits::remainingMs() const {
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, kMostMs));
}

Limits limitsOf(const sdk::Call& call, std::int64_t ownTimeoutMs, int stopFd) {
  const std::int64_t time = std::min({ownTimeoutMs, call.remainingMs(), kMostMs});
  return {
      .until = Clock::now() + milliseconds(time), .cancelFd = call.cancelFd(), .stopFd = stopFd};
}

Wait waitFor(int descriptor, short events, const Limits& limits, int mostMs) {
  const Limits own{.until = std::min(limits.until, Clock::now() + milliseconds(mostMs)),
                   .cancelFd = limits.cancelFd,
                   .stopFd = limits.stopFd};
  for (;;) {
    std::array<pollfd, 3> polled = {pollfd{descriptor, events, 0},
                                    pollfd{limits.cancelFd, POLLIN, 0},
                                    pollfd{limits.stopFd, POLLIN, 0}};
    const int count = ::poll(polled.data(), polled.size(), own.remainingMs());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (polled[1].revents != 0 || polled[2].revents != 0) {
      return Wait::Cancelled;
    }
    return polled[0].revents != 0 ? Wait::Ready : Wait::TimedOut;
  }
}

Result cancelled() {
  return {sdk::ErrorClass::Cancelled, "cancelled"};
}

Result timedOut() {
  return {sdk::ErrorClass::Transient, "no answer in time"};
}

}  // namespace holdfast::syslog
