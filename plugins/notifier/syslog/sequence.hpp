// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast::syslog {

// The sequenceId of RFC 5424, section 7.3.1: 1 to 2147483647, then 1 again. Thread-safe.
class Sequence {
 public:
  [[nodiscard]] std::uint32_t next() {
    constexpr std::uint32_t kLast = 2'147'483'647;
    return static_cast<std::uint32_t>(count_.fetch_add(1) % kLast) + 1;
  }

 private:
  std::atomic<std::uint64_t> count_{0};
};

// Whether the kernel takes the machine's clock for synchronised.
[[nodiscard]] bool clockSynchronised();

}  // namespace holdfast::syslog
