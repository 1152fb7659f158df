// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/support/stop_signal.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace holdfast::podman {

// Sees processes of containers die through descriptors of them, at once: Podman's own event comes
// some 230 ms later. Works where the processes are visible and may be watched; what is not, is left
// to the event. Thread-safe.
class DeathWatch {
 public:
  struct Death {
    std::string id;
    std::string name;
    int pid = 0;
  };
  // Called on the watch's own thread.
  using Report = std::function<void(const Death&)>;

  DeathWatch() = default;
  ~DeathWatch();  // as end()
  DeathWatch(const DeathWatch&) = delete;
  DeathWatch& operator=(const DeathWatch&) = delete;

  // Begins to report. False when it does so already for somebody else. Throws std::system_error
  // when no thread can be made; then it has not begun.
  [[nodiscard]] bool begin(Report report);

  // Ends it, and waits for a report that is being made. All processes are forgotten.
  void end();

  // The container's first process, seen running. Nothing happens before begin().
  void add(int pid, std::string_view containerId, std::string_view name);

 private:
  struct Watched {
    int pid = 0;
    int descriptor = -1;
    std::string name;
  };

  void run(const Report& report);
  [[nodiscard]] std::optional<Death> take(int descriptor);

  std::mutex mutex_;
  bool active_ = false;
  bool ending_ = false;  // the thread was told to end and has not yet
  std::map<std::string, Watched, std::less<>> watched_;  // by id of the container
  std::optional<support::StopSignal> wake_;
  std::thread thread_;
};

}  // namespace holdfast::podman
