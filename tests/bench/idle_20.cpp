// SPDX-License-Identifier: Apache-2.0
// What holdfastd costs while twenty services just run: processor, writing, memory.
#include "bench/support/figures.hpp"
#include "bench/support/process_usage.hpp"
#include "bench/support/stage.hpp"

#include <cstdio>
#include <cstdlib>
#include <thread>

namespace holdfast::bench {
namespace {

using namespace std::chrono_literals;

// The last writes of the start-up are done, and the first resync is over.
constexpr auto kRest = 35s;

int run(std::chrono::seconds window, int services) {
  const fixtures::Lab lab;
  lab.docker().pull(sleeperImage());
  Agent agent(lab.dockerSocket());
  agent.setTarget(targetOf(services));
  agent.waitUntilSettled(120s);
  say(std::to_string(services) + " services run; letting the agent come to rest");
  std::this_thread::sleep_for(kRest);
  say("watching it for " + std::to_string(window.count()) + " s");

  const auto began = Clock::now();
  const ProcessUsage before = usageOf(agent.pid());
  std::this_thread::sleep_until(began + window);
  const ProcessUsage after = usageOf(agent.pid());
  const double took = milliseconds(Clock::now() - began);
  const double cpu = milliseconds(after.cpu - before.cpu);
  const double ticks = milliseconds(after.cpuByTicks - before.cpuByTicks);

  std::printf("idle_20: holdfastd with %d running services, %.1f s\n", services, took / 1000);
  std::printf("  processor time  %.2f ms = %.4f %% of a core (process clock, ns)\n", cpu,
              100 * cpu / took);
  std::printf("                  %.0f ms = %.4f %% (utime + stime of /proc/PID/stat)\n", ticks,
              100 * ticks / took);
  std::printf(
      "  written         %lld bytes to disk (write_bytes of /proc/PID/io), "
      "%lld write calls\n",
      after.writtenBytes - before.writtenBytes, after.writeCalls - before.writeCalls);
  std::printf("  woken           %lld times (voluntary context switches of lasting threads)\n",
              wakeUpsBetween(before, after));
  std::printf(
      "  memory          PSS %.1f MiB, of it anonymous %.1f MiB (smaps_rollup); %zu threads\n",
      static_cast<double>(after.pssKiB) / 1024, static_cast<double>(after.pssAnonymousKiB) / 1024,
      after.wakeUps.size());
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

// idle_20 [SECONDS [SERVICES]]
int main(int count, char** arguments) {
  try {
    return holdfast::bench::run(std::chrono::seconds(count > 1 ? std::atoi(arguments[1]) : 60),
                                count > 2 ? std::atoi(arguments[2]) : 20);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "idle_20: %s\n", error.what());
    return 1;
  }
}
