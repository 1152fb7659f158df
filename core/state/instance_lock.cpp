// SPDX-License-Identifier: Apache-2.0
#include "state/instance_lock.hpp"

#include "state/state_error.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <system_error>

namespace holdfast::state {
namespace {

// The pid that the holder wrote; empty in the instant before it did.
std::string holderOf(int fd) {
  std::array<char, 16> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  std::string pid;
  for (ssize_t at = 0; at < size; ++at) {
    const char digit = text.at(static_cast<std::size_t>(at));
    if (std::isdigit(static_cast<unsigned char>(digit)) == 0) {
      break;
    }
    pid += digit;
  }
  return pid;
}

}  // namespace

InstanceLock::InstanceLock(const std::string& directory) {
  const std::string path = directory + "/lock";
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd_ < 0) {
    throw StateError("cannot open " + path + ": " + std::generic_category().message(errno) +
                     "; the state directory must be writable (key state.dir)");
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    const std::string pid = holderOf(fd_);
    ::close(fd_);
    if (error != EWOULDBLOCK) {
      throw StateError("cannot lock " + path + ": " + std::generic_category().message(error));
    }
    throw StateError("the state directory " + directory + " is in use by " +
                     (pid.empty() ? "another process" : "process " + pid) +
                     "; stop that agent first, or give this one another directory (key state.dir)");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  // Only a help for people: without it the message above says "another process".
  if (::ftruncate(fd_, 0) != 0 ||
      ::pwrite(fd_, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    static_cast<void>(::ftruncate(fd_, 0));
  }
}

InstanceLock::~InstanceLock() {
  ::close(fd_);
}

}  // namespace holdfast::state
