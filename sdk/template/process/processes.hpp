// SPDX-License-Identifier: Apache-2.0
// Processes that may have ended, and whose number may belong to another one by now.
#pragma once

#include "files.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace process {

// A process, once and for all: numbers come again, and after a boot start times do too.
struct Identity {
  pid_t pid = 0;
  std::uint64_t startTicks = 0;  // /proc/<pid>/stat, field 22
  std::string boot;              // bootId() when it was started
};

// Of a process that is there right now, which has not been waited for; nothing if it is gone.
[[nodiscard]] std::optional<Identity> identify(pid_t pid);

// A pidfd, readable once the process has ended. Invalid when it has already.
[[nodiscard]] Fd openProcess(const Identity& identity);

[[nodiscard]] bool isStopped(pid_t pid);  // by SIGSTOP
[[nodiscard]] std::vector<pid_t> childrenOf(pid_t pid);
[[nodiscard]] std::string bootId();

// Sends a signal through a pidfd; false when the process has ended.
bool sendSignal(const Fd& process, int signal);

// Sends a signal to the process and to everything that it has started, parents first.
void signalTree(const Identity& root, int signal);

}  // namespace process
