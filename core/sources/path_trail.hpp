// SPDX-License-Identifier: Apache-2.0
// Every directory entry that decides which file a path leads to.
#pragma once

#include <string>
#include <vector>

namespace holdfast::sources {

struct TrailEntry {
  std::string directory;  // exists; without symlinks in front of it that are not entries themselves
  std::string name;
  bool last = false;  // the entry is the file itself, or what stands in its place
  friend bool operator==(const TrailEntry&, const TrailEntry&) = default;
};

// Walks an absolute path as the kernel does. Ends early at an entry that does not exist (it may
// appear), at one that is neither a directory nor a symlink, and after as many symlinks as the
// kernel follows.
[[nodiscard]] std::vector<TrailEntry> trailOf(const std::string& path);

}  // namespace holdfast::sources
