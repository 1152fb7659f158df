// SPDX-License-Identifier: Apache-2.0
// What a supervisor writes down about one run of a container, and the plugin reads.
//
// <name>.run is put in place when the program has begun, <name>.exit when it has ended. An exit
// belongs to the run with the same number; one of another number is that of an earlier run.
#pragma once

#include "processes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace process {

struct Run {
  std::string number;
  Identity supervisor;
  Identity program;
  std::int64_t startedAtMs = 0;
};

struct Exit {
  std::string run;
  int code = 0;  // 128 and the signal's number when a signal ended it
  std::int64_t finishedAtMs = 0;
};

[[nodiscard]] std::string textOf(const Run& run);
[[nodiscard]] std::string textOf(const Exit& exit);

// Nothing when the text is none of ours.
[[nodiscard]] std::optional<Run> parseRun(std::string_view text);
[[nodiscard]] std::optional<Exit> parseExit(std::string_view text);

}  // namespace process
