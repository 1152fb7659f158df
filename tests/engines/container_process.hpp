// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace holdfast::engines {

/// A process of a container, held on to by a pidfd: whether it has ended is asked of the kernel and
/// not of an engine, and another process that is given its number later is not mistaken for it.
class ContainerProcess {
 public:
  /// The process has to be there; throws std::system_error when it is not.
  explicit ContainerProcess(pid_t pid)
      : descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {
    if (descriptor_ < 0) {
      throw std::system_error(errno, std::generic_category(), "pidfd_open");
    }
  }
  ContainerProcess(ContainerProcess&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ContainerProcess& operator=(ContainerProcess&&) = delete;
  ~ContainerProcess() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  /// Does not block.
  bool ended() const {
    pollfd ending{.fd = descriptor_, .events = POLLIN, .revents = 0};
    return ::poll(&ending, 1, 0) > 0;
  }

 private:
  int descriptor_;
};

}  // namespace holdfast::engines
