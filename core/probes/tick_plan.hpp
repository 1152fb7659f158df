// SPDX-License-Identifier: Apache-2.0
// When each probe is due next, and where there is room for one more.
#pragma once

#include "engine/probe_port.hpp"
#include "model/time.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace holdfast::probes {

class TickPlan {
 public:
  using Id = std::pair<std::string, engine::ProbeKind>;  // service key and kind

  struct Tick {
    Id id;
    model::BootTime at;
  };

  // Each id has one tick: it replaces.
  void plan(const Id& id, model::BootTime at);
  void forget(const Id& id);
  [[nodiscard]] bool holds(const Id& id) const { return at_.count(id) != 0; }

  // Takes the earliest tick that is due.
  [[nodiscard]] std::optional<Tick> takeDue(model::BootTime now);
  // BootTime::max() when there is none.
  [[nodiscard]] model::BootTime next() const;

  // How long after `from` a tick with this period is farthest from the others that are planned
  // until its next one: less than the period, and 0 when there are none.
  [[nodiscard]] model::Milliseconds roomiest(model::BootTime from,
                                             model::Milliseconds period) const;

  // Lets the tick come sooner, `from` at the earliest, where it is farthest from others; where
  // there are none, it stays.
  void advance(const Id& id, model::BootTime from);

 private:
  std::map<Id, model::BootTime> at_;
  std::set<std::pair<model::BootTime, Id>> order_;
};

}  // namespace holdfast::probes
