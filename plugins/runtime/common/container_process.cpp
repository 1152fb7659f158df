// SPDX-License-Identifier: Apache-2.0
#include "runtime/common/container_process.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace holdfast::runtime {
namespace {

constexpr std::size_t kFullIdLength = 64;
constexpr std::size_t kMaxDescendants = 4096;

std::string readProc(int pid, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The state follows the name, which may hold anything, in parentheses.
bool isZombie(int pid) {
  const std::string stat = readProc(pid, "stat");
  const std::size_t end = stat.rfind(')');
  return end == std::string::npos || stat.size() <= end + 2 || stat[end + 2] == 'Z' ||
         stat[end + 2] == 'X';
}

void addChildren(int pid, std::vector<int>& found) {
  std::istringstream children(readProc(pid, "task/" + std::to_string(pid) + "/children"));
  for (int child = 0; children >> child && found.size() < kMaxDescendants;) {
    found.push_back(child);
  }
}

// Through a descriptor, so that the process that is checked is the one that is killed.
void killChecked(int pid, std::string_view containerId) {
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) {
    return;
  }
  if (livesInContainer(pid, containerId)) {
    ::syscall(SYS_pidfd_send_signal, descriptor, SIGKILL, nullptr, 0);
  }
  ::close(descriptor);
}

}  // namespace

bool livesInContainer(int pid, std::string_view containerId) {
  // Every cgroup driver puts the full id into the name of the container's group.
  return pid > 0 && containerId.size() == kFullIdLength &&
         readProc(pid, "cgroup").find(containerId) != std::string::npos && !isZombie(pid);
}

bool killInContainer(int pid, std::string_view containerId) {
  if (!livesInContainer(pid, containerId)) {
    return false;
  }
  std::vector<int> processes = {pid};
  for (std::size_t at = 0; at < processes.size(); ++at) {
    addChildren(processes[at], processes);
  }
  for (const int process : processes) {
    killChecked(process, containerId);
  }
  return true;
}

}  // namespace holdfast::runtime
