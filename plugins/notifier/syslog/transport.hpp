// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "notifier/syslog/limits.hpp"
#include "notifier/syslog/record.hpp"

#include <string>
#include <vector>

namespace holdfast::syslog {

// A way to a log. Thread-safe; calls may overlap.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  // Hands over all records, or says why not; then some may have gone nevertheless. Blocks.
  [[nodiscard]] virtual Result send(const std::vector<Record>& records, const Limits& limits) = 0;

  // Whether the log is there, as far as that can be told without a message. Blocks.
  [[nodiscard]] virtual Result check(const Limits& limits) = 0;

  // Lets go of connections. No other call runs.
  virtual void close() noexcept {}
};

}  // namespace holdfast::syslog
