// SPDX-License-Identifier: Apache-2.0
// Files of the state directory, apart from what SQLite does.
#pragma once

#include "model/time.hpp"

#include <optional>
#include <string>

namespace holdfast::state {

// Makes the directory with mode 0700, its parents by the umask; an existing one loses the rights of
// group and others. Throws StateError.
void makePrivateDirectory(const std::string& directory);

// Replaces the file as a whole (0600), on disk when it returns. Throws StateError.
void writePrivateFile(const std::string& path, const std::string& content);

// At most `limit` bytes of the file; nothing when it cannot be read.
[[nodiscard]] std::optional<std::string> readSmallFile(const std::string& path, std::size_t limit);

// Renames a damaged database with its -wal and -shm to "<path>.damaged-<time>" and keeps the latest
// three such sets. Returns the new name. Throws StateError.
std::string setAside(const std::string& path, model::WallTime now);

}  // namespace holdfast::state
