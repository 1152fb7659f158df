// SPDX-License-Identifier: Apache-2.0
// Being small once the start is over.
#pragma once

#include <cstdint>
#include <istream>
#include <vector>

namespace holdfast::daemon {

struct AddressRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;

  friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

// The mappings of `smaps` (proc(5), /proc/PID/smaps) whose pages are all as their file has them and
// cannot be written: code and constants, but nothing that the loader has relocated.
[[nodiscard]] std::vector<AddressRange> cleanFileRanges(std::istream& smaps);

// Lets go of the pages of code and constants that are mapped, and of freed heap memory. Most of the
// former were needed by the start alone: libraries' constructors, OpenSSL's configuration, the
// probe of plugins. What is still needed comes back from the page cache at its next use, in
// microseconds.
void releaseStartPages();

}  // namespace holdfast::daemon
