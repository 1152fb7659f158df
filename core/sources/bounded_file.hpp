// SPDX-License-Identifier: Apache-2.0
// Reading a whole file within bounds.
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

}  // namespace holdfast::sources
