// SPDX-License-Identifier: Apache-2.0
#include "daemon/pid_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace holdfast::daemon {

PidFile::PidFile(std::string path) : path_(std::move(path)) {
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const std::string text = std::to_string(::getpid()) + "\n";
  const bool written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fchmod(file, 0644) == 0;  // readable whatever the umask
  const int error = errno;
  if (file >= 0) {
    ::close(file);
  }
  if (!written) {
    throw std::system_error(error, std::generic_category(), "--pidfile " + path_);
  }
}

PidFile::~PidFile() {
  ::unlink(path_.c_str());
}

}  // namespace holdfast::daemon
