// SPDX-License-Identifier: Apache-2.0
#include "daemon/memory.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace holdfast::daemon {
namespace {

// "55d0c0a00000-55d0c0a21000 r-xp 00000000 08:01 1234   /usr/sbin/holdfastd": nothing for lines of
// another form, and for mappings that are writable or of no file.
std::optional<AddressRange> readOnlyFile(const std::string& line) {
  std::istringstream words(line);
  AddressRange range;
  char dash = 0;
  std::string access;
  std::string offset;
  std::string device;
  std::string inode;
  std::string path;
  words >> std::hex >> range.begin >> dash >> range.end >> access >> offset >> device >> inode >>
      path;
  const bool fits = !words.fail() && dash == '-' && path.starts_with('/') && access.size() == 4 &&
                    access[0] == 'r' && access[1] == '-' && access[3] == 'p';
  return fits ? std::optional(range) : std::nullopt;
}

bool isHeader(const std::string& line) {
  const auto end = line.find_first_of(" :");
  return end != std::string::npos && line[end] == ' ';
}

// "Private_Dirty:         8 kB"
bool saysNotClean(const std::string& line) {
  return (line.starts_with("Private_Dirty:") || line.starts_with("Anonymous:")) &&
         line.find(" 0 kB") == std::string::npos;
}

}  // namespace

std::vector<AddressRange> cleanFileRanges(std::istream& smaps) {
  std::vector<AddressRange> ranges;
  std::optional<AddressRange> current;
  for (std::string line; std::getline(smaps, line);) {
    if (isHeader(line)) {
      if (current) {
        ranges.push_back(*current);
      }
      current = readOnlyFile(line);
    } else if (saysNotClean(line)) {
      current.reset();
    }
  }
  if (current) {
    ranges.push_back(*current);
  }
  return ranges;
}

void releaseStartPages() {
  std::ifstream smaps("/proc/self/smaps");
  for (const auto& range : cleanFileRanges(smaps)) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): addresses are what the kernel tells
    ::madvise(reinterpret_cast<void*>(range.begin), range.end - range.begin, MADV_DONTNEED);
  }
  ::malloc_trim(0);
}

}  // namespace holdfast::daemon
