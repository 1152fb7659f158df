// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/http.hpp"
#include "engine/engine.hpp"

namespace holdfast::api {

// How a command that was not Done is told: 404, 409 or 422, with every problem of a target.
[[nodiscard]] Response refusal(const engine::CommandResult& result);

}  // namespace holdfast::api
