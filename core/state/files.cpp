// SPDX-License-Identifier: Apache-2.0
#include "state/files.hpp"

#include "state/state_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

namespace holdfast::state {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDamagedKept = 3;

// The database itself first: its name is what the others are derived from.
constexpr std::array<std::string_view, 3> kParts{"", "-wal", "-shm"};

[[noreturn]] void fail(const std::string& doing, int error) {
  throw StateError("cannot " + doing + ": " + std::generic_category().message(error));
}

class File {
 public:
  File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

// A rename is on disk only when its directory is.
void syncDirectory(const fs::path& directory) {
  const File file(directory.string(), O_RDONLY | O_DIRECTORY);
  if (file.fd() < 0 || ::fsync(file.fd()) != 0) {
    fail("sync " + directory.string(), errno);
  }
}

bool writeAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// "20251024T101602Z"
std::string stamp(model::WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d%02u%02uT%02lld%02lld%02lldZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<long long>(time.hours().count()),
                static_cast<long long>(time.minutes().count()),
                static_cast<long long>(time.seconds().count()));
  return text.data();
}

void dropOldSets(const std::string& path, const std::string& newest) {
  const fs::path database(path);
  const std::string prefix = database.filename().string() + ".damaged-";
  std::set<std::string> names;
  std::error_code error;
  for (const auto& item : fs::directory_iterator(database.parent_path(), error)) {
    const std::string name = item.path().filename().string();
    const bool part = name.ends_with("-wal") || name.ends_with("-shm");
    if (name.starts_with(prefix) && !part) {
      names.insert(name);
    }
  }
  // The newest is kept whatever its name says: the wall clock may have been wrong.
  names.erase(fs::path(newest).filename().string());
  while (names.size() >= kDamagedKept) {
    for (const std::string_view part : kParts) {
      fs::remove(database.parent_path() / (*names.begin() + std::string(part)), error);
    }
    names.erase(names.begin());
  }
}

}  // namespace

void makePrivateDirectory(const std::string& directory) {
  const fs::path path(directory);
  std::error_code error;
  if (path.has_parent_path()) {
    fs::create_directories(path.parent_path(), error);
  }
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    fail("make the state directory " + directory, errno);
  }
  struct stat about {};
  if (::stat(directory.c_str(), &about) != 0) {
    fail("look at the state directory " + directory, errno);
  }
  if (!S_ISDIR(about.st_mode)) {
    fail("use " + directory + " as state directory", ENOTDIR);
  }
  if ((about.st_mode & 077U) != 0 && ::chmod(directory.c_str(), 0700) != 0) {
    fail("take the rights of others from the state directory " + directory, errno);
  }
}

void writePrivateFile(const std::string& path, const std::string& content) {
  const std::string temporary = path + ".new";
  {
    const File file(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (file.fd() < 0 || !writeAll(file.fd(), content) || ::fsync(file.fd()) != 0) {
      fail("write " + temporary, errno);
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    fail("rename " + temporary + " to " + path, errno);
  }
  syncDirectory(fs::path(path).parent_path());
}

std::optional<std::string> readSmallFile(const std::string& path, std::size_t limit) {
  const File file(path, O_RDONLY | O_NOFOLLOW);
  if (file.fd() < 0) {
    return std::nullopt;
  }
  std::string content(limit, '\0');
  const ssize_t size = ::pread(file.fd(), content.data(), content.size(), 0);
  if (size < 0) {
    return std::nullopt;
  }
  content.resize(static_cast<std::size_t>(size));
  return content;
}

std::string setAside(const std::string& path, model::WallTime now) {
  const std::string wanted = path + ".damaged-" + stamp(now);
  std::string name = wanted;
  for (int number = 2; fs::exists(name); ++number) {
    name = wanted;
    name += "." + std::to_string(number);
  }
  for (const std::string_view part : kParts) {
    std::string from = path;
    std::string to = name;
    from += part;
    to += part;
    if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
      from += " as ";
      from += to;
      fail("set aside " + from, errno);
    }
  }
  syncDirectory(fs::path(path).parent_path());
  dropOldSets(path, name);
  return name;
}

}  // namespace holdfast::state
