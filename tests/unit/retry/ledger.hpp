// SPDX-License-Identifier: Apache-2.0
// A RetryManager with clocks that tests turn by hand.
#pragma once

#include "retry/retry_manager.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::retry {

using namespace std::chrono_literals;

inline constexpr std::string_view kImage = "image:docker:registry.example/nodered:1";
inline constexpr std::string_view kOtherImage = "image:docker:registry.example/grafana:2";
inline constexpr std::string_view kElsewhere = "image:docker:mirror.example/redis:7";
inline constexpr std::string_view kStart = "start:1001/nodered";
inline constexpr std::string_view kCrash = "crash:1001/nodered";
inline constexpr std::string_view kHost = "registry.example";

// Of image keys, as the engine tells it; nothing for the others.
inline std::string hostOf(std::string_view key) {
  if (!key.starts_with("image:docker:"))
    return {};
  const std::string_view reference = key.substr(std::string_view("image:docker:").size());
  return std::string(reference.substr(0, reference.find('/')));
}

inline Failure failure(ErrorClass errorClass, std::string message = "it failed") {
  return {.errorClass = errorClass,
          .reason = "ErrImagePull",
          .message = std::move(message),
          .raw = "500",
          .host = std::string(kHost)};
}

// 10:15:00 on the wall, three hours after boot.
struct Ledger {
  Policies policies;
  double random = 0.5;
  RetryManager manager{policies, [this] { return random; }};
  Now now{.boot = BootTime{3h},
          .wall = WallTime{std::chrono::sys_days{std::chrono::October / 24 / 2025} + 10h + 15min}};

  void pass(Milliseconds time) {
    now.boot += time;
    now.wall += time;
  }

  // Waits for the entry's due instant.
  void passUntilDue(std::string_view key) { pass(*manager.find(key)->due - now.boot); }

  FailureOutcome fail(std::string_view key, ErrorClass errorClass = ErrorClass::Transient) {
    Failure answer = failure(errorClass);
    answer.host = hostOf(key);
    return manager.recordFailure(key, answer, now.boot, now);
  }

  // Fails the first attempt and every retry until the key is exhausted.
  void exhaust(std::string_view key, ErrorClass errorClass = ErrorClass::Transient) {
    fail(key, errorClass);
    while (!entry(key).exhausted) {
      passUntilDue(key);
      fail(key, errorClass);
    }
  }

  const Entry& entry(std::string_view key) { return *manager.find(key); }

  Milliseconds untilDue(std::string_view key) { return *entry(key).due - now.boot; }

  // What a store would hold after everything was written.
  RetryManager::Saved saved() {
    RetryManager::Saved result;
    for (const auto& [key, entry] : manager.entries())
      result.entries.push_back(entry);
    const auto changes = manager.takeChanges();
    result.hostPauses = changes.hostPauses;
    return result;
  }
};

}  // namespace holdfast::retry
