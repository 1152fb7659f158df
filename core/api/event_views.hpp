// SPDX-License-Identifier: Apache-2.0
// What the list of events and the stream of them share.
#pragma once

#include "api/agent.hpp"
#include "api/http.hpp"

#include <boost/json/object.hpp>

#include <cstddef>

namespace holdfast::api {

// Of one answer, or of one piece of a stream.
inline constexpr std::size_t kMostEvents = 1000;

// The parameters `after`, `before`, `limit`, `since`, `app` and `service`. Throws BadParameter.
[[nodiscard]] EventQuery eventQueryOf(const Request& request, const Agent& agent);

[[nodiscard]] boost::json::object eventObject(const model::Event& event,
                                              const engine::Snapshot& snapshot);

}  // namespace holdfast::api
