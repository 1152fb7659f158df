// SPDX-License-Identifier: Apache-2.0
#include "logfile_notifier.hpp"

#include "line.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace logfile {
namespace {

namespace sdk = holdfast::sdk;
using sdk::ErrorClass;
using sdk::Status;

// The one place where the far side's answers get their class: what the host does next follows from
// it alone.
ErrorClass classOf(int error) {
  switch (error) {
    case ENOENT:  // the folder; the file is made
    case ENOTDIR:
      return ErrorClass::NotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorClass::Denied;
    case EISDIR:  // these need another configuration
    case ELOOP:
    case ENXIO:  // a FIFO that nobody reads, a socket
      return ErrorClass::Rejected;
    default:  // ENOSPC, EDQUOT, EFBIG, EIO, EMFILE, ...
      return ErrorClass::Transient;
  }
}

Status fail(sdk::Call& call, ErrorClass code, const std::string& message) {
  call.explain(message, {});
  return {code};
}

Status failed(sdk::Call& call, const std::string& path, int error) {
  return fail(call, classOf(error), path + ": " + std::strerror(error));
}

class File {
 public:
  // Never waits: for a FIFO without a reader it would be for ever.
  explicit File(const std::string& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640)) {}
  ~File() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] bool isOpen() const { return fd_ >= 0; }

  // The file's size; nothing, as -1, when it is no regular file.
  [[nodiscard]] off_t size() const {
    struct stat status {};
    return ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : -1;
  }

  // 0, or errno with the file as long as it was.
  [[nodiscard]] int append(std::string_view bytes, off_t size) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) {
        return undo(errno, size);
      }
      bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return ::fdatasync(fd_) == 0 ? 0 : undo(errno, size);
  }

 private:
  [[nodiscard]] int undo(int error, off_t size) const {
    // Fails on a broken disk only; then readers find half a line, and the whole one behind it.
    return ::ftruncate(fd_, size) == 0 ? error : EIO;
  }

  const int fd_;
};

}  // namespace

// The host has checked the schema; a test, or another host, may not have.
LogfileNotifier::LogfileNotifier(sdk::Host& host) : path_(host.option("path")) {
  if (path_.empty()) {
    throw std::invalid_argument("option path is missing; expected an absolute path");
  }
}

// A folder that is not there yet may be mounted later.
Status LogfileNotifier::start(sdk::Call&) {
  return {};
}

Status LogfileNotifier::health(sdk::Call& call) {
  if (::access(path_.c_str(), W_OK) == 0) {
    return {};
  }
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  const bool absent = errno == ENOENT;
  if (absent && ::access(folder.c_str(), W_OK | X_OK) == 0) {
    return {};
  }
  return fail(call, ErrorClass::Unavailable,
              (absent ? folder : path_) + ": " + std::strerror(errno));
}

Status LogfileNotifier::deliver(const sdk::Notification& notification, sdk::Call& call) {
  try {
    const std::string line = lineOf(notification);
    const std::lock_guard lock(mutex_);
    if (call.cancelled()) {
      return fail(call, ErrorClass::Cancelled, "cancelled");
    }
    const File file(path_);  // opened anew each time: it may have been rotated away
    if (!file.isOpen()) {
      return failed(call, path_, errno);
    }
    const off_t size = file.size();
    if (size < 0) {
      return fail(call, ErrorClass::Rejected, path_ + " is no regular file");
    }
    const int error = file.append(line, size);
    return error == 0 ? Status{} : failed(call, path_, error);
  } catch (const std::exception& problem) {
    return fail(call, ErrorClass::Transient, problem.what());  // out of memory
  }
}

}  // namespace logfile
