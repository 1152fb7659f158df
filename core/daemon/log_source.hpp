// SPDX-License-Identifier: Apache-2.0
// Follows the output of containers through the consoles of the loaded runtimes.
#pragma once

#include "pluginhost/runtime_console.hpp"
#include "uplink/log_shipper.hpp"

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace holdfast::daemon {

// Thread-safe. A thread for each container that is followed.
class LogSource final : public uplink::LogSourcePort {
 public:
  // Registry::console: nullptr where no such runtime is loaded. Consoles outlive this.
  using Consoles = std::function<pluginhost::RuntimeConsole*(const std::string& runtime)>;

  explicit LogSource(Consoles consoles) : consoles_(std::move(consoles)) {}
  ~LogSource() override;
  LogSource(const LogSource&) = delete;
  LogSource& operator=(const LogSource&) = delete;

  [[nodiscard]] std::unique_ptr<engine::RunningCall> follow(
      uplink::FollowRequest request, std::function<void(Line)> line,
      std::function<void(engine::CallResult)> done) override;

  // Ends all of them and waits for their threads: about a second, since a console asks that often
  // whether its reader is still there. Nothing can be followed afterwards.
  void stop();

 private:
  // What a thread and the handle of its call share.
  struct Call {
    std::atomic<bool> wanted = true;
    std::atomic<bool> over = false;
  };
  struct Follower {
    std::shared_ptr<Call> call;
    std::thread thread;
  };
  class Handle;
  class Reader;

  void reap();

  const Consoles consoles_;
  std::mutex mutex_;
  std::list<Follower> followers_;
  bool stopped_ = false;
};

}  // namespace holdfast::daemon
