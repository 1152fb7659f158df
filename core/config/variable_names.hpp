// SPDX-License-Identifier: Apache-2.0
// Keys as names of environment variables: HOLDFAST_STATE__DIR is state.dir.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::config {

inline constexpr std::string_view kEnvironmentPrefix = "HOLDFAST_";

// The prefix, the key in capitals, "__" for each dot.
[[nodiscard]] std::string variableName(std::string_view key);

// The way back, in small letters: what was a capital in the key cannot be told. `name` begins with
// the prefix.
[[nodiscard]] std::string keyOfVariableName(std::string_view name);

}  // namespace holdfast::config
