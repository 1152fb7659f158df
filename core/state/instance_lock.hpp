// SPDX-License-Identifier: Apache-2.0
// One agent per state directory.
#pragma once

#include <string>

namespace holdfast::state {

// Holds flock() on <directory>/lock from construction to destruction, also over the process's end
// by whatever cause. Take it after becoming a daemon: the file names the process that took it.
class InstanceLock {
 public:
  // Does not wait. Throws StateError when another process holds the lock (with its pid), or when
  // the file cannot be made.
  explicit InstanceLock(const std::string& directory);
  InstanceLock(const InstanceLock&) = delete;
  InstanceLock& operator=(const InstanceLock&) = delete;
  ~InstanceLock();

 private:
  int fd_;
};

}  // namespace holdfast::state
