// SPDX-License-Identifier: Apache-2.0
#include "metrics/scrape.hpp"
#include "metrics/service_names.hpp"

namespace holdfast::metrics {
namespace {

using engine::ServiceView;

// A service's own labels, and its families one after the other.
class ServiceFamilies {
 public:
  void add(const ServiceView& view, const std::string& app, const ServiceCounts& counts) {
    const auto& status = view.status;
    const Label appLabel{"app", app};
    const Label service{"service", status.serviceName};
    status_.add({appLabel,
                 service,
                 {"status", model::word(status.serviceStatus)},
                 {"reason", status.reason}},
                1.0);
    ready_.add({appLabel, service}, status.ready);
    stale_.add({appLabel, service}, status.stale);
    restarts_.add({appLabel, service}, static_cast<double>(counts.restarts));
    crashes_.add({appLabel, service}, static_cast<double>(status.crashCount));
    if (status.startedAt) {
      started_.add({appLabel, service}, secondsOf(*status.startedAt));
    }
    if (status.lastState) {
      exitCode_.add({appLabel, service}, static_cast<double>(status.lastState->exitCode));
    }
    addRetry(status, appLabel, service);
  }

  void moveTo(Families& families) {
    for (auto* family : {&status_, &ready_, &stale_, &restarts_, &crashes_, &started_, &exitCode_,
                         &error_, &attempt_, &limit_, &nextRetry_, &exhausted_}) {
      family->moveTo(families);
    }
  }

 private:
  void addRetry(const model::ServiceStatus& status, const Label& app, const Label& service) {
    const auto& error = status.error;
    attempt_.add({app, service}, error ? static_cast<double>(error->retryCount) : 0.0);
    exhausted_.add({app, service}, error && error->exhausted);
    if (!error) {
      return;
    }
    error_.add({app, service, {"type", error->type}, {"class", error->errorClass}}, 1.0);
    limit_.add({app, service}, static_cast<double>(error->maxRetries));
    if (error->nextRetry) {
      nextRetry_.add({app, service}, secondsOf(*error->nextRetry));
    }
  }

  Family status_{"holdfast_service_status",
                 "What a service shows, as labels; 1 for what holds, other series are absent."};
  Family ready_{"holdfast_service_ready", "Whether a service is ready."};
  Family stale_{"holdfast_service_stale",
                "Whether what is known of a service is old, since its engine does not answer."};
  Family restarts_{"holdfast_service_restarts_total",
                   "Restarts since the agent started, but for those that a user asked for."};
  Family crashes_{"holdfast_service_crashes",
                  "Crashes on the current ladder; 0 again after a run that is long enough."};
  Family started_{"holdfast_service_start_time_seconds",
                  "When the container of a ready service started, since 1970."};
  Family exitCode_{"holdfast_service_last_exit_code",
                   "Exit code of the container's run before the current one."};
  Family error_{"holdfast_service_error",
                "What is wrong with a service, as labels; 1 for what holds."};
  Family attempt_{"holdfast_service_retry_attempt",
                  "Number of the retry that is next or under way; 0 when nothing failed."};
  Family limit_{"holdfast_service_retry_limit",
                "After how many retries a failing service is given up; 0: never."};
  Family nextRetry_{"holdfast_service_next_retry_timestamp_seconds",
                    "When a failing service is tried again, since 1970."};
  Family exhausted_{"holdfast_service_retries_exhausted",
                    "Whether a service was given up after its last retry."};
};

}  // namespace

void addServices(const Scene& scene, Families& families) {
  const auto names = appNames(scene.snapshot);
  ServiceFamilies services;
  for (const auto& view : scene.snapshot.services) {
    const auto counts = scene.serviceCounts.find(view.key);
    services.add(view, names.at(view.status.appId),
                 counts == scene.serviceCounts.end() ? ServiceCounts{} : counts->second);
  }
  services.moveTo(families);
}

}  // namespace holdfast::metrics
