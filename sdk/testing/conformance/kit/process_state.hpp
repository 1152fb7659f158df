// SPDX-License-Identifier: Apache-2.0
// What an instance may leave behind in the process.
#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace holdfast::conformance {

struct ProcessState {
  std::size_t threads = 0;
  std::size_t descriptors = 0;
};

[[nodiscard]] inline ProcessState processState() {
  const auto entries = [](const char* directory) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory),
                                                  std::filesystem::directory_iterator()));
  };
  return {entries("/proc/self/task"), entries("/proc/self/fd")};
}

}  // namespace holdfast::conformance
