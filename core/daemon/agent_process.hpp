// SPDX-License-Identifier: Apache-2.0
// All parts of the agent, put together in the order in which they need one another, and taken apart
// in the opposite one.
#pragma once

#include "config/settings.hpp"
#include "daemon/service_manager.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::daemon {

class AgentProcess {
 public:
  // Lock and store, plugins, engine, API, target file. Blocks until the API answers: usually for
  // some tens of milliseconds, longer for a plugin that hangs while it is loaded. `services`
  // outlives this. Throws std::runtime_error (StateError, SocketError) with a sentence for people
  // when the agent cannot run here.
  AgentProcess(const config::Settings& settings, ServiceManager& services);
  ~AgentProcess();
  AgentProcess(const AgentProcess&) = delete;
  AgentProcess& operator=(const AgentProcess&) = delete;

  // Puts new settings in force, as far as a running agent can. Returns the keys that need a
  // restart.
  std::vector<std::string> reconfigure(const config::Settings& settings);

  // The event log's word on a configuration that was not put in force.
  void reportRejectedConfiguration(const std::string& why);

  // The engine's thread went round its loop within this time.
  [[nodiscard]] bool isAlive(std::chrono::milliseconds within) const;

  // Ends everything; containers go on. False when a plugin's call did not come back: its thread is
  // still there, so the process must end by _exit(). Everything is on disk either way. Called once.
  [[nodiscard]] bool stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdfast::daemon
