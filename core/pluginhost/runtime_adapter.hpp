// SPDX-License-Identifier: Apache-2.0
// A runtime instance as the engine and the API see it: their values in, their values out, and in
// between a supervised call with a deadline.
#pragma once

#include "engine/ports.hpp"
#include "holdfast/sdk/runtime.hpp"
#include "model/time.hpp"
#include "pluginhost/runtime_console.hpp"
#include "pluginhost/supervisor.hpp"

#include <memory>
#include <string>

namespace holdfast::pluginhost {

// How long each call may take before it is cancelled; pull, watch and logs have no limit of their
// own. What a real engine needs, with room (docs/plugin-guide.md "Deadlines").
struct RuntimeDeadlines {
  model::Milliseconds health{5'000};
  model::Milliseconds observe{15'000};
  model::Milliseconds create{30'000};
  model::Milliseconds start{60'000};
  model::Milliseconds stopBeyondGrace{30'000};
  model::Milliseconds remove{60'000};
  model::Milliseconds execBeyondTimeout{5'000};
  model::Milliseconds other{30'000};
  model::Milliseconds silentLogs{30'000};  // logs that are not followed and bring nothing
};

class RuntimeAdapter final : public engine::RuntimePort, public RuntimeConsole {
 public:
  // `plugin`, `supervisor` and `clock` outlive every call that was started, stuck ones included.
  RuntimeAdapter(std::string name, sdk::RuntimePlugin& plugin, Supervisor& supervisor,
                 const model::Clock& clock, RuntimeDeadlines deadlines = {});

  [[nodiscard]] const std::string& name() const override { return name_; }
  void health(std::function<void(engine::CallResult)> done) override;
  void engineInfo(std::function<void(engine::CallResult, engine::EngineInfo)> done) override;
  void validate(std::string specJson, std::function<void(engine::CallResult)> done) override;
  void observe(std::vector<std::string> images,
               std::function<void(engine::CallResult, model::Observation)> done) override;
  void execute(engine::StepCall step, std::function<void(engine::CallResult)> done) override;
  [[nodiscard]] std::unique_ptr<engine::RunningCall> pull(
      std::string reference, std::function<void(engine::PullProgress)> progress,
      std::function<void(engine::CallResult)> done) override;
  [[nodiscard]] std::unique_ptr<engine::RunningCall> watch(
      std::function<void(engine::EngineEvent)> event,
      std::function<void(engine::CallResult)> done) override;
  [[nodiscard]] std::unique_ptr<engine::RunningCall> exec(
      engine::ExecCall call,
      std::function<void(engine::CallResult, engine::ExecEnd)> done) override;

  engine::CallResult logs(const LogQuery& query, OutputReader& reader) override;
  ExecOutcome exec(const ExecQuery& query, OutputReader& reader) override;

 private:
  [[nodiscard]] CallSpec specOf(const engine::StepCall& step) const;

  const std::string name_;
  sdk::RuntimePlugin& plugin_;
  Supervisor& supervisor_;
  const model::Clock& clock_;
  const RuntimeDeadlines deadlines_;
};

}  // namespace holdfast::pluginhost
