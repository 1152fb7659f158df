// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace holdfast::support {

// A descriptor that stays readable from raise() to lower(), for poll() and CallLimits. Thread-safe.
class StopSignal {
 public:
  // Throws std::system_error when there is no descriptor left.
  StopSignal() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) {
      throw std::system_error(errno, std::generic_category(), "eventfd");
    }
  }
  ~StopSignal() { ::close(descriptor_); }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void raise() const noexcept { ::eventfd_write(descriptor_, 1); }
  void lower() const noexcept {
    eventfd_t count = 0;
    ::eventfd_read(descriptor_, &count);
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace holdfast::support
