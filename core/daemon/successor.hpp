// SPDX-License-Identifier: Apache-2.0
// The same program once more in this process: how the agent restarts itself, with a service manager
// or without one. The process keeps its id, in the background as well, so neither a service manager
// nor a pid file notices.
#pragma once

#include "daemon/service_manager.hpp"

#include <string>
#include <vector>

namespace holdfast::daemon {

class Successor {
 public:
  // At the start of the process: remembers its program, command line and working directory.
  Successor(int argc, char** argv);

  // Whether this process was the agent before: it needs no fork to be in the background.
  [[nodiscard]] bool isOne() const { return isOne_; }

  // The service manager's words, which were taken out of the environment.
  void serve(ServiceManager::Environment services) { services_ = std::move(services); }

  // Replaces this process; what threads are still there end. A program that was replaced on disk
  // begins in its new form. Restarts that were asked for meanwhile are done by this one. Returns
  // only when that failed: the reason. Any thread.
  [[nodiscard]] std::string begin();

 private:
  bool isOne_ = false;
  std::string program_;
  std::string directory_;
  std::vector<std::string> arguments_;
  ServiceManager::Environment services_;
};

}  // namespace holdfast::daemon
