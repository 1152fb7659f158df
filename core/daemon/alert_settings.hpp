// SPDX-License-Identifier: Apache-2.0
// What alerting needs, from the configuration and from what the plugin host says.
#pragma once

#include "alerts/alert_engine.hpp"
#include "config/settings.hpp"
#include "pluginhost/plugin_report.hpp"

#include <vector>

namespace holdfast::daemon {

[[nodiscard]] alerts::AlertSettings alertSettings(const config::Settings& settings);

// The plugins that do not work: refused, quarantined, or with calls that hang.
[[nodiscard]] std::vector<alerts::PluginFault> pluginFaults(
    const std::vector<pluginhost::PluginReport>& reports);

}  // namespace holdfast::daemon
