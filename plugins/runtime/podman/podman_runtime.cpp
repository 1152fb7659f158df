// SPDX-License-Identifier: Apache-2.0
#include "runtime/podman/podman_runtime.hpp"

#include "runtime/common/container_state.hpp"
#include "runtime/common/waiting.hpp"
#include "runtime/podman/podman_dialect.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <string>

namespace holdfast::podman {
namespace {

using namespace std::chrono_literals;

const PodmanDialect kDialect;

// Podman knows of a death when conmon has written the exit code, and looks when it is asked.
constexpr auto kNoticeTime = 1s;
constexpr auto kNoticeStep = 10ms;

// The part of a call that runs beside it: ends with it, and does not explain in its place.
class SideCall final : public sdk::Call {
 public:
  explicit SideCall(const sdk::Call& call) : call_(call) {}
  [[nodiscard]] bool cancelled() const noexcept override { return call_.cancelled(); }
  [[nodiscard]] std::int64_t remainingMs() const noexcept override {
    return std::min<std::int64_t>(call_.remainingMs(), kLongest);
  }
  [[nodiscard]] int cancelFd() const noexcept override { return call_.cancelFd(); }
  void explain(std::string_view, std::string_view) noexcept override {}

 private:
  static constexpr std::int64_t kLongest = 2'000;
  const sdk::Call& call_;
};

// Two threads report here, the stream's and that of the processes.
class SharedSink final : public sdk::EventSink {
 public:
  explicit SharedSink(sdk::EventSink& sink) : sink_(sink) {}
  virtual ~SharedSink() = default;

  void event(const sdk::EngineEvent& event) noexcept override {
    const std::lock_guard lock(mutex_);
    sink_.event(event);
  }

 private:
  std::mutex mutex_;
  sdk::EventSink& sink_;
};

// Passes an observation on, and notes the processes that run.
class ProcessNoter final : public sdk::ObservationSink {
 public:
  ProcessNoter(DeathWatch& deaths, sdk::ObservationSink& sink) : deaths_(deaths), sink_(sink) {}
  virtual ~ProcessNoter() = default;

  void container(const sdk::ContainerRecord& record) noexcept override {
    if (record.state == sdk::ContainerState::Running) {
      try {
        deaths_.add(record.pid, record.id, record.name);
      } catch (...) {
        // Out of memory: the engine's event comes.
      }
    }
    sink_.container(record);
  }
  void image(const sdk::ImageRecord& record) noexcept override { sink_.image(record); }
  void network(const sdk::NetworkRecord& record) noexcept override { sink_.network(record); }
  void volume(const sdk::VolumeRecord& record) noexcept override { sink_.volume(record); }

 private:
  DeathWatch& deaths_;
  sdk::ObservationSink& sink_;
};

// Ends the watch of the processes, if it was begun, before what it reports to goes.
class DeathWatching {
 public:
  DeathWatching(DeathWatch& deaths, DeathWatch::Report report)
      : deaths_(deaths), begun_(deaths.begin(std::move(report))) {}
  ~DeathWatching() {
    if (begun_) {
      deaths_.end();
    }
  }
  DeathWatching(const DeathWatching&) = delete;
  DeathWatching& operator=(const DeathWatching&) = delete;

 private:
  DeathWatch& deaths_;
  bool begun_;
};

std::int64_t nowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

PodmanRuntime::PodmanRuntime(sdk::Host& host)
    : PodmanRuntime(host, readOptions(host, Surroundings::ofProcess())) {}

PodmanRuntime::PodmanRuntime(sdk::Host& host, Options options)
    : EngineRuntime(host, kDialect, options.engine) {
  if (options.autostart) {
    service_.emplace("podman", options.engine.endpoint.socketPath);
    engine().onNobodyThere([this](sdk::Call& call) { return startService(call); });
  }
}

bool PodmanRuntime::startService(sdk::Call& call) {
  std::string problem;
  const bool started = service_->start(call, problem);
  host().log(started ? sdk::LogLevel::Notice : sdk::LogLevel::Warning,
             started ? "started a Podman service" : "cannot start a Podman service: " + problem,
             {});
  return started;
}

void PodmanRuntime::stop() noexcept {
  EngineRuntime::stop();
  if (service_) {
    service_->end();
  }
}

sdk::Status PodmanRuntime::observe(const sdk::ObserveRequest& request, sdk::Call& call,
                                   sdk::ObservationSink& sink) {
  ProcessNoter noter(deaths_, sink);
  return EngineRuntime::observe(request, call, noter);
}

// Whoever hears of the death looks at once, and should find it.
void PodmanRuntime::awaitNotice(const DeathWatch::Death& death, sdk::Call& call) {
  const auto end = std::chrono::steady_clock::now() + kNoticeTime;
  while (std::chrono::steady_clock::now() < end) {
    const runtime::Inspection found = runtime::inspectContainer(engine(), call, death.id);
    if (!found.exists() || found.state != sdk::ContainerState::Running ||
        found.pid() != death.pid || !runtime::wait(call, kNoticeStep)) {
      break;
    }
  }
  cache().forgetContainer(death.id);
}

sdk::Status PodmanRuntime::watch(sdk::Call& call, sdk::EventSink& sink) {
  SharedSink shared(sink);
  SideCall side(call);
  const DeathWatching watching(deaths_, [&](const DeathWatch::Death& death) {
    awaitNotice(death, side);
    sdk::EngineEvent event;
    event.kind = sdk::EventKind::Died;
    event.timeMs = nowMs();
    event.containerId = death.id;
    event.containerName = death.name;
    event.action = "process ended";
    shared.event(event);
  });
  return EngineRuntime::watch(call, shared);
}

}  // namespace holdfast::podman
