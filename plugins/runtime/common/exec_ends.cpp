// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/exec_ends.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace holdfast::runtime {

ExecEnds::Wait::Wait(ExecEnds& ends, std::string id) : ends_(ends), id_(std::move(id)) {
  const std::lock_guard lock(ends_.mutex_);
  if (ends_.streams_ > 0) {
    fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);  // -1, without one to be had, is an answer too
    ends_.waits_.emplace(id_, this);
  }
}

ExecEnds::Wait::~Wait() {
  {
    const std::lock_guard lock(ends_.mutex_);
    ends_.waits_.erase(id_);
  }
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

std::optional<int> ExecEnds::Wait::exitCode() const {
  const std::lock_guard lock(ends_.mutex_);
  return exitCode_;
}

void ExecEnds::connected() {
  const std::lock_guard lock(mutex_);
  ++streams_;
}

void ExecEnds::disconnected() {
  const std::lock_guard lock(mutex_);
  --streams_;
}

void ExecEnds::ended(const std::string& id, int exitCode) {
  const std::lock_guard lock(mutex_);
  const auto wait = waits_.find(id);
  if (wait == waits_.end()) {
    return;
  }
  wait->second->exitCode_ = exitCode;
  if (wait->second->fd_ >= 0) {
    ::eventfd_write(wait->second->fd_, 1);
  }
}

}  // namespace holdfast::runtime
