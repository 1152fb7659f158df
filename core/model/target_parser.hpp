// SPDX-License-Identifier: Apache-2.0
// Text of a target state -> Target, with every problem found on the way.
#pragma once

#include "model/target.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::model {

inline constexpr std::size_t kMaxTargetBytes = 8u * 1024 * 1024;
inline constexpr std::size_t kMaxTargetDepth = 32;

// Strict: any problem rejects the whole document (apply, plan, PUT /v1/target).
// Lenient: nobody is there to correct it (watched file, cloud). A fault inside one service becomes
// that service's `faults`; unknown members are warnings; only a document that is no target at all
// is refused.
enum class Strictness { Strict, Lenient };

struct ParseResult {
  std::optional<Target> target;   // absent when the document is refused
  std::vector<Problem> problems;  // why it was refused, all of them; empty when it was not
  std::vector<Problem> warnings;  // lenient only: unknown members, faults of single services
};

// Pure, bounded in size, depth and time. Never throws for any input.
[[nodiscard]] ParseResult parseTarget(std::string_view text, Strictness strictness);

}  // namespace holdfast::model
