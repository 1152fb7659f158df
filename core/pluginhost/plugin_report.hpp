// SPDX-License-Identifier: Apache-2.0
// What is told of an instance: to the API, the log and --check-config.
#pragma once

#include "model/time.hpp"
#include "pluginhost/identity.hpp"
#include "pluginhost/notifier_adapter.hpp"
#include "pluginhost/options.hpp"
#include "pluginhost/refusal.hpp"
#include "pluginhost/registry_settings.hpp"
#include "pluginhost/supervisor.hpp"

#include <optional>
#include <string>
#include <vector>

namespace holdfast::pluginhost {

// One instance of a plugin as `holdfast plugins` shows it. What was not learned before a refusal is
// empty.
struct PluginReport {
  std::string name;      // of the plugin
  std::string instance;  // "ops" of notifier.ops; the plugin's own name for a runtime
  std::string label;     // both in one word, as in the log: "webhook.ops", "docker"
  std::string kind;
  std::string path;
  std::string version;
  std::string abi;  // "0.1"
  std::string toolchain;
  std::vector<OptionSpec> options;         // what it can be told
  std::optional<Refusal> refusal;          // absent: it is loaded (or, of inspect(), could be)
  std::optional<model::WallTime> nextTry;  // of a quarantined one, when it is brought in again
  SupervisorHealth health;
  std::optional<DeliveryRecord> deliveries;  // of a notifier that is loaded
  bool changedOnDisk = false;  // another file is there now: it takes a restart of the agent
};

// Fills in what the plugin says of itself.
void describe(const PluginIdentity& identity, PluginReport& report);

// A refusal at Options that tells all `problems`; of a request also where in the configuration.
[[nodiscard]] Refusal wrongOptions(const std::string& label,
                                   const std::vector<std::string>& problems);
[[nodiscard]] Refusal wrongOptions(const PluginRequest& request,
                                   const std::vector<OptionProblem>& problems);

}  // namespace holdfast::pluginhost
