// SPDX-License-Identifier: Apache-2.0
// The link to the cloud as the API's JSON (docs/interfaces.md "Information"). Pure.
#pragma once

#include "engine/snapshot.hpp"
#include "uplink/link_view.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>

namespace holdfast::api {

// null when no uplink is loaded.
[[nodiscard]] boost::json::value linkValue(const std::optional<uplink::LinkView>& link);

// `wanted`: the version that the cloud asks for, or without one that in force; `applied`: the one
// in force.
void addVersions(boost::json::object& target, const engine::Snapshot& snapshot,
                 const std::optional<uplink::LinkView>& link);

}  // namespace holdfast::api
