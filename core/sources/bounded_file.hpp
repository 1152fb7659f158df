// SPDX-License-Identifier: Apache-2.0
// Reading and writing whole files within bounds.
#pragma once

#include <cstddef>
#include <string>

namespace holdfast::sources {

struct FileContent {
  std::string text;
  int error = 0;  // errno; 0: read
  bool tooLarge = false;
};

// Reads at most `limit` bytes. Regular files only: a FIFO or device is ENOTSUP, a directory EISDIR.
[[nodiscard]] FileContent readBounded(const std::string& path, std::size_t limit);

// Writes `text` to a new file (mode 0600) beside `path` and renames it over: a reader sees the old
// content or the new one. Returns errno, 0 when all was well.
[[nodiscard]] int writeAtomically(const std::string& path, const std::string& text);

}  // namespace holdfast::sources
