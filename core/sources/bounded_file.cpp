// SPDX-License-Identifier: Apache-2.0
#include "sources/bounded_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace holdfast::sources {
namespace {

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

FileContent readBounded(const std::string& path, std::size_t limit) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    return {{}, errno, false};
  }
  if (!S_ISREG(status.st_mode)) {
    return {{}, S_ISDIR(status.st_mode) ? EISDIR : ENOTSUP, false};
  }
  FileContent content;
  content.text.resize(limit + 1 < static_cast<std::size_t>(status.st_size) + 1
                          ? limit + 1
                          : static_cast<std::size_t>(status.st_size) + 1);
  std::size_t size = 0;
  for (;;) {
    if (size == content.text.size()) {
      if (size > limit) {
        return {{}, 0, true};
      }
      content.text.resize(std::min(limit + 1, size * 2));  // it grows while it is being read
    }
    const ssize_t got = ::read(file.get(), content.text.data() + size, content.text.size() - size);
    if (got == 0) {
      content.text.resize(size);
      return content;
    }
    if (got < 0 && errno != EINTR) {
      return {{}, errno, false};
    }
    size += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
}

}  // namespace holdfast::sources
