// SPDX-License-Identifier: Apache-2.0
// engine::ServiceMemory as the store writes it.
#pragma once

#include "engine/memory.hpp"

#include <optional>
#include <string>

namespace holdfast::state {

[[nodiscard]] std::string toJson(const engine::ServiceMemory& memory);

// Members that are missing keep their defaults and unknown ones are ignored, so that neighbouring
// versions read each other. Nothing when the text is no JSON object or a member has another type.
[[nodiscard]] std::optional<engine::ServiceMemory> memoryFromJson(const std::string& key,
                                                                  const std::string& json);

}  // namespace holdfast::state
