// SPDX-License-Identifier: Apache-2.0
// Whose code this thread is in. Costs two stores in memory per call; read by the crash handler when
// it has to name the plugin that brought the process down.
#pragma once

#include <utility>

namespace holdfast::pluginhost {

class CallMark {
 public:
  // `label` (registry_settings.hpp) is NUL-terminated and stays where it is while the mark lives.
  explicit CallMark(const char* label) noexcept : before_(std::exchange(current_, label)) {}
  ~CallMark() { current_ = before_; }
  CallMark(const CallMark&) = delete;
  CallMark& operator=(const CallMark&) = delete;

  // Of the calling thread; nullptr outside of all plugins. Async-signal-safe.
  [[nodiscard]] static const char* current() noexcept { return current_; }

 private:
  static inline constinit thread_local const char* current_ = nullptr;

  const char* before_;
};

}  // namespace holdfast::pluginhost
