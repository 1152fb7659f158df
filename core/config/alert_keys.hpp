// SPDX-License-Identifier: Apache-2.0
// `alert.route.<number>.<option>`: keys that the table of keys.hpp cannot have, since part of their
// name is free.
#pragma once

#include "config/settings.hpp"

#include <map>
#include <string>
#include <string_view>

namespace holdfast::config {

// Is it one of these keys, well formed or not?
[[nodiscard]] bool isRouteKey(std::string_view key);

// Puts the value into its route. Returns what was expected when key or value is not that, with the
// nearest name; empty when all was well.
[[nodiscard]] std::string assignRouteKey(std::string_view key, std::string_view value,
                                         std::map<int, RouteSettings>& routes);

// The lines about routes in etc/holdfast.properties.
[[nodiscard]] std::string routeHelp();

}  // namespace holdfast::config
