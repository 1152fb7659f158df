// SPDX-License-Identifier: Apache-2.0
// Notices that a file has become another one: written, renamed over, removed, made to appear, or
// reached by another symlink anywhere on its path (the way Kubernetes swaps whole directories).
#pragma once

#include "model/time.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::sources {

struct WatchedFile {
  std::string path;  // absolute
  // Called from the watcher's thread: once at the start, and after each change; at times once more,
  // when it was so fresh that another change would not have shown. May block; changes made
  // meanwhile are noticed afterwards. Must not throw.
  std::function<void()> changed;
};

// One thread for all files. It sleeps in the kernel (inotify) until something on one of the paths
// changes, and looks by itself every `recheck` as a net for file systems that tell nothing.
class FileWatcher {
 public:
  // Throws std::system_error when the kernel gives no inotify instance.
  explicit FileWatcher(std::vector<WatchedFile> files,
                       model::Milliseconds recheck = std::chrono::seconds{30});
  ~FileWatcher();  // stops
  FileWatcher(const FileWatcher&) = delete;
  FileWatcher& operator=(const FileWatcher&) = delete;

  void start();

  // Waits for a `changed` that is running. Idempotent.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdfast::sources
