// SPDX-License-Identifier: Apache-2.0
#include "holdfast/support/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace holdfast::support {
namespace {

constexpr std::size_t kMaxBytes = 64u * 1024;

class File {
 public:
  explicit File(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}
  ~File() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

std::string reason() {
  return std::generic_category().message(errno);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t from = text.find_first_not_of(kSpace);
  if (from == std::string_view::npos) {
    return {};
  }
  return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

}  // namespace

SecretText readSecretFile(const std::string& path) {
  const File file(path);
  if (file.number() < 0) {
    return {{}, "cannot open " + path + ": " + reason()};
  }
  struct stat info {};
  if (::fstat(file.number(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return {{}, path + " is no regular file"};
  }
  if ((info.st_mode & S_IRWXO) != 0) {
    return {{}, path + " may be used by everybody; run: chmod o= " + path};
  }
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t count = ::read(file.number(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return {{}, "cannot read " + path + ": " + reason()};
    }
    if (count == 0) {
      return {std::move(text), {}};
    }
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (text.size() > kMaxBytes) {
      return {{}, path + " is longer than 64 KiB"};
    }
  }
}

std::vector<std::string> meaningfulLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    if (!line.empty() && line.front() != '#') {
      lines.emplace_back(line);
    }
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

SecretLine readSecretLine(const std::string& path) {
  const SecretText file = readSecretFile(path);
  if (!file.text) {
    return {{}, file.problem};
  }
  std::vector<std::string> lines = meaningfulLines(*file.text);
  if (lines.size() != 1) {
    return {{}, "expected one line in " + path + ", found " + std::to_string(lines.size())};
  }
  return {std::move(lines.front()), {}};
}

}  // namespace holdfast::support
