// SPDX-License-Identifier: Apache-2.0
// Slows down who guesses tokens.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace holdfast::api {

// Thread-safe.
class FailureLimiter {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  static constexpr int kFailures = 10;  // within kWindow, then none is tried for as long
  static constexpr std::chrono::seconds kWindow{60};
  static constexpr std::size_t kMaxSenders = 1024;

  // How long the sender has to wait; 0: it may try.
  [[nodiscard]] std::chrono::seconds wait(const std::string& sender, Instant now);

  // True when the sender has to wait from now on.
  bool failed(const std::string& sender, Instant now);

 private:
  struct Record {
    int failures = 0;
    Instant until;  // forgotten then
  };

  void makeRoom(Instant now);

  std::mutex mutex_;
  std::map<std::string, Record> records_;  // at most kMaxSenders
};

}  // namespace holdfast::api
