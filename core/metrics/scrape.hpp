// SPDX-License-Identifier: Apache-2.0
// Everything that GET /metrics shows, by where it comes from. Functions of values: none of them
// waits for anything. Each appends its families; docs/metrics.md lists them all.
#pragma once

#include "alerts/alert_engine.hpp"
#include "engine/snapshot.hpp"
#include "metrics/counters.hpp"
#include "metrics/family.hpp"
#include "pluginhost/plugin_report.hpp"
#include "uplink/link_view.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::metrics {

// What a scrape is about: the agent at one moment.
struct Scene {
  const engine::Snapshot& snapshot;
  const alerts::AlertView& alerting;
  const std::optional<uplink::LinkView>& link;
  const std::vector<pluginhost::PluginReport>& plugins;
  const std::map<std::string, ServiceCounts>& serviceCounts;  // by key
  std::string version;                                        // of the agent
};

void addServices(const Scene& scene, Families& families);
void addProbes(const Scene& scene, Families& families);
void addTarget(const Scene& scene, Families& families);  // and the retry ledger
void addEngines(const Scene& scene, Families& families);
void addAlerts(const Scene& scene, Families& families);   // and the outbox
void addLink(const Scene& scene, Families& families);     // none without a link
void addPlugins(const Scene& scene, Families& families);  // and what notifiers did

// All of the above and the build's. To be arranged.
[[nodiscard]] Families familiesOf(const Scene& scene);

}  // namespace holdfast::metrics
