// SPDX-License-Identifier: Apache-2.0
// An agent that shows every family, with services in several situations; one is called what a label
// has to escape.
#pragma once

#include "metrics/counters.hpp"
#include "metrics/scrape.hpp"

namespace holdfast::metrics {

class FullScene {
 public:
  FullScene();

  [[nodiscard]] Scene scene() const {
    return {snapshot, alerting, link, plugins, serviceCounts, "1.2.3"};
  }
  // All but the process' own, arranged.
  [[nodiscard]] Families families() const;

  // Appends a service of app `id` that runs.
  model::ServiceStatus& addService(const std::string& id, const std::string& app,
                                   const std::string& name);

  engine::Snapshot snapshot;
  alerts::AlertView alerting;
  std::optional<uplink::LinkView> link;
  std::vector<pluginhost::PluginReport> plugins;
  std::map<std::string, ServiceCounts> serviceCounts;
  Counters counters;

 private:
  void addServices();
  void addEngines();
  void addAlerting();
  void addLink();
  void addPlugins();
  void count();
};

}  // namespace holdfast::metrics
