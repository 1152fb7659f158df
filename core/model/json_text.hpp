// SPDX-License-Identifier: Apache-2.0
// JSON text from outside -> value, with limits, so that no text costs more than its size suggests.
#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::model {

struct JsonLimits {
  std::size_t bytes = 8u * 1024 * 1024;
  std::size_t depth = 32;
  std::size_t stringBytes = 64u * 1024;
  std::size_t nameBytes = 1024;       // of a member's name
  std::size_t elements = 64u * 1024;  // of one array or object
  std::size_t values = 500'000;       // altogether
};

struct JsonText {
  std::optional<boost::json::value> value;  // absent when it is not JSON or exceeds a limit
  std::string problem;                      // why, with line and column
  // JSON pointers of members that their object has twice; the last one counts. At most 64 of them.
  std::vector<std::string> duplicates;
};

// Only what RFC 8259 allows: no comments, no trailing commas, UTF-8. Never throws for any input.
[[nodiscard]] JsonText readJson(std::string_view text, const JsonLimits& limits = {});

// `name` as one more step of a JSON pointer (RFC 6901): "/" + name, with "~" and "/" escaped.
[[nodiscard]] std::string pointerStep(std::string_view name);

}  // namespace holdfast::model
