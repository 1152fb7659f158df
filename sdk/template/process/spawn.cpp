// SPDX-License-Identifier: Apache-2.0
#include "spawn.hpp"

#include <fcntl.h>
#include <spawn.h>

#include <algorithm>
#include <csignal>
#include <memory>

namespace process {
namespace {

constexpr const char* kPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr short kFlags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;

std::vector<char*> pointersTo(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

// Descriptors beyond those of the command are closed.
void describe(posix_spawn_file_actions_t& actions, const Command& command) {
  for (int fd = 0; fd < 3; ++fd) {
    ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  }
  int highest = 2;
  for (const auto& [ours, its] : command.descriptors) {
    ::posix_spawn_file_actions_adddup2(&actions, ours, its);
    highest = std::max(highest, its);
  }
  ::posix_spawn_file_actions_addclosefrom_np(&actions, highest + 1);
  ::posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
}

void setSignals(posix_spawnattr_t& attributes) {
  sigset_t set;
  ::sigemptyset(&set);
  ::posix_spawnattr_setsigmask(&attributes, &set);
  ::sigfillset(&set);
  ::posix_spawnattr_setsigdefault(&attributes, &set);
  ::posix_spawnattr_setflags(&attributes, kFlags);
}

}  // namespace

pid_t spawn(const Command& command) {
  std::vector<std::string> words = command.words;
  std::vector<std::string> environment;
  for (const auto& [name, value] : command.environment) {
    environment.push_back(name + "=" + value);
  }
  if (!command.environment.contains("PATH")) {
    environment.push_back(std::string("PATH=") + kPath);
  }
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  describe(actions, command);
  setSignals(attributes);
  pid_t child = -1;
  const int problem = ::posix_spawnp(&child, words.front().c_str(), &actions, &attributes,
                                     pointersTo(words).data(), pointersTo(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return problem == 0 ? child : -problem;
}

}  // namespace process
