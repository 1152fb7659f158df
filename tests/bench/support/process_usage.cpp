// SPDX-License-Identifier: Apache-2.0
#include "bench/support/process_usage.hpp"

#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace holdfast::bench {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error(path.string() + " cannot be read");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

// The number after `name` at the beginning of a line: "Pss:   1234 kB".
long long field(const std::string& text, std::string_view name) {
  const auto place = ("\n" + text).find("\n" + std::string(name));
  if (place == std::string::npos) {
    throw std::runtime_error("the kernel does not tell " + std::string(name));
  }
  return std::stoll(text.substr(place + name.size()));
}

std::chrono::nanoseconds processorTime(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
    throw std::runtime_error("the process is gone");
  }
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Fields 14 and 15, counted after the name, which may hold blanks and brackets.
std::chrono::milliseconds ticks(const std::filesystem::path& process) {
  const std::string stat = content(process / "stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) {
    fields >> skipped;
  }
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

}  // namespace

ProcessUsage usageOf(pid_t pid) {
  const auto process = std::filesystem::path("/proc") / std::to_string(pid);
  ProcessUsage usage;
  usage.cpu = processorTime(pid);
  usage.cpuByTicks = ticks(process);
  const std::string io = content(process / "io");
  usage.writtenBytes = field(io, "write_bytes:");
  usage.writeCalls = field(io, "syscw:");
  const std::string memory = content(process / "smaps_rollup");
  usage.pssKiB = field(memory, "Pss:");
  usage.pssAnonymousKiB = field(memory, "Pss_Anon:");
  for (const auto& thread : std::filesystem::directory_iterator(process / "task")) {
    usage.wakeUps[thread.path().filename()] =
        field(content(thread.path() / "status"), "voluntary_ctxt_switches:");
  }
  return usage;
}

std::chrono::milliseconds machineBusy() {
  std::istringstream fields(content("/proc/stat"));
  std::string name;
  long user = 0;
  long nice = 0;
  long system = 0;
  long idle = 0;
  long waiting = 0;
  long interrupts = 0;
  long softInterrupts = 0;
  fields >> name >> user >> nice >> system >> idle >> waiting >> interrupts >> softInterrupts;
  const long busy = user + nice + system + interrupts + softInterrupts;
  return std::chrono::milliseconds(busy * 1000 / ::sysconf(_SC_CLK_TCK));
}

long long wakeUpsBetween(const ProcessUsage& before, const ProcessUsage& after) {
  long long sum = 0;
  for (const auto& [thread, count] : after.wakeUps) {
    const auto earlier = before.wakeUps.find(thread);
    sum += earlier == before.wakeUps.end() ? 0 : count - earlier->second;
  }
  return sum;
}

}  // namespace holdfast::bench
