// SPDX-License-Identifier: Apache-2.0
// Back-off arithmetic. Pure: time and randomness are arguments.
#pragma once

#include "model/time.hpp"

#include <optional>
#include <string_view>

namespace holdfast::retry {

using model::Milliseconds;

// A known retry-after is honoured up to this; without one, a rate limit waits at least the second
// (docs/behaviour.md "Error classes").
inline constexpr Milliseconds kMaxRetryAfter{3'600'000};
inline constexpr Milliseconds kUnknownRetryAfter{60'000};

// One row of the table in docs/behaviour.md "Retry". Defaults are the kubelet's
// (pkg/kubelet/kubelet.go: 10 s, doubling, 300 s).
struct Policy {
  Milliseconds initial{10'000};
  double factor = 2.0;
  Milliseconds max{300'000};
  int maxRetries = 0;          // 0: never give up
  double jitter = 0.0;         // share of the delay that is random: 0 none, 1 full (0..delay)
  Milliseconds resetAfter{0};  // crash only: a run strictly longer starts the ladder afresh; 0 none
  bool firstImmediate = false;  // crash only: the first retry has no delay

  friend bool operator==(const Policy&, const Policy&) = default;
};

// Delay before retry number `retry` (1 is the first). `random` in [0,1) is used only with jitter:
// delay * (1 - jitter * random). Never negative, never above `max`.
[[nodiscard]] Milliseconds delayBefore(const Policy& policy, int retry, double random);

// Families of keys: the part before the first ':'. CloudSetup is "cloud:register" and
// "cloud:keyExchange", Cloud every other call.
enum class Family { Image, Start, Crash, Engine, Notify, Cloud, CloudSetup };

// Nothing for a key of no known family.
[[nodiscard]] std::optional<Family> familyOf(std::string_view key);

struct Policies {
  Policy image{.maxRetries = 10};
  Policy start{.maxRetries = 10};
  Policy crash{.resetAfter = Milliseconds{600'000}, .firstImmediate = true};
  Policy engine{.initial = Milliseconds{1'000}, .max = Milliseconds{30'000}};
  Policy notify{
      .initial = Milliseconds{5'000}, .factor = 3, .max = Milliseconds{900'000}, .jitter = 1};
  Policy cloud{.initial = Milliseconds{1'000}, .jitter = 1};
  Policy cloudSetup{.initial = Milliseconds{360'000}, .max = Milliseconds{1'800'000}, .jitter = 1};
  Milliseconds rearmAfter{3'600'000};  // 0: exhausted keys are never re-armed by time

  // Throws std::invalid_argument for a key of no known family: keys are made by the agent itself.
  [[nodiscard]] const Policy& of(std::string_view key) const;
};

}  // namespace holdfast::retry
