// SPDX-License-Identifier: Apache-2.0
// What holdfastd can be told when it is started, and what it was told. The table is what --help,
// the manual page and the reader of the command line are made of.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::daemon {

inline constexpr int kExitFailure = 1;
inline constexpr int kExitConfiguration = 78;  // EX_CONFIG of sysexits.h

inline constexpr std::string_view kPurpose =
    "Keeps the containers of this device as their target state wants them.";

struct CommandOption {
  std::string_view name;
  std::string_view letter;    // empty: none
  std::string_view argument;  // empty: it takes none
  std::string_view help;      // half a sentence
  bool repeatable = false;
};

[[nodiscard]] const std::vector<CommandOption>& commandOptions();

// What each exit code means, half a sentence.
[[nodiscard]] const std::vector<std::pair<int, std::string_view>>& exitCodes();

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
