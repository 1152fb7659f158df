// SPDX-License-Identifier: Apache-2.0
// Docker as a runtime of the agent.
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/common/registry_credentials.hpp"
#include "runtime/docker/engine_client.hpp"
#include "runtime/docker/look_cache.hpp"
#include "runtime/docker/options.hpp"

namespace holdfast::docker {

// Made once; every call makes its own requests on the thread it comes on, so there is no thread of
// the plugin's own. stop() ends all calls that still run.
class DockerRuntime final : public sdk::RuntimePlugin {
 public:
  // Throws std::invalid_argument for options that cannot be right. Does not talk to the engine.
  explicit DockerRuntime(sdk::Host& host);
  ~DockerRuntime() override;

  sdk::Status start(sdk::Call& call) override;
  sdk::Status health(sdk::Call& call) override;
  void stop() noexcept override;

  sdk::Status engineInfo(sdk::Call& call, sdk::EngineInfoSink& sink) override;
  sdk::Status validate(std::string_view specJson, sdk::Call& call) override;
  sdk::Status observe(const sdk::ObserveRequest& request, sdk::Call& call,
                      sdk::ObservationSink& sink) override;
  sdk::Status execute(const sdk::Step& step, sdk::Call& call) override;
  sdk::Status pull(const sdk::PullRequest& request, sdk::Call& call,
                   sdk::ProgressSink& sink) override;
  sdk::Status watch(sdk::Call& call, sdk::EventSink& sink) override;
  sdk::Status logs(const sdk::LogRequest& request, sdk::Call& call, sdk::OutputSink& sink) override;
  sdk::Status exec(const sdk::ExecRequest& request, sdk::Call& call, sdk::OutputSink& sink,
                   sdk::ExecResult& result) override;

 private:
  // Readable once stop() was called.
  class StopSignal {
   public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;
    void raise() const noexcept;
    [[nodiscard]] int descriptor() const { return descriptor_; }

   private:
    int descriptor_;
  };

  DockerRuntime(sdk::Host& host, Options options);
  void forget(const sdk::Step& step);

  sdk::Host& host_;
  StopSignal stopSignal_;
  EngineClient engine_;
  runtime::CredentialStore credentials_;
  LookCache cache_;
};

}  // namespace holdfast::docker
