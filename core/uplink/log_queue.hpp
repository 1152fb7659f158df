// SPDX-License-Identifier: Apache-2.0
// Lines that wait to be sent, in order, from several threads to one.
#pragma once

#include "model/time.hpp"
#include "uplink/ports.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::uplink {

struct LogLimits {
  std::size_t batchBytes = 256u * 1024;
  model::Milliseconds batchAge{2'000};  // a line waits for others no longer than this
  std::size_t queueBytes = 1024u * 1024;
};

// One line is at most this long (holdfast/sdk/uplink.hpp); the rest of it is cut off.
inline constexpr std::size_t kMaxLogLine = 16u * 1024;

// Thread-safe.
class LogQueue {
 public:
  // `wake` is called, outside the lock, when a line came into an empty queue or made a batch full.
  LogQueue(LogLimits limits, std::function<void()> wake);

  void put(LogLine line, model::BootTime now);

  // When a batch is to go: at once where it is full, else when its first line has waited long
  // enough; nothing while there is no line.
  [[nodiscard]] std::optional<model::BootTime> due() const;

  // The oldest lines, as many as a batch holds. Where lines of a service were left out, the batch
  // says so first.
  [[nodiscard]] std::vector<LogLine> take(const model::Now& now);

  // Forgets everything.
  void clear();

 private:
  struct Waiting {
    LogLine line;
    model::BootTime since;
  };

  const LogLimits limits_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::deque<Waiting> lines_;
  std::size_t bytes_ = 0;
  std::map<std::pair<std::string, std::string>, std::int64_t> leftOut_;  // by app and service
};

}  // namespace holdfast::uplink
