// SPDX-License-Identifier: Apache-2.0
#include "processes.hpp"

#include <sys/syscall.h>

#include <cstddef>
#include <exception>
#include <sstream>

namespace process {
namespace {

constexpr std::size_t kMaxProcesses = 4096;
constexpr int kStartField = 22;

struct Stat {
  char state = 'X';
  std::uint64_t startTicks = 0;
};

std::optional<std::string> readProc(pid_t pid, const std::string& name) {
  try {
    return readFile("/proc/" + std::to_string(pid) + "/" + name);
  } catch (const std::exception&) {
    return std::nullopt;  // it ended while we read
  }
}

// The second field is the program's name in parentheses, which may hold anything.
std::optional<Stat> readStat(pid_t pid) {
  const std::optional<std::string> text = readProc(pid, "stat");
  const std::size_t name = text ? text->rfind(')') : std::string::npos;
  if (name == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(text->substr(name + 1));
  Stat stat;
  fields >> stat.state;
  std::string skipped;
  for (int field = 4; field < kStartField; ++field) {
    fields >> skipped;
  }
  fields >> stat.startTicks;
  return fields ? std::optional(stat) : std::nullopt;
}

}  // namespace

std::string bootId() {
  return readFile("/proc/sys/kernel/random/boot_id").value_or("").substr(0, 36);
}

std::optional<Identity> identify(pid_t pid) {
  const std::optional<Stat> stat = readStat(pid);
  return stat ? std::optional(Identity{pid, stat->startTicks, bootId()}) : std::nullopt;
}

Fd openProcess(const Identity& identity) {
  if (identity.pid <= 0 || identity.boot != bootId()) {
    return Fd();
  }
  Fd process(static_cast<int>(::syscall(SYS_pidfd_open, identity.pid, 0)));
  // Looked at behind the opening: what has this start time is what was opened.
  const std::optional<Stat> stat = process ? readStat(identity.pid) : std::nullopt;
  const bool same = stat && stat->startTicks == identity.startTicks && stat->state != 'Z';
  return same ? std::move(process) : Fd();
}

bool isStopped(pid_t pid) {
  const std::optional<Stat> stat = readStat(pid);
  return stat && stat->state == 'T';
}

std::vector<pid_t> childrenOf(pid_t pid) {
  std::istringstream text(readProc(pid, "task/" + std::to_string(pid) + "/children").value_or(""));
  std::vector<pid_t> children;
  for (pid_t child = 0; text >> child;) {
    children.push_back(child);
  }
  return children;
}

bool sendSignal(const Fd& process, int signal) {
  return ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0;
}

void signalTree(const Identity& root, int signal) {
  std::vector<Identity> processes = {root};
  for (std::size_t at = 0; at < processes.size() && processes.size() < kMaxProcesses; ++at) {
    const Fd process = openProcess(processes[at]);
    if (!process || !sendSignal(process, signal)) {
      continue;
    }
    for (const pid_t child : childrenOf(processes[at].pid)) {
      if (const auto identity = identify(child)) {
        processes.push_back(*identity);
      }
    }
  }
}

}  // namespace process
