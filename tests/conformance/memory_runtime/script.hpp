// SPDX-License-Identifier: Apache-2.0
// The few words of a shell that containers of the memory runtime understand, as a plan: what is
// printed when, and how it ends. So a container needs no thread and no process.
#pragma once

#include "holdfast/sdk/runtime.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::memory {

struct Printed {
  std::int64_t afterMs = 0;
  sdk::OutputStream stream = sdk::OutputStream::Stdout;
  std::string line;
};

struct Plan {
  std::vector<Printed> output;
  std::vector<std::pair<std::int64_t, std::string>> touched;  // files made, and when
  std::int64_t endMs = 0;
  int exitCode = 0;
  bool stubborn = false;  // ignores the stop signal
};

// Plans `script`: statements "echo words [>&2]", "sleep seconds", "exit code", "touch file", "test
// -e file" and "trap '' TERM", separated by semicolons. Nothing when there is another one.
// `secondMs` is how long a second of sleep is.
[[nodiscard]] std::optional<Plan> planOf(std::string_view script,
                                         const std::set<std::string>& files, std::int64_t secondMs);

}  // namespace holdfast::memory
