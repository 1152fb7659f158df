// SPDX-License-Identifier: Apache-2.0
// Finds in a target what only the API could have put there: `***` in place of a value.
#pragma once

#include "model/target.hpp"

#include <string_view>
#include <vector>

namespace holdfast::api {

inline constexpr std::string_view kMask = "***";

// One problem per environment value that is the mask. Text that is no JSON has none: the target's
// own parser says what is wrong with it.
[[nodiscard]] std::vector<model::Problem> maskedValues(std::string_view text);

}  // namespace holdfast::api
