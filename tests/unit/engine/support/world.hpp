// SPDX-License-Identifier: Apache-2.0
// A whole agent without threads: reconciler, fake engines, a store in memory and a clock in the
// test's hand.
#pragma once

#include "engine/reconciler.hpp"
#include "fake_probes.hpp"
#include "fake_runtime.hpp"
#include "manual_clock.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::engine::test {

// Keeps what the real store keeps, across restarts of the agent.
class MemoryStore final : public StorePort {
 public:
  [[nodiscard]] LoadedState load(const model::Now& now) override;
  std::vector<model::Event> commit(const StateChange& change, const model::Now& now) override;
  void adoptOwner(const std::string& uuid) override { state.adoptedOwners.push_back(uuid); }
  void closeOrderly() override { state.resume = retry::Resume::OrderlyStop; }

  [[nodiscard]] bool ledgerHas(const std::string& key) const { return ledger_.count(key) != 0; }

  LoadedState state;
  std::vector<model::Event> events;
  int commits = 0;

 private:
  std::map<std::string, retry::Entry> ledger_;
};

class World {
 public:
  explicit World(std::vector<std::string> runtimes = {"docker"});

  ManualClock clock;
  MemoryStore store;
  EngineSettings settings;
  FakeProbes probes{clock};
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<std::shared_ptr<const Snapshot>> published;  // all of them
  std::vector<std::string> logLines;
  // What was told to who counts: "pulled docker not_found", "restarted 1/web", "told Pulling".
  std::vector<std::string> counted;
  int passes = 0;
  std::vector<std::string> journal;  // mutating calls on all runtimes: FakeRuntime::journal

  [[nodiscard]] FakeRuntime& docker() { return *runtimes_.at("docker"); }
  [[nodiscard]] FakeRuntime& runtime(const std::string& name) { return *runtimes_.at(name); }
  [[nodiscard]] Reconciler& agent() { return *agent_; }

  // Everything that can happen without time going by.
  void settle();
  // One round of that; false when there was nothing to do.
  bool step();
  // Lets time go by, stopping at each instant at which something is due.
  void advance(model::Milliseconds by);

  // Sets a target and settles.
  CommandResult apply(const std::string& json,
                      model::Strictness strictness = model::Strictness::Strict);

  // The agent ends and starts again on the same store and engines.
  void restartAgent(retry::Resume resume);

  [[nodiscard]] model::ServiceStatus status(const std::string& service) const;
  [[nodiscard]] const ServiceView& view(const std::string& service) const;
  // Mutating calls since the last time this was asked.
  [[nodiscard]] std::vector<std::string> newCalls();
  void forgetCalls() { static_cast<void>(newCalls()); }
  [[nodiscard]] int countEvents(const std::string& reason, const std::string& service = "") const;

 private:
  void makeAgent();

  std::map<std::string, std::unique_ptr<FakeRuntime>> runtimes_;
  std::shared_ptr<std::deque<std::function<void()>>> inbox_;
  std::unique_ptr<Reconciler> agent_;
  std::size_t callsSeen_ = 0;
};

// {"apps": {"1": {"appName": "app", "services": [...]}}} around services such as
// {"serviceName": "web", "imageName": "reg/web:1"}.
// `volume` is the name of one to declare.
[[nodiscard]] std::string targetOf(const std::string& services, const std::string& volume = "");

}  // namespace holdfast::engine::test
