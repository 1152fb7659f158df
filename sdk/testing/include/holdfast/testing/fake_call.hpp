// SPDX-License-Identifier: Apache-2.0
// A Call for the unit tests of a plugin: cancelled by the test, keeps what was explained.
#pragma once

#include "holdfast/sdk/types.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>

namespace holdfast::testing {

// Thread-safe, as the host's own. Throws std::system_error when there is no descriptor left.
class FakeCall final : public sdk::Call {
 public:
  explicit FakeCall(std::int64_t remainingMs = INT64_MAX)
      : remainingMs_(remainingMs), fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0) {
      throw std::system_error(errno, std::generic_category(), "eventfd");
    }
  }
  ~FakeCall() { ::close(fd_); }
  FakeCall(const FakeCall&) = delete;
  FakeCall& operator=(const FakeCall&) = delete;

  void cancel() {
    cancelled_ = true;
    ::eventfd_write(fd_, 1);
  }

  [[nodiscard]] bool cancelled() const noexcept override { return cancelled_; }
  // Does not run down by itself: the same test sees the same answer.
  [[nodiscard]] std::int64_t remainingMs() const noexcept override { return remainingMs_; }
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
  const std::int64_t remainingMs_;
  const int fd_;
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  std::string message_;
  std::string raw_;
};

}  // namespace holdfast::testing
