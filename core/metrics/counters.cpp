// SPDX-License-Identifier: Apache-2.0
#include "metrics/counters.hpp"

#include "holdfast/sdk/abi.h"
#include "model/status.hpp"

#include <set>
#include <utility>

namespace holdfast::metrics {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Histogram;
using Buckets = Histogram::BucketBoundaries;

// Upper bounds in seconds, where what is measured really lies.

// Planning 50 services takes a millisecond, storing it some more; a slow disk a hundred.
Buckets passBuckets() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1};
}

// A ping takes one millisecond, a look some ten, a start some hundred; a stop ten seconds where the
// container does not listen; a minute is the longest deadline but for longer stops.
Buckets engineBuckets() {
  return {0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30, 60};
}

// From a layer that is there to an image over a mobile link at night.
Buckets pullBuckets() {
  return {0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 1'800, 3'600, 10'800};
}

// Networks between a receiver next door and one over a satellite; at 30 s an attempt is given up.
Buckets networkBuckets() {
  return {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
}

// "execute createContainer" -> "createContainer": the words of the call, never of its object.
std::string callOf(const pluginhost::CallEnd& end) {
  return end.label.substr(end.label.rfind(' ') + 1);
}

std::string classOf(sdk::ErrorClass errorClass) {
  return std::string(model::errorClassWord(errorClass));
}

// "2xx"
std::string statusClass(int status) {
  return std::to_string(status / 100) + "xx";
}

}  // namespace

Counters::Counters()
    : passes_(BuildHistogram()
                  .Name("holdfast_reconcile_duration_seconds")
                  .Help("Passes of the reconciler and how long each took, without engine calls.")
                  .Register(registry_)
                  .Add({}, passBuckets())),
      pulls_(BuildCounter()
                 .Name("holdfast_image_pulls_total")
                 .Help("Pulls that ended, by result and error class (ok: none).")
                 .Register(registry_)),
      pullDurations_(BuildHistogram()
                         .Name("holdfast_image_pull_duration_seconds")
                         .Help("How long pulls took, by result.")
                         .Register(registry_)),
      events_(BuildCounter()
                  .Name("holdfast_events_total")
                  .Help("Events of the history, repeats included.")
                  .Register(registry_)),
      engineCalls_(BuildHistogram()
                       .Name("holdfast_engine_call_duration_seconds")
                       .Help("How long calls to container engines took, but for streams.")
                       .Register(registry_)),
      engineErrors_(BuildCounter()
                        .Name("holdfast_engine_call_errors_total")
                        .Help("Calls to container engines that failed, by error class.")
                        .Register(registry_)),
      deliveries_(BuildCounter()
                      .Name("holdfast_deliveries_total")
                      .Help("Attempts to deliver a notification, by outcome: ok or error class.")
                      .Register(registry_)),
      deliveryDurations_(BuildHistogram()
                             .Name("holdfast_delivery_duration_seconds")
                             .Help("How long attempts to deliver a notification took.")
                             .Register(registry_)),
      cloudCalls_(BuildCounter()
                      .Name("holdfast_uplink_calls_total")
                      .Help("Calls to the cloud, by outcome: ok or error class.")
                      .Register(registry_)),
      cloudCallDurations_(BuildHistogram()
                              .Name("holdfast_uplink_call_duration_seconds")
                              .Help("How long calls to the cloud took.")
                              .Register(registry_)),
      requests_(BuildCounter()
                    .Name("holdfast_api_requests_total")
                    .Help("Requests to the API, by class of the answer's status.")
                    .Register(registry_)),
      followers_(BuildGauge()
                     .Name("holdfast_api_event_streams")
                     .Help("Clients that follow the events.")
                     .Register(registry_)
                     .Add({})) {}

engine::CountingObservers Counters::observers() {
  return {.pulled = [this](const engine::PullEnd& pull) { pulled(pull); },
          .restarted = [this](const std::string& key) { restarted(key); },
          .told = [this](const model::EventDraft& event) { told(event); },
          .passed = [this](std::chrono::nanoseconds took) { passes_.Observe(secondsOf(took)); }};
}

void Counters::pulled(const engine::PullEnd& pull) {
  const std::string result = pull.errorClass == sdk::ErrorClass::Ok ? "succeeded" : "failed";
  pulls_.Add({{"runtime", pull.runtime}, {"result", result}, {"class", classOf(pull.errorClass)}})
      .Increment();
  pullDurations_.Add({{"runtime", pull.runtime}, {"result", result}}, pullBuckets())
      .Observe(secondsOf(pull.took));
}

void Counters::told(const model::EventDraft& event) {
  const bool warning = event.type == model::EventType::Warning;
  events_.Add({{"type", warning ? "Warning" : "Normal"}, {"reason", event.reason}}).Increment();
}

void Counters::restarted(const std::string& serviceKey) {
  const std::lock_guard lock(mutex_);
  services_[serviceKey].restarts += 1;
}

void Counters::look(const engine::Snapshot& snapshot) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(target_, snapshot.target) == snapshot.target) {
    return;
  }
  std::set<std::string> there;
  for (const auto& view : snapshot.services) {
    there.insert(view.key);
  }
  std::erase_if(services_, [&](const auto& service) { return !there.contains(service.first); });
}

void Counters::called(std::uint32_t kind, const std::string& instance,
                      const pluginhost::CallEnd& end) {
  switch (kind) {
    case HOLDFAST_KIND_NOTIFIER:
      return delivered(instance, end);
    case HOLDFAST_KIND_UPLINK:
      return cloudCalled(instance, end);
    default:
      return engineCalled(instance, end);
  }
}

// Cancelled is what the agent did itself.
void Counters::engineCalled(const std::string& runtime, const pluginhost::CallEnd& end) {
  const std::string call = callOf(end);
  if (end.limited) {
    engineCalls_.Add({{"runtime", runtime}, {"call", call}}, engineBuckets())
        .Observe(secondsOf(end.took));
  }
  if (end.errorClass != sdk::ErrorClass::Ok && end.errorClass != sdk::ErrorClass::Cancelled) {
    engineErrors_.Add({{"runtime", runtime}, {"call", call}, {"class", classOf(end.errorClass)}})
        .Increment();
  }
}

void Counters::delivered(const std::string& notifier, const pluginhost::CallEnd& end) {
  deliveries_.Add({{"notifier", notifier}, {"outcome", classOf(end.errorClass)}}).Increment();
  deliveryDurations_.Add({{"notifier", notifier}}, networkBuckets()).Observe(secondsOf(end.took));
}

void Counters::cloudCalled(const std::string& uplink, const pluginhost::CallEnd& end) {
  const std::string call = callOf(end);
  cloudCalls_.Add({{"uplink", uplink}, {"call", call}, {"outcome", classOf(end.errorClass)}})
      .Increment();
  cloudCallDurations_.Add({{"uplink", uplink}, {"call", call}}, networkBuckets())
      .Observe(secondsOf(end.took));
}

void Counters::answered(int status) {
  requests_.Add({{"status", statusClass(status)}}).Increment();
}

Families Counters::families() const {
  return registry_.Collect();
}

std::map<std::string, ServiceCounts> Counters::services() const {
  const std::lock_guard lock(mutex_);
  return services_;
}

}  // namespace holdfast::metrics
