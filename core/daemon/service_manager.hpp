// SPDX-License-Identifier: Apache-2.0
// What the service manager is told: sd_notify(3), its stable protocol of datagrams on a socket, and
// the watchdog of sd_watchdog_enabled(3). No libsystemd for forty lines.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace holdfast::daemon {

class ServiceManager {
 public:
  // `socket`: NOTIFY_SOCKET, a path or "@" and an abstract name; empty: nobody to tell, and every
  // member does nothing. `watchdog`: within this time it wants a sign of life.
  ServiceManager(std::string socket, std::optional<std::chrono::microseconds> watchdog);
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  struct Environment {
    std::string socket;
    std::optional<std::chrono::microseconds> watchdog;

    // Puts it back, for a program that takes this one's place. Not thread-safe.
    void restore() const;
  };
  // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID and takes them out of the environment, so
  // that no child of ours speaks for us.
  [[nodiscard]] static Environment takeEnvironment();

  // How often to look whether a sign of life is due: a third of the watchdog's time. Nothing
  // without a watchdog.
  [[nodiscard]] std::optional<std::chrono::milliseconds> pulse() const;

  // Thread-safe; none of them blocks.
  void ready();
  void reloading();  // followed by ready()
  void stopping();
  void alive();
  void status(const std::string& text);  // only a changed text is sent

 private:
  void send(const std::string& message) const;

  int socket_ = -1;
  std::string address_;
  std::optional<std::chrono::microseconds> watchdog_;
  std::mutex mutex_;
  std::string lastStatus_;
};

}  // namespace holdfast::daemon
