// SPDX-License-Identifier: Apache-2.0
#include "metrics/scrape.hpp"

namespace holdfast::metrics {

void addEngines(const Scene& scene, Families& families) {
  Family up("holdfast_engine_up", "Whether the container engine answers.");
  Family info("holdfast_engine_info", "The container engine's own words, as labels; always 1.");
  Family observed("holdfast_engine_observed_timestamp_seconds",
                  "When the container engine was last looked at with success, since 1970.");
  Family attempt("holdfast_engine_retry_attempt",
                 "Number of the next try to reach the container engine; 0 when it answers.");
  Family nextRetry("holdfast_engine_next_retry_timestamp_seconds",
                   "When the container engine is tried again, since 1970.");
  for (const auto& runtime : scene.snapshot.runtimes) {
    const Label name{"runtime", runtime.name};
    up.add({name}, runtime.available);
    if (!runtime.info.name.empty()) {
      info.add({name,
                {"engine", runtime.info.name},
                {"version", runtime.info.version},
                {"api_version", runtime.info.apiVersion},
                {"architecture", runtime.info.architecture}},
               1.0);
    }
    if (runtime.observedAt) {
      observed.add({name}, secondsOf(*runtime.observedAt));
    }
    attempt.add({name}, runtime.retry ? static_cast<double>(runtime.retry->retryCount) : 0.0);
    if (runtime.retry && runtime.retry->due) {
      nextRetry.add({name}, secondsOf(model::wallOf(*runtime.retry->due, scene.snapshot.at)));
    }
  }
  for (auto* family : {&up, &info, &observed, &attempt, &nextRetry}) {
    family->moveTo(families);
  }
}

}  // namespace holdfast::metrics
