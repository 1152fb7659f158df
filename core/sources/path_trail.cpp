// SPDX-License-Identifier: Apache-2.0
#include "sources/path_trail.hpp"

#include <deque>
#include <filesystem>
#include <system_error>

namespace holdfast::sources {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxSymlinks = 40;  // Linux: MAXSYMLINKS

std::deque<std::string> components(const fs::path& path) {
  std::deque<std::string> names;
  for (const auto& part : path.relative_path()) {
    if (!part.empty() && part != ".") {
      names.push_back(part);
    }
  }
  return names;
}

}  // namespace

std::vector<TrailEntry> trailOf(const std::string& path) {
  std::vector<TrailEntry> trail;
  fs::path directory = "/";
  std::deque<std::string> rest = components(path);
  int symlinks = 0;
  while (!rest.empty()) {
    const std::string name = rest.front();
    rest.pop_front();
    if (name == "..") {
      directory = directory.parent_path();
      continue;
    }
    const fs::path entry = directory / name;
    std::error_code failed;
    const auto status = fs::symlink_status(entry, failed);
    trail.push_back({directory, name, rest.empty()});
    if (fs::is_symlink(status)) {
      const fs::path target = fs::read_symlink(entry, failed);
      if (failed || ++symlinks > kMaxSymlinks) {
        return trail;
      }
      auto names = components(target);
      rest.insert(rest.begin(), names.begin(), names.end());
      directory = target.is_absolute() ? fs::path("/") : directory;
    } else if (fs::is_directory(status)) {
      directory = entry;
    } else {
      return trail;
    }
  }
  return trail;
}

}  // namespace holdfast::sources
