// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"

#include <chrono>
#include <string>

namespace holdfast::syslog {

using Clock = std::chrono::steady_clock;

// How a step ended, and why when it is not Ok. Text is one line for people.
struct Result {
  sdk::ErrorClass code = sdk::ErrorClass::Ok;
  std::string problem;

  [[nodiscard]] bool ok() const { return code == sdk::ErrorClass::Ok; }
};

// When to give up: at a point in time, or when one of the descriptors becomes readable (-1: none).
struct Limits {
  Clock::time_point until;
  int cancelFd = -1;
  int stopFd = -1;

  // Milliseconds left, never negative.
  [[nodiscard]] int remainingMs() const;
};

// The limits of a plugin's call: its own time, at most what the call has left.
[[nodiscard]] Limits limitsOf(const sdk::Call& call, std::int64_t ownTimeoutMs, int stopFd);

enum class Wait { Ready, TimedOut, Cancelled };

// Waits for `events` of poll(2), or an error, on the descriptor; at most `mostMs` and the limits.
[[nodiscard]] Wait waitFor(int descriptor, short events, const Limits& limits, int mostMs);

[[nodiscard]] Result cancelled();
[[nodiscard]] Result timedOut();

}  // namespace holdfast::syslog
