// SPDX-License-Identifier: Apache-2.0
// Signals are taken in one place, by waiting for them. Poco's own loop dies of SIGHUP.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
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

// Takes back every restart that was asked for and not waited for yet: one that begins answers all.
void dropRestarts();

// Whether a SIGTERM or SIGINT has come that nobody has waited for yet.
[[nodiscard]] bool stopIsPending();

// From its construction on, a second SIGTERM or SIGINT, or the passing of `limit`, ends the process
// at once (`lastWords`, then _exit(1)); its destruction calls that off.
class ShutdownGuard {
 public:
  using LastWords = std::function<void(const std::string&)>;

  // For a restart: puts the program's next run into the place of this one. Returns only when that
  // failed: the reason.
  using BeginAgain = std::function<std::string()>;

  // With `beginAgain` a stop becomes a restart: when `limit` has passed, that is tried before the
  // process ends, unless a stop is pending. A first SIGTERM or SIGINT is then none that comes a
  // second time: it is left to stopIsPending(). Both are called on a thread of the guard's own.
  ShutdownGuard(std::chrono::milliseconds limit, LastWords lastWords, BeginAgain beginAgain = {});
  ~ShutdownGuard();
  ShutdownGuard(const ShutdownGuard&) = delete;
  ShutdownGuard& operator=(const ShutdownGuard&) = delete;

 private:
  int signals_;
  int done_;
  std::thread thread_;
};

}  // namespace holdfast::daemon
