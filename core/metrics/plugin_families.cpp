// SPDX-License-Identifier: Apache-2.0
#include "metrics/scrape.hpp"

namespace holdfast::metrics {
namespace {

void addNotifiers(const std::vector<pluginhost::PluginReport>& plugins, Families& families) {
  Family failures("holdfast_notifier_consecutive_failures",
                  "Attempts to deliver that failed since the last that went well.");
  Family lastOk("holdfast_notifier_last_delivery_timestamp_seconds",
                "When a notification was last delivered in this run of the agent, since 1970.");
  for (const auto& plugin : plugins) {
    if (!plugin.deliveries) {
      continue;
    }
    const Label name{"notifier", plugin.instance};
    failures.add({name}, static_cast<double>(plugin.deliveries->failedInARow));
    if (plugin.deliveries->lastDeliveredAt) {
      lastOk.add({name}, secondsOf(*plugin.deliveries->lastDeliveredAt));
    }
  }
  failures.moveTo(families);
  lastOk.moveTo(families);
}

}  // namespace

void addPlugins(const Scene& scene, Families& families) {
  Family up("holdfast_plugin_up", "Whether a plugin is loaded; 0: it was refused.");
  Family running("holdfast_plugin_calls_running", "Calls to a plugin that are under way.");
  Family stuck("holdfast_plugin_calls_stuck",
               "Calls to a plugin that do not return though they were cancelled.");
  Family quarantined("holdfast_plugin_quarantined",
                     "Whether a plugin is not called, since too many of its calls are stuck.");
  Family broken("holdfast_plugin_internal_errors_total",
                "Calls in which a plugin threw or broke its contract.");
  for (const auto& plugin : scene.plugins) {
    const Label name{"plugin", plugin.label};
    up.add({name, {"kind", plugin.kind}}, !plugin.refusal.has_value());
    running.add({name}, static_cast<double>(plugin.health.runningCalls));
    stuck.add({name}, static_cast<double>(plugin.health.stuckCalls));
    quarantined.add({name}, plugin.health.quarantined);
    broken.add({name}, static_cast<double>(plugin.health.internalErrors));
  }
  for (auto* family : {&up, &running, &stuck, &quarantined, &broken}) {
    family->moveTo(families);
  }
  addNotifiers(scene.plugins, families);
}

}  // namespace holdfast::metrics
