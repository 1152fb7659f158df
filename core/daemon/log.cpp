// SPDX-License-Identifier: Apache-2.0
#include "daemon/log.hpp"

#include <Poco/AutoPtr.h>
#include <Poco/ConsoleChannel.h>
#include <Poco/FormattingChannel.h>
#include <Poco/Logger.h>
#include <Poco/PatternFormatter.h>
#include <Poco/SyslogChannel.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace holdfast::daemon {
namespace {

constexpr const char* kRoot = "holdfast";

// systemd.exec(5): the variable holds device and inode of the stream, so that a program whose
// stderr was redirected since does not take it for the journal.
bool stderrIsJournal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  return stream != nullptr && ::fstat(STDERR_FILENO, &status) == 0 &&
         std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

const char* patternOf(LogStyle style) {
  switch (style) {
    case LogStyle::Terminal:
      return "%L%H:%M:%S.%i %q %s: %t";
    case LogStyle::Plain:
      return "%Y-%m-%dT%H:%M:%S.%iZ %p %s: %t";
    case LogStyle::Journal:
      // Poco's priorities are syslog's numbers, 1 to 7.
      return "<%l>%s: %t";
    case LogStyle::Syslog:
      return "%s: %t";
  }
  return "%t";
}

int levelOf(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::Error:
      return Poco::Message::PRIO_ERROR;
    case config::LogLevel::Warning:
      return Poco::Message::PRIO_WARNING;
    case config::LogLevel::Information:
      return Poco::Message::PRIO_INFORMATION;
    case config::LogLevel::Debug:
      return Poco::Message::PRIO_DEBUG;
  }
  return Poco::Message::PRIO_INFORMATION;
}

Poco::Message::Priority priorityOf(engine::Severity severity) {
  switch (severity) {
    case engine::Severity::Debug:
      return Poco::Message::PRIO_DEBUG;
    case engine::Severity::Information:
      return Poco::Message::PRIO_INFORMATION;
    case engine::Severity::Warning:
      return Poco::Message::PRIO_WARNING;
    case engine::Severity::Error:
      return Poco::Message::PRIO_ERROR;
  }
  return Poco::Message::PRIO_INFORMATION;
}

Poco::AutoPtr<Poco::Channel> channelOf(LogStyle style) {
  if (style == LogStyle::Syslog) {
    return new Poco::SyslogChannel("holdfastd", Poco::SyslogChannel::SYSLOG_PID,
                                   Poco::SyslogChannel::SYSLOG_DAEMON);
  }
  return new Poco::ConsoleChannel(std::cerr);
}

}  // namespace

LogStyle chooseLogStyle(config::LogOutput output, bool detached) {
  if (output == config::LogOutput::Syslog || (output == config::LogOutput::Auto && detached)) {
    return LogStyle::Syslog;
  }
  if (stderrIsJournal()) {
    return LogStyle::Journal;
  }
  return ::isatty(STDERR_FILENO) == 1 ? LogStyle::Terminal : LogStyle::Plain;
}

void setUpLog(LogStyle style, config::LogLevel level) {
  const Poco::AutoPtr<Poco::Formatter> formatter(new Poco::PatternFormatter(patternOf(style)));
  const Poco::AutoPtr<Poco::Channel> channel(
      new Poco::FormattingChannel(formatter, channelOf(style)));
  Poco::Logger::setChannel("", channel);
  setLogLevel(level);
}

void setLogLevel(config::LogLevel level) {
  Poco::Logger::setLevel("", levelOf(level));
}

void logMessage(const std::string& name, engine::Severity severity, const std::string& message) {
  const std::string source = name.empty() ? kRoot : std::string(kRoot) + "." + name;
  Poco::Logger& logger = Poco::Logger::get(source);
  const auto priority = priorityOf(severity);
  if (logger.is(priority)) {
    logger.log(Poco::Message(source, message, priority));
  }
}

void flushLog() {
  std::cerr.flush();
}

}  // namespace holdfast::daemon
