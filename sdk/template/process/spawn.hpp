// SPDX-License-Identifier: Apache-2.0
// Starting other programs from within the agent, which has many threads, descriptors of its own and
// its signals blocked: none of that reaches the new process.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace process {

struct Command {
  std::vector<std::string> words;  // the program first; looked up in PATH unless it has a slash
  std::map<std::string, std::string> environment;  // all of it but a PATH, which is added
  std::filesystem::path directory = "/";
  std::vector<std::pair<int, int>> descriptors;  // ours, as its; 0 to 2 are /dev/null otherwise
};

// The process, leader of a session of its own; to be waited for by the caller. Negative: -errno.
[[nodiscard]] pid_t spawn(const Command& command);

}  // namespace process
