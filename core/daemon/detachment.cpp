// SPDX-License-Identifier: Apache-2.0
#include "daemon/detachment.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace holdfast::daemon {
namespace {

[[noreturn]] void waitForChild(int pipe, pid_t child) {
  char byte = 0;
  ssize_t got = 0;
  while ((got = ::read(pipe, &byte, 1)) < 0 && errno == EINTR) {
  }
  if (got == 1) {
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ::_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1);
}

}  // namespace

Detachment::Detachment(bool isDetached) {
  if (isDetached) {
    return;
  }
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "--daemon: pipe");
  }
  const pid_t child = ::fork();
  if (child < 0) {
    throw std::system_error(errno, std::generic_category(), "--daemon: fork");
  }
  if (child > 0) {
    ::close(pipe[1]);
    waitForChild(pipe[0], child);
  }
  ::close(pipe[0]);
  ::setsid();
  parent_ = pipe[1];
}

Detachment::~Detachment() {
  if (parent_ >= 0) {
    ::close(parent_);
  }
}

void Detachment::ready() {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null >= 0) {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      ::dup2(null, stream);
    }
    ::close(null);
  }
  static_cast<void>(!::chdir("/"));  // no file system is kept busy; nothing depends on it
  if (parent_ < 0) {
    return;
  }
  const char byte = 1;
  static_cast<void>(!::write(parent_, &byte, 1));  // a parent that is gone needs no answer
  ::close(parent_);
  parent_ = -1;
}

}  // namespace holdfast::daemon
