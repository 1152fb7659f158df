// SPDX-License-Identifier: Apache-2.0
// The life of a running agent between its start and its end: signals, reloads, watchdog.
#pragma once

#include "config/loader.hpp"
#include "daemon/agent_process.hpp"
#include "daemon/service_manager.hpp"
#include "daemon/successor.hpp"

#include <functional>
#include <optional>

namespace holdfast::daemon {

// Loads the configuration and logs to stderr all that is wrong with it. Nothing when there is any
// error.
[[nodiscard]] std::optional<config::Settings> loadForStart(const config::Layers& layers);

struct Ending {
  bool restart = false;  // the program is to begin again
  bool clean = true;     // false: the process has to end by _exit(), see AgentProcess::stop
};

// Tells the service manager that `process` is ready, serves until SIGTERM, SIGINT or SIGUSR1
// (restart), and stops it. SIGHUP reads `layers` again, all or nothing. A stop for a restart that
// takes too long is cut short by `successor`.
[[nodiscard]] Ending runUntilStopped(AgentProcess& process, const config::Layers& layers,
                                     ServiceManager& services, Successor& successor);

}  // namespace holdfast::daemon
