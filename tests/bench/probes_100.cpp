// SPDX-License-Identifier: Apache-2.0
// What holdfastd costs while a hundred services are probed by commands, and how punctual it is.
#include "bench/support/figures.hpp"
#include "bench/support/process_usage.hpp"
#include "bench/support/recording_proxy.hpp"
#include "bench/support/stage.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

namespace holdfast::bench {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto kPeriod = 10s;

struct Cost {
  double seconds = 0;
  double agent = 0;    // % of a core
  double machine = 0;  // % of a core, the agent included
  long long wakeUps = 0;
};

std::string probed(const std::string& target) {
  json::value whole = json::parse(target);
  for (json::value& service : whole.at("apps").at("7").at("services").as_array()) {
    service.as_object()["config"] = {{"livenessProbe",
                                      {{"type", "exec"},
                                       {"command", {"true"}},
                                       {"periodSeconds", kPeriod.count()},
                                       {"timeoutSeconds", 5}}}};
  }
  return json::serialize(whole);
}

Cost watch(const Agent& agent, std::chrono::seconds window) {
  const auto began = Clock::now();
  const auto busy = machineBusy();
  const ProcessUsage before = usageOf(agent.pid());
  std::this_thread::sleep_until(began + window);
  const ProcessUsage after = usageOf(agent.pid());
  const auto busyAfter = machineBusy();
  const double took = milliseconds(Clock::now() - began);
  return {took / 1000, 100 * milliseconds(after.cpu - before.cpu) / took,
          100 * milliseconds(busyAfter - busy) / took, wakeUpsBetween(before, after)};
}

bool isExec(const Recorded& request) {
  return request.method == "POST" && request.path.ends_with("/exec");
}

// How much further apart than the period two probes of one service were.
std::vector<double> lateness(const std::vector<Recorded>& requests) {
  std::map<std::string, Clock::time_point> latest;
  std::vector<double> all;
  for (const Recorded& request : requests) {
    if (!isExec(request)) {
      continue;
    }
    const auto [before, first] = latest.try_emplace(request.path, request.at);
    if (!first) {
      all.push_back(milliseconds(request.at - before->second - kPeriod));
      before->second = request.at;
    }
  }
  return all;
}

// The most probes within any tenth of a second.
std::size_t mostTogether(const std::vector<Recorded>& requests) {
  std::vector<Clock::time_point> times;
  for (const Recorded& request : requests) {
    if (isExec(request)) {
      times.push_back(request.at);
    }
  }
  std::size_t most = 0;
  for (auto first = times.begin(); first != times.end(); ++first) {
    const auto end = std::upper_bound(first, times.end(), *first + 100ms);
    most = std::max(most, static_cast<std::size_t>(end - first));
  }
  return most;
}

void print(const char* name, const Cost& cost) {
  std::printf(
      "  %-16s holdfastd %.3f %% of a core, woken %lld times; all of the machine %.1f %%  (%.1f "
      "s)\n",
      name, cost.agent, cost.wakeUps, cost.machine, cost.seconds);
}

int run(std::chrono::seconds window, int services, std::chrono::seconds rest) {
  const fixtures::Lab lab;
  const fixtures::TempDir directory;
  lab.docker().pull(sleeperImage());
  RecordingProxy proxy(directory.path() / "docker.sock", lab.dockerSocket());
  Agent agent(directory.path() / "docker.sock");
  agent.setTarget(targetOf(services));
  agent.waitUntilSettled(600s);
  say(std::to_string(services) + " services run; letting the agent come to rest");
  std::this_thread::sleep_for(rest);
  const Cost without = watch(agent, window);
  agent.setTarget(probed(targetOf(services)));
  say("they are probed; letting the probes spread");
  std::this_thread::sleep_for(rest);
  proxy.forget();
  const Cost with = watch(agent, window);
  const auto requests = proxy.requests();

  std::printf("probes_100: %d services, an exec probe every %lld s\n", services,
              static_cast<long long>(kPeriod.count()));
  print("without probes", without);
  print("with probes", with);
  const auto commands = std::count_if(requests.begin(), requests.end(), isExec);
  std::printf(
      "  commands asked for %td, at most %zu within 100 ms; calls to the engine for each %.1f\n",
      commands, mostTogether(requests),
      static_cast<double>(requests.size()) /
          static_cast<double>(std::max(commands, std::ptrdiff_t{1})));
  if (const auto late = lateness(requests); !late.empty()) {
    printFigure("later than the period", late, "ms");
  }
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

// probes_100 [SECONDS [SERVICES [REST]]]
int main(int count, char** arguments) {
  const auto argument = [&](int at, int otherwise) {
    return count > at ? std::atoi(arguments[at]) : otherwise;
  };
  try {
    return holdfast::bench::run(std::chrono::seconds(argument(1, 60)), argument(2, 100),
                                std::chrono::seconds(argument(3, 60)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "probes_100: %s\n", error.what());
    return 1;
  }
}
