// SPDX-License-Identifier: Apache-2.0
// All probes of all services. Lives on the engine's thread, as a companion: ticks are its wake-ups,
// answers of handlers come as messages. So there is nothing to lock.
#pragma once

#include "engine/companion.hpp"
#include "engine/probe_port.hpp"
#include "probes/handlers.hpp"
#include "probes/lane.hpp"
#include "probes/tick_plan.hpp"
#include "probes/worker.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::probes {

struct ProberLimits {
  // Attempts at the same time. A command costs a thread and an engine's work, so there are few; of
  // each runtime, well below the calls that its plugin may have running.
  std::size_t network = 128;
  std::size_t execs = 32;
};

class Prober final : public engine::Companion, public engine::ProbePort {
 public:
  // `handlers` and `clock` outlive this.
  Prober(Handlers& handlers, const model::Clock& clock, ProberLimits limits = {});
  ~Prober() override;

  // engine::Companion
  void begin(retry::RetryManager& ledger, Post post) override;
  void tick() override;
  [[nodiscard]] model::BootTime nextWake() const override;

  // engine::ProbePort
  void attach(Hooks hooks) override { hooks_ = std::move(hooks); }
  void watch(std::vector<engine::ProbeTask> tasks) override;
  [[nodiscard]] const std::map<std::string, engine::ProbeReport>& reports() const override {
    return reports_;
  }

 private:
  using Id = TickPlan::Id;
  struct Unit;    // one probe
  struct Probed;  // one service
  struct Landing;
  class Landings;

  void take(Probed& probed, engine::ProbeTask task);
  void takeProbe(Probed& probed, ProbeKind kind);
  void drop(Probed& probed);
  void refresh(const Probed& probed);
  [[nodiscard]] Sight sightOf(const Probed& probed) const;
  void arrange(Probed& probed);
  void arrange(const Probed& probed, Unit& unit);
  void place(Unit& unit);

  [[nodiscard]] Probed* find(const std::string& key);
  [[nodiscard]] Unit* find(const Id& id);
  void due(const TickPlan::Tick& tick);
  void request(const Probed& probed, Unit& unit);
  void launch(const Probed& probed, Unit& unit);
  void land();
  void landed(Landing& landing);
  void conclude(Probed& probed, Unit& unit, const Landing& landing);
  void tell(const Probed& probed, Unit& unit, const Attempt& attempt);
  void giveUp(Unit& unit);
  void handOn(Lane& lane);
  [[nodiscard]] Lane& laneOf(const Probed& probed, const Unit& unit);

  Handlers& handlers_;
  const model::Clock& clock_;
  const ProberLimits limits_;
  model::BootTime began_;
  Post post_;
  const std::shared_ptr<Landings> landings_;
  Hooks hooks_;
  std::map<std::string, std::unique_ptr<Probed>> probed_;  // by service key
  std::map<std::string, engine::ProbeReport> reports_;
  TickPlan plan_;
  std::map<std::string, Lane> lanes_;  // by runtime; the network's has no name
  std::uint64_t lastNumber_ = 0;
};

}  // namespace holdfast::probes
