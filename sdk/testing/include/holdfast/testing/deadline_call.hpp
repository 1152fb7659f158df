// SPDX-License-Identifier: Apache-2.0
// A Call as the agent makes it: its time runs down, and at the end of it the call is cancelled.
#pragma once

#include "holdfast/sdk/types.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>

namespace holdfast::testing {

// Thread-safe, as the host's own, and needs no thread to run down: the descriptor is a timer.
class DeadlineCall final : public sdk::Call {
 public:
  // `limitMs` from now on; INT64_MAX: no deadline. Throws std::system_error when there is no
  // descriptor left.
  explicit DeadlineCall(std::int64_t limitMs = INT64_MAX)
      : fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
    if (fd_ < 0) {
      throw std::system_error(errno, std::generic_category(), "timerfd_create");
    }
    if (limitMs != INT64_MAX) {
      endless_ = false;
      deadline_ = Clock::now() + std::chrono::milliseconds(limitMs);
      fireIn(std::chrono::milliseconds(limitMs));
    }
  }
  ~DeadlineCall() { ::close(fd_); }
  DeadlineCall(const DeadlineCall&) = delete;
  DeadlineCall& operator=(const DeadlineCall&) = delete;

  void cancel() {
    cancelled_ = true;
    fireIn(std::chrono::milliseconds(0));
  }

  [[nodiscard]] bool cancelled() const noexcept override {
    return cancelled_ || remainingMs() == 0;
  }
  [[nodiscard]] std::int64_t remainingMs() const noexcept override {
    if (endless_) {
      return INT64_MAX;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    return std::max<std::int64_t>(left.count(), 0);
  }
  [[nodiscard]] int cancelFd() const noexcept override { return fd_; }

  void explain(std::string_view message, std::string_view raw) noexcept override {
    const std::lock_guard lock(mutex_);
    message_ = message;
    raw_ = raw;
  }

  [[nodiscard]] std::string message() const {
    const std::lock_guard lock(mutex_);
    return message_;
  }
  [[nodiscard]] std::string raw() const {
    const std::lock_guard lock(mutex_);
    return raw_;
  }

 private:
  using Clock = std::chrono::steady_clock;

  // A timer of zero would be none at all.
  void fireIn(std::chrono::milliseconds time) const {
    const std::int64_t ns = std::max<std::int64_t>(std::chrono::nanoseconds(time).count(), 1);
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(ns / 1'000'000'000);
    when.it_value.tv_nsec = static_cast<long>(ns % 1'000'000'000);
    ::timerfd_settime(fd_, 0, &when, nullptr);
  }

  const int fd_;
  bool endless_ = true;
  Clock::time_point deadline_;
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  std::string message_;
  std::string raw_;
};

}  // namespace holdfast::testing
