// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>

namespace process {

void throwErrno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

Pipe::Pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throwErrno("pipe");
  }
  read = Fd(ends[0]);
  write = Fd(ends[1]);
}

std::optional<std::string> readFile(const std::filesystem::path& file, std::size_t maxBytes) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT) {
      return std::nullopt;
    }
    throwErrno(file.string());
  }
  std::string content;
  std::array<char, 4096> part{};
  ssize_t got = 0;
  while ((got = ::read(fd.get(), part.data(), part.size())) > 0) {
    content.append(part.data(), static_cast<std::size_t>(got));
    if (content.size() > maxBytes) {
      errno = EFBIG;
      throwErrno(file.string());
    }
  }
  if (got < 0) {
    throwErrno(file.string());
  }
  return content;
}

void writeAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      throwErrno("write");
    }
    bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
}

void replaceFile(const std::filesystem::path& file, std::string_view content) {
  const std::filesystem::path folder = file.parent_path();
  const std::filesystem::path part = folder / (".new-" + randomName());
  try {
    const Fd fd(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) {
      throwErrno(part.string());
    }
    writeAll(fd.get(), content);
    if (::fsync(fd.get()) != 0 || ::rename(part.c_str(), file.c_str()) != 0) {
      throwErrno(file.string());
    }
  } catch (...) {
    ::unlink(part.c_str());
    throw;
  }
  const Fd directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0) {
    throwErrno(folder.string());
  }
}

std::string randomName() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throwErrno("getrandom");
  }
  std::string name;
  for (const unsigned byte : bytes) {
    name += "0123456789abcdef"[byte >> 4U];
    name += "0123456789abcdef"[byte & 15U];
  }
  return name;
}

std::int64_t nowMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace process
