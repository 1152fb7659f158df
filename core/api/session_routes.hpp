// SPDX-License-Identifier: Apache-2.0
// Signing in and out, for browsers.
#pragma once

#include "api/gate.hpp"
#include "api/router.hpp"

#include <vector>

namespace holdfast::api {

// POST, GET and DELETE /v1/session. `gate` outlives the routes.
[[nodiscard]] std::vector<Route> sessionRoutes(Gate& gate);

}  // namespace holdfast::api
