// SPDX-License-Identifier: Apache-2.0
// Podman as a runtime of the agent.
#pragma once

#include "runtime/common/engine_runtime.hpp"
#include "runtime/podman/death_watch.hpp"
#include "runtime/podman/options.hpp"
#include "runtime/podman/service_process.hpp"

#include <optional>

namespace holdfast::podman {

// As every plugin for an engine, and besides: watches the processes of containers as long as a
// watch() runs, on a thread of its own, and starts the service where it is told to.
class PodmanRuntime final : public runtime::EngineRuntime {
 public:
  // Throws std::invalid_argument for options that cannot be right. Does not talk to the engine.
  explicit PodmanRuntime(sdk::Host& host);

  void stop() noexcept override;
  sdk::Status observe(const sdk::ObserveRequest& request, sdk::Call& call,
                      sdk::ObservationSink& sink) override;
  sdk::Status watch(sdk::Call& call, sdk::EventSink& sink) override;

 private:
  PodmanRuntime(sdk::Host& host, Options options);
  [[nodiscard]] bool startService(sdk::Call& call);
  void awaitNotice(const DeathWatch::Death& death, sdk::Call& call);

  std::optional<ServiceProcess> service_;
  DeathWatch deaths_;
};

}  // namespace holdfast::podman
