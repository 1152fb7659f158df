// SPDX-License-Identifier: Apache-2.0
// A container engine as a runtime of the agent: what the plugins of all dialects are.
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "holdfast/support/stop_signal.hpp"
#include "runtime/common/engine_client.hpp"
#include "runtime/common/engine_options.hpp"
#include "runtime/common/exec_ends.hpp"
#include "runtime/common/look_cache.hpp"
#include "runtime/common/registry_credentials.hpp"

namespace holdfast::runtime {

// Made once; every call makes its own requests on the thread it comes on, so there is no thread of
// the plugin's own. stop() ends all calls that still run.
class EngineRuntime : public sdk::RuntimePlugin {
 public:
  // Does not talk to the engine. Host and dialect must outlive this.
  EngineRuntime(sdk::Host& host, const Dialect& dialect, EngineOptions options);
  ~EngineRuntime() override;

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

 protected:
  [[nodiscard]] EngineClient& engine() { return engine_; }
  [[nodiscard]] LookCache& cache() { return cache_; }
  [[nodiscard]] sdk::Host& host() { return host_; }

 private:
  void forget(const sdk::Step& step);

  sdk::Host& host_;
  support::StopSignal stopSignal_;
  EngineClient engine_;
  CredentialStore credentials_;
  LookCache cache_;
  ExecEnds execEnds_;
};

}  // namespace holdfast::runtime
