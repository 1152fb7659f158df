// SPDX-License-Identifier: Apache-2.0
#include "uplink/iotistic/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace holdfast::iotistic {
namespace {

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

void check(bool worked, const std::string& path) {
  if (!worked) {
    throw std::system_error(errno, std::generic_category(), "cannot write " + path);
  }
}

void writeAll(int descriptor, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    check(count >= 0, path);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

void writeDurably(const std::string& path, std::string_view content) {
  const std::string draft = path + ".new";
  {
    // One that is left over may have another mode.
    ::unlink(draft.c_str());
    const Descriptor file(draft, O_WRONLY | O_CREAT | O_EXCL);
    check(file.number() >= 0, draft);
    writeAll(file.number(), content, draft);
    check(::fsync(file.number()) == 0, draft);
  }
  check(std::rename(draft.c_str(), path.c_str()) == 0, path);
  const std::string directory = std::filesystem::path(path).parent_path().string();
  const Descriptor folder(directory, O_RDONLY | O_DIRECTORY);
  check(folder.number() >= 0 && ::fsync(folder.number()) == 0, directory);
}

}  // namespace holdfast::iotistic
