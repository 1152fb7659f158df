// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/support/http.hpp"

#include <mutex>
#include <set>

namespace holdfast::support {

// Sums up what the TCP connections of a client carry, as the kernel counts it. Thread-safe.
class WireCount {
 public:
  // A new socket, -1 with errno where there is none.
  [[nodiscard]] int open(int family, int type, int protocol);
  // Takes its count over and closes it.
  int close(int descriptor);

  // Of all connections, also of those that are closed. Does no I/O.
  [[nodiscard]] HttpTraffic total() const;

 private:
  mutable std::mutex mutex_;
  std::set<int> open_;
  HttpTraffic closed_;
};

}  // namespace holdfast::support
