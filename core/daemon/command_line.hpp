// SPDX-License-Identifier: Apache-2.0
// What holdfastd was told to do when it was started.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace holdfast::daemon {

struct CommandLine {
  std::string config;  // empty: HOLDFAST_CONFIG, else the default place
  std::vector<std::pair<std::string, std::string>> defines;
  std::string pidFile;
  bool detach = false;
  bool check = false;
  bool version = false;
  bool help = false;
};

}  // namespace holdfast::daemon
