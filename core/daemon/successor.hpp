// SPDX-License-Identifier: Apache-2.0
// The same program once more in this process: how the agent restarts itself, with a service manager
// or without one. The process keeps its id, so neither a service manager nor a pid file notices.
#pragma once

#include "daemon/service_manager.hpp"

#include <string>
#include <vector>

namespace holdfast::daemon {

class Successor {
 public:
  // At the start of the process: remembers its program, command line and working directory.
  Successor(int argc, char** argv);

  // The service manager's words, which were taken out of the environment.
  void serve(ServiceManager::Environment services) { services_ = std::move(services); }

  // Replaces this process; what threads are still there end. A program that was replaced on disk
  // begins in its new form. Returns only when that failed: the reason.
  [[nodiscard]] std::string begin();

 private:
  std::string program_;
  std::string directory_;
  std::vector<std::string> arguments_;
  ServiceManager::Environment services_;
};

}  // namespace holdfast::daemon
