// SPDX-License-Identifier: Apache-2.0
// `holdfast plugins` as text. Pure.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace holdfast::cli {

// NAME KIND VERSION STATE DETAIL, one line per instance (webhook.ops); the detail of a refused
// plugin is its stage and reason.
[[nodiscard]] std::string pluginTable(const boost::json::array& plugins);

// Everything that is known of one plugin file.
[[nodiscard]] std::string pluginReport(const boost::json::value& plugin);

}  // namespace holdfast::cli
