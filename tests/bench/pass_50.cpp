// SPDX-License-Identifier: Apache-2.0
// One pass over fifty services that are all right: from the wake-up to the published status. The
// engine, the store and the docker plugin are the agent's, in this process, because from outside
// nothing shows the end of a pass that finds nothing to do.
#include "bench/support/engine_connection.hpp"
#include "bench/support/figures.hpp"
#include "bench/support/stage.hpp"
#include "engine/engine.hpp"
#include "pluginhost/registry.hpp"
#include "state/store.hpp"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace holdfast::bench {
namespace {

using namespace std::chrono_literals;

// The first of the two requests that an observation makes.
constexpr const char* kList =
    "/v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22io.holdfast.owner%22%5D%7D";
constexpr auto kLimit = 120s;

// Between two passes the engine's caches and the processor get as cold as they would be.
constexpr auto kPause = 200ms;

class Published {
 public:
  void put(std::shared_ptr<const engine::Snapshot> snapshot) {
    const std::lock_guard lock(mutex_);
    at_ = Clock::now();
    latest_ = std::move(snapshot);
    changed_.notify_all();
  }

  // When the first snapshot was published that satisfies `wanted`.
  template <class Predicate>
  Clock::time_point wait(Predicate wanted) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kLimit, [&] { return latest_ && wanted(*latest_); })) {
      throw std::runtime_error("the engine does not publish what is waited for");
    }
    return at_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const engine::Snapshot> latest_;
  Clock::time_point at_;
};

std::unique_ptr<pluginhost::Registry> loadDocker(const std::filesystem::path& directory,
                                                 const std::filesystem::path& dockerSocket,
                                                 const model::Clock& clock) {
  pluginhost::RegistrySettings settings;
  settings.directory = directory / "plugins";
  settings.stateDirectory = directory;
  settings.probe.arguments = {HOLDFAST_DAEMON, "--probe-plugin"};
  installPlugin(settings.directory);
  auto registry = std::make_unique<pluginhost::Registry>(settings, clock);
  registry->load({{.name = "docker", .options = {{"url", "unix://" + dockerSocket.string()}}}});
  if (registry->runtimes().empty()) {
    throw std::runtime_error("the docker plugin is refused: " +
                             registry->report().front().refusal->reason());
  }
  return registry;
}

bool isUp(const engine::Snapshot& snapshot) {
  return snapshot.settled && snapshot.target != nullptr;
}

class Passes {
 public:
  Passes(const std::filesystem::path& directory, const std::filesystem::path& dockerSocket)
      : registry_(loadDocker(directory, dockerSocket, clock_)),
        store_({.directory = directory / "state", .bootId = model::bootId()}),
        engine_(settings_, registry_->runtimes(), store_, clock_, observers()) {
    engine_.start();
  }

  ~Passes() {
    engine_.stop(true);
    registry_->drain(5s);
  }

  Passes(const Passes&) = delete;
  Passes& operator=(const Passes&) = delete;

  void bringUp(const std::string& target) {
    const auto result = engine_.setTarget({.text = target, .sourceDetail = "bench"}).get();
    if (result.code != engine::CommandResult::Code::Done) {
      throw std::runtime_error("the target is refused: " + result.message);
    }
    published_.wait(isUp);
  }

  // A new configuration, even the same one, makes the engine look at everything.
  double once() {
    const auto began = Clock::now();
    const model::WallTime from = clock_.now().wall;
    engine_.reconfigure(settings_);
    const auto ended = published_.wait([&](const engine::Snapshot& snapshot) {
      return snapshot.runtimes.front().observedAt >= from;
    });
    return milliseconds(ended - began);
  }

 private:
  engine::Observers observers() {
    engine::Observers observers;
    observers.snapshot = [this](std::shared_ptr<const engine::Snapshot> snapshot) {
      std::vector<state::StatusNow> statuses;
      for (const auto& view : snapshot->services) {
        statuses.push_back(
            {view.key, std::string(model::word(view.status.serviceStatus)), view.status.reason});
      }
      store_.recordStatuses(statuses, snapshot->at);
      published_.put(std::move(snapshot));
    };
    return observers;
  }

  model::SystemClock clock_;
  Published published_;
  engine::EngineSettings settings_;
  std::unique_ptr<pluginhost::Registry> registry_;
  state::Store store_;
  engine::Engine engine_;
};

int run(int passes, int services) {
  const fixtures::Lab lab;
  const fixtures::TempDir directory;
  lab.docker().pull(sleeperImage());
  Passes agent(directory.path(), lab.dockerSocket());
  agent.bringUp(targetOf(services));
  say(std::to_string(services) + " services run");
  std::this_thread::sleep_for(2s);

  EngineConnection engine(lab.dockerSocket());
  std::vector<double> pass;
  std::vector<double> list;
  for (int number = 0; number < passes; ++number) {
    pass.push_back(agent.once());
    std::this_thread::sleep_for(kPause);
    const auto began = Clock::now();
    engine.expect("GET", kList);
    list.push_back(milliseconds(Clock::now() - began));
    std::this_thread::sleep_for(kPause);
  }

  std::printf("pass_50: a pass over %d converged services\n", services);
  printFigure("wake-up to published status", pass, "ms");
  printFigure("the bare list call, right after it", list, "ms");
  printRatio("pass", pass, "the bare list call", list);
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

// pass_50 [PASSES [SERVICES]]
int main(int count, char** arguments) {
  try {
    return holdfast::bench::run(count > 1 ? std::atoi(arguments[1]) : 50,
                                count > 2 ? std::atoi(arguments[2]) : 50);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pass_50: %s\n", error.what());
    return 1;
  }
}
