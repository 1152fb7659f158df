// SPDX-License-Identifier: Apache-2.0
// Writes down which plugin's call crashed the process, from within the crash. Nothing is written
// before that, so calls cost no flash; and nothing is guessed: a kill from outside, a power cut or
// the watchdog's SIGABRT end the process without a line, whatever calls were open.
//
// Only a crash of a thread that the host lends to a plugin is charged to it; threads that a plugin
// has made itself bear no mark.
#pragma once

#include "pluginhost/alternate_stack.hpp"

#include <filesystem>

namespace holdfast::pluginhost {

class CrashHandler {
 public:
  // Takes over SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT; the handlers that were there come
  // after it (a core dump, a sanitizer's report). `file` is created (0600); crash_history.hpp reads
  // it. Without it (std::filesystem::filesystem_error) there would be no quarantine. One at a time.
  explicit CrashHandler(const std::filesystem::path& file);
  ~CrashHandler();
  CrashHandler(const CrashHandler&) = delete;
  CrashHandler& operator=(const CrashHandler&) = delete;

 private:
  AlternateStack stack_;  // of the constructing thread; workers have their own
};

}  // namespace holdfast::pluginhost
