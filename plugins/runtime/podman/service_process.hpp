// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace holdfast::podman {

// A `podman system service` of the agent's own. Containers do not depend on it: they live on when
// it ends. Thread-safe.
//
// The process has a group of its own, so that a Ctrl-C for the agent does not reach it, and ends
// with the agent however that ends: the kernel sends it SIGTERM when the thread that made it is
// gone. That thread therefore belongs to this class and does nothing but wait for it; one of the
// host's threads may end at any time. posix_spawn cannot ask the kernel for that, hence the fork.
class ServiceProcess {
 public:
  // `program` is looked for in PATH unless it has a slash.
  ServiceProcess(std::string program, std::string socketPath);
  ~ServiceProcess();  // as end()
  ServiceProcess(const ServiceProcess&) = delete;
  ServiceProcess& operator=(const ServiceProcess&) = delete;

  // Starts it unless it runs, and waits until somebody accepts at the socket: 0.2 s, at most 5 s
  // or until the call is cancelled. On false `problem` says why there is nobody. Throws
  // std::system_error when no thread can be made.
  [[nodiscard]] bool start(const sdk::Call& call, std::string& problem);

  // Ends it and waits: SIGTERM, after 3 s SIGKILL. Nothing is started afterwards.
  void end() noexcept;

  // 0 when it does not run.
  [[nodiscard]] pid_t pid() const;

 private:
  [[nodiscard]] bool launch(std::string& problem);
  void keep(const std::string& program);
  [[nodiscard]] bool runs() const;
  [[nodiscard]] std::string lastWords() const;

  const std::string program_;
  const std::string socketPath_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::thread keeper_;
  bool keeping_ = false;  // the keeper has not found the end of the process yet
  bool ended_ = false;
  pid_t pid_ = 0;
  std::string output_;  // the last of what it wrote
};

}  // namespace holdfast::podman
