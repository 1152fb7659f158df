// SPDX-License-Identifier: Apache-2.0
#include "metrics/scrape.hpp"

namespace holdfast::metrics {

Families familiesOf(const Scene& scene) {
  Families families;
  Family build("holdfast_build_info", "The agent's version, as a label; always 1.");
  build.add({{"version", scene.version}}, 1.0);
  build.moveTo(families);
  addTarget(scene, families);
  addServices(scene, families);
  addProbes(scene, families);
  addEngines(scene, families);
  addAlerts(scene, families);
  addLink(scene, families);
  addPlugins(scene, families);
  return families;
}

}  // namespace holdfast::metrics
