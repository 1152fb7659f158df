// SPDX-License-Identifier: Apache-2.0
#include "engine/probe_port.hpp"
#include "metrics/scrape.hpp"
#include "metrics/service_names.hpp"

namespace holdfast::metrics {

void addProbes(const Scene& scene, Families& families) {
  const auto names = appNames(scene.snapshot);
  Family results("holdfast_probe_results_total",
                 "Attempts of probes; an error says nothing of the service.");
  Family duration("holdfast_probe_duration_seconds_total", "How long they took together.");
  Family success("holdfast_probe_success",
                 "The verdict of a probe, after its thresholds; absent while there is none.");
  for (const auto& view : scene.snapshot.services) {
    if (!view.probes) {
      continue;
    }
    const Label app{"app", names.at(view.status.appId)};
    const Label service{"service", view.status.serviceName};
    for (const auto& [kind, state] : view.probes->probes) {
      const Label probe{"probe", engine::probeKindName(kind)};
      const auto count = [&](const char* result, std::int64_t attempts) {
        results.add({app, service, probe, {"result", result}}, static_cast<double>(attempts));
      };
      count("success", state.counts.successes);
      count("failure", state.counts.failures);
      count("error", state.counts.errors);
      duration.add({app, service, probe}, secondsOf(state.counts.totalDuration));
      if (state.result != engine::ProbeResult::Unknown) {
        success.add({app, service, probe}, state.result == engine::ProbeResult::Success);
      }
    }
  }
  for (auto* family : {&results, &duration, &success}) {
    family->moveTo(families);
  }
}

}  // namespace holdfast::metrics
