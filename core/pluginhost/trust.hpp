// SPDX-License-Identifier: Apache-2.0
// Who could have put this plugin here? A plugin runs with the agent's rights, so nobody but root
// and the agent's own user may be able to change it, or to put another file in its place.
#pragma once

#include "pluginhost/refusal.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace holdfast::pluginhost {

// Enough of a file's identity to notice that another one has taken its path.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modifiedNs = 0;

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

struct TrustedFile {
  std::filesystem::path path;  // without symbolic links: load this one
  FileIdentity identity;
};

// Checks the file and every folder above it. The file is a regular one, not a symbolic link; each
// owner is root or `self`; none is writable by group or others. A sticky, world-writable folder of
// root (/tmp) passes, since there only the owner of an entry can replace it. The reason names the
// path, what is wrong with it, and the command that puts it right.
[[nodiscard]] Outcome<TrustedFile> checkTrust(const std::filesystem::path& file, uid_t self);

// The same with the effective user of this process.
[[nodiscard]] Outcome<TrustedFile> checkTrust(const std::filesystem::path& file);

// What is at `path` now; nothing when there is nothing.
[[nodiscard]] std::optional<FileIdentity> fileIdentity(const std::filesystem::path& path);

}  // namespace holdfast::pluginhost
