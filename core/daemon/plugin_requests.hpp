// SPDX-License-Identifier: Apache-2.0
// Which plugins are brought in with which options, from the settings.
#pragma once

#include "config/diagnostic.hpp"
#include "config/settings.hpp"
#include "pluginhost/registry.hpp"

#include <string>
#include <vector>

namespace holdfast::daemon {

// Where plugins are: plugins.dir, else the place that this build installs them to.
[[nodiscard]] std::string pluginDirectory(const config::Settings& settings);

// Where a crash writes down which plugin's call it happened in.
[[nodiscard]] std::string crashFile(const config::Settings& settings);

[[nodiscard]] pluginhost::RegistrySettings registrySettings(const config::Settings& settings);

// The runtimes of plugins.load, then the receivers of notifier.<name>, then the uplink.
// registry.authFile reaches
// every plugin that has an option authFile of its own. Asks `registry` what options a plugin has
// where it must know.
[[nodiscard]] std::vector<pluginhost::PluginRequest> pluginRequests(
    const config::Settings& settings, const pluginhost::Registry& registry);

// For --check-config: everything for which a plugin would be refused, its options included. Loads
// none; blocks for a child process per plugin.
[[nodiscard]] std::vector<config::Diagnostic> checkPlugins(const config::Settings& settings,
                                                           const model::Clock& clock);

}  // namespace holdfast::daemon
