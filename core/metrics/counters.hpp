// SPDX-License-Identifier: Apache-2.0
// What is counted where it happens, since the agent started. Everything else that a scrape shows is
// read from the agent's state at that moment (scrape.hpp).
//
// Thread-safe. No member blocks for longer than a scrape copies the numbers: microseconds.
#pragma once

#include "engine/engine.hpp"
#include "engine/snapshot.hpp"
#include "metrics/family.hpp"
#include "model/event.hpp"
#include "pluginhost/supervisor.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace holdfast::metrics {

// One member for each thing that is counted by service; service_families.cpp shows them. They leave
// together with the service.
struct ServiceCounts {
  std::uint64_t restarts = 0;
};

class Counters {
 public:
  Counters();

  // What the engine tells.
  [[nodiscard]] engine::CountingObservers observers();
  // Forgets services that have left the target.
  void look(const engine::Snapshot& snapshot);

  // A call to a plugin has ended; `kind` is HOLDFAST_KIND_*.
  void called(std::uint32_t kind, const std::string& instance, const pluginhost::CallEnd& end);

  // The API answered a request with this status.
  void answered(int status);

  // A client that follows the events, as long as this lives.
  class Follower {
   public:
    explicit Follower(Counters& counters) : clients_(counters.followers_) { clients_.Increment(); }
    ~Follower() { clients_.Decrement(); }
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

   private:
    prometheus::Gauge& clients_;
  };

  [[nodiscard]] Families families() const;
  [[nodiscard]] std::map<std::string, ServiceCounts> services() const;  // by key

 private:
  using CounterFamily = prometheus::Family<prometheus::Counter>;
  using HistogramFamily = prometheus::Family<prometheus::Histogram>;

  void pulled(const engine::PullEnd& pull);
  void told(const model::EventDraft& event);
  void restarted(const std::string& serviceKey);
  void engineCalled(const std::string& runtime, const pluginhost::CallEnd& end);
  void delivered(const std::string& notifier, const pluginhost::CallEnd& end);
  void cloudCalled(const std::string& uplink, const pluginhost::CallEnd& end);

  prometheus::Registry registry_;
  prometheus::Histogram& passes_;
  CounterFamily& pulls_;
  HistogramFamily& pullDurations_;
  CounterFamily& events_;
  HistogramFamily& engineCalls_;
  CounterFamily& engineErrors_;
  CounterFamily& deliveries_;
  HistogramFamily& deliveryDurations_;
  CounterFamily& cloudCalls_;
  HistogramFamily& cloudCallDurations_;
  CounterFamily& requests_;
  prometheus::Gauge& followers_;

  mutable std::mutex mutex_;
  std::map<std::string, ServiceCounts> services_;  // by key
  std::shared_ptr<const model::Target> target_;    // that services_ was last cut down to
};

}  // namespace holdfast::metrics
