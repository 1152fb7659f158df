// SPDX-License-Identifier: Apache-2.0
// What stands in the place of a plugin that was quarantined when the agent started. Answers every
// call with Unavailable, so that services are stale and notifications and reports wait, until the
// plugin is in; from then on it hands all calls on. The callers' own retries are what makes it look
// again.
#pragma once

#include "alerts/ports.hpp"
#include "engine/ports.hpp"
#include "pluginhost/notifier_adapter.hpp"
#include "pluginhost/runtime_adapter.hpp"
#include "pluginhost/runtime_console.hpp"
#include "pluginhost/uplink_adapter.hpp"
#include "uplink/ports.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::pluginhost {

// Never blocks. The adapter once the plugin is in; before that nullptr, with the reason in `why`.
template <class Adapter>
using Entrance = std::function<Adapter*(std::string& why)>;

class QuarantinedRuntime final : public engine::RuntimePort, public RuntimeConsole {
 public:
  QuarantinedRuntime(std::string name, Entrance<RuntimeAdapter> entrance);

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
  const std::string name_;
  const Entrance<RuntimeAdapter> entrance_;
};

class QuarantinedNotifier final : public alerts::NotifierPort {
 public:
  QuarantinedNotifier(std::string name, Entrance<NotifierAdapter> entrance);

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] model::Milliseconds resendInterval() const override;
  void deliver(alerts::Message message, int attempt,
               std::function<void(engine::CallResult)> done) override;

 private:
  const std::string name_;
  const Entrance<NotifierAdapter> entrance_;
};

class QuarantinedUplink final : public uplink::UplinkPort {
 public:
  QuarantinedUplink(std::string name, Entrance<UplinkAdapter> entrance);

  [[nodiscard]] const std::string& name() const override { return name_; }

  // None until the plugin is in: what is known of the device is the plugin's.
  [[nodiscard]] sdk::EnrolmentStep enrolment() const override;
  void enrol(uplink::Device device, std::function<void(engine::CallResult)> done) override;
  void fetchTarget(
      std::string etag,
      std::function<void(engine::CallResult, std::optional<uplink::FetchedTarget>)> done) override;
  void deliverReport(std::int64_t sequence, std::string contentJson,
                     std::function<void(engine::CallResult)> done) override;
  void deliverLogs(std::vector<uplink::LogLine> lines,
                   std::function<void(engine::CallResult)> done) override;
  [[nodiscard]] std::vector<uplink::Fact> facts() const override;

 private:
  const std::string name_;
  const Entrance<UplinkAdapter> entrance_;
};

}  // namespace holdfast::pluginhost
