// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>

namespace holdfast::bench {

/// What the kernel says that a process has used since it began.
struct ProcessUsage {
  std::chrono::nanoseconds cpu{};          ///< clock_getcpuclockid: exact, ended threads included
  std::chrono::milliseconds cpuByTicks{};  ///< utime + stime of /proc/PID/stat
  long long writtenBytes = 0;              ///< write_bytes of /proc/PID/io: on their way to a disk
  long long writeCalls = 0;                ///< syscw of /proc/PID/io: eventfds and sockets as well
  std::map<std::string, long long> wakeUps;  ///< voluntary switches, by thread that is there
  long long pssKiB = 0;
  long long pssAnonymousKiB = 0;
};

/// Of the threads that were there both times: what the others did went with them.
long long wakeUpsBetween(const ProcessUsage& before, const ProcessUsage& after);

/// Throws std::runtime_error when the process is gone.
ProcessUsage usageOf(pid_t pid);

/// Processor time of all cores since boot, without idling and waiting: the first line of
/// /proc/stat.
std::chrono::milliseconds machineBusy();

}  // namespace holdfast::bench
