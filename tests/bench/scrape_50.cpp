// SPDX-License-Identifier: Apache-2.0
// What a scrape of fifty services costs the agent: time, and memory while it is made. From the
// state to the text, with everything counted that an agent counts; without the socket.
#include "bench/support/figures.hpp"
#include "holdfast/sdk/abi.h"
#include "metrics/exposition.hpp"
#include "metrics/process_families.hpp"
#include "metrics/scrape.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>

namespace {

std::atomic<std::size_t> held = 0;  // by the heap, now
std::atomic<std::size_t> most = 0;  // since it was last set back

}  // namespace

void* operator new(std::size_t size) {
  void* place = std::malloc(size);
  if (place == nullptr) {
    throw std::bad_alloc();
  }
  const auto now = held += ::malloc_usable_size(place);
  most = std::max(most.load(), now);
  return place;
}

void operator delete(void* place) noexcept {
  held -= place == nullptr ? 0 : ::malloc_usable_size(place);
  std::free(place);
}

void operator delete(void* place, std::size_t) noexcept {
  operator delete(place);
}

namespace holdfast::bench {
namespace {

using namespace std::chrono_literals;

struct World {
  engine::Snapshot snapshot;
  alerts::AlertView alerting;
  std::optional<uplink::LinkView> link;
  std::vector<pluginhost::PluginReport> plugins;
  metrics::Counters counters;
};

// A fifth of the services fails, as on a bad day.
void fill(World& world, int services) {
  for (int i = 0; i < services; ++i) {
    auto& view = world.snapshot.services.emplace_back();
    view.status.appId = std::to_string(1'000 + i / 5);
    view.status.appName = "app-" + view.status.appId;
    view.status.serviceName = "service-" + std::to_string(i);
    view.key = view.status.appId + "/" + view.status.serviceName;
    view.status.reason = "Running";
    view.status.startedAt = model::SystemClock().now().wall;
    if (i % 5 == 0) {
      view.status.reason = "ImagePullBackOff";
      view.status.error = {.type = "ImagePullBackOff",
                           .errorClass = "not_found",
                           .retryCount = 3,
                           .maxRetries = 10,
                           .nextRetry = model::SystemClock().now().wall};
    }
  }
  world.snapshot.runtimes.push_back({.name = "docker", .available = true});
  world.alerting.queues["ops"].entries = 1;
  world.alerting.queues["site"].entries = 1;
  world.link.emplace().uplink = "iotistic";
  for (const char* label : {"docker", "webhook.ops", "syslog.site", "iotistic"}) {
    world.plugins.emplace_back().label = label;
  }
}

void count(World& world) {
  const auto observers = world.counters.observers();
  const std::string runtime = "docker";
  observers.passed(3ms);
  for (const auto errorClass : {sdk::ErrorClass::Ok, sdk::ErrorClass::NotFound}) {
    observers.pulled({runtime, errorClass, 2s});
    for (const char* call :
         {"health", "observe", "engineInfo", "validate", "createNetwork", "createContainer",
          "startContainer", "stopContainer", "removeContainer", "removeNetwork"}) {
      world.counters.called(HOLDFAST_KIND_RUNTIME, "docker", {call, true, 5ms, errorClass});
    }
    for (const char* notifier : {"ops", "site"}) {
      world.counters.called(HOLDFAST_KIND_NOTIFIER, notifier, {"deliver", true, 5ms, errorClass});
    }
    for (const char* call : {"fetchTarget", "deliverReport", "deliverLogs"}) {
      world.counters.called(HOLDFAST_KIND_UPLINK, "iotistic", {call, true, 5ms, errorClass});
    }
  }
  for (const char* reason : {"Pulling", "Pulled", "Failed", "BackOff", "Created", "Started",
                             "Killing", "Recovered", "TargetApplied"}) {
    observers.told({.reason = reason});
  }
}

// As GET /metrics does it.
std::string scrape(World& world) {
  const auto serviceCounts = world.counters.services();
  auto families = metrics::familiesOf({.snapshot = world.snapshot,
                                       .alerting = world.alerting,
                                       .link = world.link,
                                       .plugins = world.plugins,
                                       .serviceCounts = serviceCounts,
                                       .version = "1.2.3"});
  for (auto& more : {world.counters.families(), metrics::processFamilies()}) {
    families.insert(families.end(), more.begin(), more.end());
  }
  metrics::arrange(families);
  return metrics::textOf(families);
}

void run(int scrapes, int services) {
  auto world = std::make_unique<World>();
  const std::size_t idle = held;
  count(*world);
  const std::size_t counted = held;
  fill(*world, services);
  const std::size_t filled = held;
  most = filled;
  const std::string text = scrape(*world);
  std::printf("a scrape of %d services: %zu bytes, %zu lines\n", services, text.size(),
              static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
  std::printf("heap: %zu kB at its most while it is made, %zu kB for all that is counted\n",
              (most - filled) / 1024, (counted - idle) / 1024);
  std::vector<double> times;
  for (int i = 0; i < scrapes; ++i) {
    const auto began = Clock::now();
    static_cast<void>(scrape(*world));
    times.push_back(milliseconds(Clock::now() - began));
  }
  printFigure("a scrape", times, "ms");
}

}  // namespace
}  // namespace holdfast::bench

// scrape_50 [scrapes [services]]
int main(int argc, char** argv) {
  constexpr int kScrapes = 500;
  constexpr int kServices = 50;
  holdfast::bench::run(argc > 1 ? std::atoi(argv[1]) : kScrapes,
                       argc > 2 ? std::atoi(argv[2]) : kServices);
}
