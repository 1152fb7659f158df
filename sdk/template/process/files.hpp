// SPDX-License-Identifier: Apache-2.0
// The file system, as far as the plugin and its supervisor need it.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace process {

// Owns a descriptor.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { close(); }

  explicit operator bool() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) {
      ::close(std::exchange(fd_, -1));
    }
  }

 private:
  int fd_;
};

struct Pipe {
  Pipe();  // both ends close on exec; throws std::system_error
  Fd read;
  Fd write;
};

// Everything in the file, nothing when there is none. Throws std::system_error when it cannot be
// read or has more than `maxBytes`.
[[nodiscard]] std::optional<std::string> readFile(const std::filesystem::path& file,
                                                  std::size_t maxBytes = 1024 * 1024);

// Puts `content` (mode 0600) in place of whatever is there. After a power cut it is the old file or
// the new one, never a part of it. Throws std::system_error.
void replaceFile(const std::filesystem::path& file, std::string_view content);

// Writes all of it. Throws std::system_error.
void writeAll(int fd, std::string_view bytes);

// 128 random bits, in hexadecimal digits.
[[nodiscard]] std::string randomName();

// Milliseconds since the epoch, now.
[[nodiscard]] std::int64_t nowMs();

[[noreturn]] void throwErrno(const std::string& what);

}  // namespace process
