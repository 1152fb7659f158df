// SPDX-License-Identifier: Apache-2.0
// Signals are taken in one place, by waiting for them. Poco's own loop dies of SIGHUP.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <thread>

namespace holdfast::daemon {

// Blocks SIGTERM, SIGINT, SIGHUP and SIGUSR1 in this thread and every one it starts, and ignores
// SIGPIPE. Must come before the first thread.
void blockSignals();

enum class Wake { Stop, Restart, Reload, Patience };

// Blocks until SIGTERM or SIGINT (Stop), SIGUSR1 (Restart), SIGHUP (Reload), or `patience` is over.
// Without patience it sleeps as long as nothing comes.
[[nodiscard]] Wake waitForSignal(std::optional<std::chrono::milliseconds> patience);

// Makes waitForSignal() say Restart, as SIGUSR1 from outside does. Any thread.
void askForRestart();

// Whether a SIGTERM or SIGINT has come that nobody has waited for yet.
[[nodiscard]] bool stopIsPending();

// From its construction on, a second SIGTERM or SIGINT, or the passing of `limit`, ends the process
// at once (`lastWords`, then _exit(1)); its destruction calls that off. For a restart the first one
// is none that comes a second time: it is left to stopIsPending().
class ShutdownGuard {
 public:
  enum class Ending { Stop, Restart };
  ShutdownGuard(Ending ending, std::chrono::milliseconds limit,
                std::function<void(const char*)> lastWords);
  ~ShutdownGuard();
  ShutdownGuard(const ShutdownGuard&) = delete;
  ShutdownGuard& operator=(const ShutdownGuard&) = delete;

 private:
  int signals_;
  int done_;
  std::thread thread_;
};

}  // namespace holdfast::daemon
