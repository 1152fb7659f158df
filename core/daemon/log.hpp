// SPDX-License-Identifier: Apache-2.0
// The log: Poco's loggers below "holdfast", one channel.
#pragma once

#include "config/settings.hpp"
#include "engine/engine.hpp"

#include <string>

namespace holdfast::daemon {

enum class LogStyle {
  Terminal,  // time of day, for people who watch
  Plain,     // full UTC time, for files and pipes
  Journal,   // "<N>" priorities instead of a time: the journal has its own
  Syslog,    // the system log
};

// `detached`: there is no terminal behind stderr (any more).
[[nodiscard]] LogStyle chooseLogStyle(config::LogOutput output, bool detached);

// Replaces the channel of every logger, present and future.
void setUpLog(LogStyle style, config::LogLevel level);
void setLogLevel(config::LogLevel level);

// Writes one message under "holdfast" or, with a name, "holdfast.<name>". Thread-safe.
void logMessage(const std::string& name, engine::Severity severity, const std::string& message);

// Everything logged so far has been handed over to the kernel or the system log.
void flushLog();

}  // namespace holdfast::daemon
