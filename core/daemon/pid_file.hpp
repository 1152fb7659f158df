// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace holdfast::daemon {

// Holds this process's id from construction to destruction. The state directory's lock, not this
// file, keeps a second agent away.
class PidFile {
 public:
  // Throws std::system_error when the file cannot be written.
  explicit PidFile(std::string path);
  ~PidFile();
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

 private:
  std::string path_;
};

}  // namespace holdfast::daemon
