// SPDX-License-Identifier: Apache-2.0
// From names in a path to what they name, and what to say when there is none.
#pragma once

#include "api/http.hpp"
#include "engine/snapshot.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::api {

// The service of the captures `app` (an id or a name) and `service`; nullptr when there is none.
[[nodiscard]] const engine::ServiceView* find(const engine::Snapshot& snapshot,
                                              const Request& request);

// Those of the app with this id or name.
[[nodiscard]] std::vector<const engine::ServiceView*> servicesOf(const engine::Snapshot& snapshot,
                                                                 std::string_view app);

// 404 that says which half is unknown, with the nearest name that is known.
[[nodiscard]] Response noSuchService(const engine::Snapshot& snapshot, const Request& request);

// The id of the app with this id or name; empty when there is none.
[[nodiscard]] std::string appIdOf(const engine::Snapshot& snapshot, std::string_view app);

// The name of the app with this id; the id where it is not in the target any more.
[[nodiscard]] std::string appNameOf(const engine::Snapshot& snapshot, const std::string& appId);

}  // namespace holdfast::api
