// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/trust.hpp"

#include "pluginhost/unique_fd.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace holdfast::pluginhost {
namespace {

constexpr uid_t kRoot = 0;

Refusal refused(const std::string& text) {
  return {Stage::Trust, text};
}

std::string errorText(int error) {
  return std::generic_category().message(error);
}

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", mode & 07777u);
  return text.data();
}

std::string userName(uid_t uid) {
  std::array<char, 4096> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  std::string number = "uid " + std::to_string(uid);
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return number;
  }
  return std::string(found->pw_name) + " (" + number + ")";
}

FileIdentity identityOf(const struct stat& info) {
  return {info.st_dev, info.st_ino, info.st_size,
          std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

std::optional<std::string> ownerProblem(const std::string& path, const struct stat& info,
                                        uid_t self) {
  if (info.st_uid == kRoot || info.st_uid == self) {
    return std::nullopt;
  }
  const std::string expected = self == kRoot ? "root" : "root or " + userName(self);
  return path + " belongs to " + userName(info.st_uid) + ", expected " + expected +
         "; run: chown root " + path;
}

std::optional<std::string> writerProblem(const std::string& path, const struct stat& info) {
  const mode_t open = info.st_mode & (S_IWGRP | S_IWOTH);
  if (open == 0) {
    return std::nullopt;
  }
  const std::string who = open == S_IWGRP   ? "its group"
                          : open == S_IWOTH ? "everybody"
                                            : "its group and everybody";
  return path + " is writable by " + who + " (mode " + octal(info.st_mode) +
         "), expected its owner alone; run: chmod go-w " + path;
}

// In a sticky folder of root's nobody can replace what belongs to somebody else.
bool isGuardedByStickyBit(const struct stat& info) {
  return info.st_uid == kRoot && (info.st_mode & S_ISVTX) != 0;
}

std::optional<std::string> folderProblem(const std::filesystem::path& folder, uid_t self) {
  struct stat info {};
  if (::lstat(folder.c_str(), &info) != 0) {
    return folder.string() + ": " + errorText(errno);
  }
  if (auto problem = ownerProblem(folder, info, self)) {
    return problem;
  }
  return isGuardedByStickyBit(info) ? std::nullopt : writerProblem(folder, info);
}

std::string openProblem(const std::filesystem::path& file, int error) {
  if (error == ELOOP) {
    return file.string() + " is a symbolic link; put the plugin itself there";
  }
  if (error == ENOENT) {
    return file.string() + " does not exist; a plugin is the file <name>.so in plugins.dir";
  }
  return file.string() + " cannot be opened: " + errorText(error);
}

}  // namespace

Outcome<TrustedFile> checkTrust(const std::filesystem::path& file, uid_t self) {
  if (!file.is_absolute() || !file.has_filename()) {
    return refused(file.string() + " is no absolute path of a file");
  }
  // O_NONBLOCK: a FIFO must not hold the agent up.
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) {
    return refused(openProblem(file, errno));
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) {
    return refused(file.string() + ": " + errorText(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return refused(file.string() + " is no regular file");
  }
  if (const auto problem = ownerProblem(file, info, self)) {
    return refused(*problem);
  }
  if (const auto problem = writerProblem(file, info)) {
    return refused(*problem);
  }
  std::error_code error;
  const auto parent = std::filesystem::canonical(file.parent_path(), error);
  if (error) {
    return refused(file.parent_path().string() + ": " + error.message());
  }
  for (auto folder = parent;; folder = folder.parent_path()) {
    if (const auto problem = folderProblem(folder, self)) {
      return refused(*problem);
    }
    if (folder == folder.root_path()) {
      break;
    }
  }
  return TrustedFile{parent / file.filename(), identityOf(info)};
}

Outcome<TrustedFile> checkTrust(const std::filesystem::path& file) {
  return checkTrust(file, ::geteuid());
}

std::optional<FileIdentity> fileIdentity(const std::filesystem::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    return std::nullopt;
  }
  return identityOf(info);
}

}  // namespace holdfast::pluginhost
