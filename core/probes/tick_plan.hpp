// SPDX-License-Identifier: Apache-2.0
// When each probe is due next, spread so that they do not fire together.
//
// Time is cut into slots. A tick goes to the first of the slots within its slack that holds the
// fewest ticks, and its successors are counted from there: probes that began together drift apart
// in a few periods and then stay where they are.
#pragma once

#include "engine/probe_port.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace holdfast::probes {

class TickPlan {
 public:
  using Id = std::pair<std::string, engine::ProbeKind>;  // service key and kind
  static constexpr model::Milliseconds kSlot{50};
  // A tenth of the period, half a second at most: far below what "late" is for a probe.
  [[nodiscard]] static model::Milliseconds slackOf(model::Milliseconds period);

  struct Tick {
    Id id;
    model::BootTime at;
  };

  // Plans the next tick for `wanted` or at most `slack` later. Each id has one: it replaces.
  void plan(const Id& id, model::BootTime wanted, model::Milliseconds slack);
  void forget(const Id& id);
  [[nodiscard]] bool holds(const Id& id) const { return at_.count(id) != 0; }

  // Takes the earliest tick that is due.
  [[nodiscard]] std::optional<Tick> takeDue(model::BootTime now);
  // BootTime::max() when there is none.
  [[nodiscard]] model::BootTime next() const;

 private:
  [[nodiscard]] static std::int64_t slotOf(model::BootTime at);
  [[nodiscard]] int load(std::int64_t slot) const;

  std::map<Id, model::BootTime> at_;
  std::set<std::pair<model::BootTime, Id>> order_;
  std::map<std::int64_t, int> load_;  // ticks by slot
};

}  // namespace holdfast::probes
