// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_loop.hpp"

#include "daemon/log.hpp"
#include "daemon/memory.hpp"
#include "daemon/signals.hpp"
#include "daemon/version.hpp"
#include "pluginhost/time_left.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace holdfast::daemon {
namespace {

using engine::Severity;

// Longer than the parts of a stop together (agent_process.cpp), whatever a plugin does; shorter
// than systemd's patience.
constexpr std::chrono::milliseconds kStopLimit{10'000};

// By then the first looks at the engines are done as well.
constexpr std::chrono::milliseconds kStartOver{30'000};

void say(Severity severity, const std::string& text) {
  logMessage("", severity, text);
}

void logDiagnostics(const std::vector<config::Diagnostic>& diagnostics) {
  for (const auto& diagnostic : diagnostics) {
    const bool error = diagnostic.severity == config::Diagnostic::Severity::Error;
    logMessage("config", error ? Severity::Error : Severity::Warning, diagnostic.text());
  }
}

std::size_t countErrors(const std::vector<config::Diagnostic>& diagnostics) {
  std::size_t errors = 0;
  for (const auto& diagnostic : diagnostics) {
    errors += diagnostic.severity == config::Diagnostic::Severity::Error ? 1 : 0;
  }
  return errors;
}

void rejectReload(AgentProcess& process, const std::vector<config::Diagnostic>& diagnostics) {
  const auto errors = countErrors(diagnostics);
  const std::string text = "the configuration has " + std::to_string(errors) +
                           (errors == 1 ? " error" : " errors") +
                           " and was not read again; the running one stays in force";
  say(Severity::Error, text);
  process.reportRejectedConfiguration(text);
}

void reload(AgentProcess& process, const config::Layers& layers, ServiceManager& services) {
  services.reloading();
  const auto loaded = config::load(layers);
  logDiagnostics(loaded.diagnostics);
  if (loaded.settings) {
    setLogLevel(loaded.settings->logLevel);
    const auto pending = process.reconfigure(*loaded.settings);
    say(Severity::Information, "the configuration was read again");
    for (const auto& key : pending) {
      say(Severity::Warning, key + " has changed, which takes effect at the next start only");
    }
  } else {
    rejectReload(process, loaded.diagnostics);
  }
  services.ready();
}

// What is due while nothing happens: the watchdog's pulse, and once the end of the start. At
// instants of their own, so that no number of signals puts them off.
class Schedule {
 public:
  Schedule(AgentProcess& process, ServiceManager& services)
      : process_(process), services_(services), pulse_(services.pulse()) {
    const auto now = Clock::now();
    nextPulse_ = pulse_ ? now + *pulse_ : Clock::time_point::max();
    startOver_ = now + kStartOver;
  }

  // How long there is nothing to do; nothing: for good.
  [[nodiscard]] std::optional<std::chrono::milliseconds> patience() const {
    const auto next = std::min(nextPulse_, startOver_);
    if (next == Clock::time_point::max()) {
      return std::nullopt;
    }
    return pluginhost::timeLeft(next);
  }

  void doWhatIsDue() {
    const auto now = Clock::now();
    if (now >= nextPulse_) {
      nextPulse_ = now + *pulse_;
      // Asking wakes the engine, so that by the next time a living one has moved.
      if (process_.isAlive(*pulse_ * 2)) {
        services_.alive();
      }
    }
    if (now >= startOver_) {
      startOver_ = Clock::time_point::max();
      releaseStartPages();
    }
  }

 private:
  using Clock = std::chrono::steady_clock;

  AgentProcess& process_;
  ServiceManager& services_;
  const std::optional<std::chrono::milliseconds> pulse_;
  Clock::time_point nextPulse_;
  Clock::time_point startOver_;
};

// Returns whether the program is to begin again.
bool serve(AgentProcess& process, const config::Layers& layers, ServiceManager& services) {
  Schedule schedule(process, services);
  for (;;) {
    switch (waitForSignal(schedule.patience())) {
      case Wake::Stop:
        return false;
      case Wake::Restart:
        return true;
      case Wake::Reload:
        reload(process, layers, services);
        break;
      case Wake::Patience:
        break;
    }
    schedule.doWhatIsDue();
  }
}

}  // namespace

std::optional<config::Settings> loadForStart(const config::Layers& layers) {
  setUpLog(chooseLogStyle(config::LogOutput::Stderr, false), config::LogLevel::Information);
  auto loaded = config::load(layers);
  logDiagnostics(loaded.diagnostics);
  if (!loaded.settings) {
    say(Severity::Error, "the configuration cannot be used; see above");
  }
  return std::move(loaded.settings);
}

Ending runUntilStopped(AgentProcess& process, const config::Layers& layers,
                       ServiceManager& services, Successor& successor) {
  say(Severity::Information, std::string("holdfastd ") + kVersion + " is ready");
  services.ready();
  Ending ending;
  ending.restart = serve(process, layers, services);
  say(Severity::Information,
      std::string(ending.restart ? "restarting" : "stopping") + "; containers go on running");
  // The process stays; a service manager that is told of a stop would end it.
  ending.restart ? services.reloading() : services.stopping();
  ShutdownGuard::BeginAgain beginAgain;
  if (ending.restart) {
    beginAgain = [&successor] { return successor.begin(); };
  }
  const ShutdownGuard guard(
      kStopLimit,
      [](const std::string& why) {
        say(Severity::Error, why);
        flushLog();
      },
      beginAgain);
  ending.clean = process.stop();
  if (ending.restart && stopIsPending()) {
    say(Severity::Information, "asked to stop while restarting: it does not begin again");
    ending.restart = false;
    services.stopping();
  }
  say(ending.clean ? Severity::Information : Severity::Warning,
      ending.clean ? "stopped" : "stopped; a plugin's call did not return and is left behind");
  return ending;
}

}  // namespace holdfast::daemon
