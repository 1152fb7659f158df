// SPDX-License-Identifier: Apache-2.0
// When each probe is due next, and where there is room for one more.
#pragma once

#include "engine/probe_port.hpp"
#include "model/time.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace holdfast::probes {

class TickPlan {
 public:
  using Id = std::pair<std::string, engine::ProbeKind>;  // service key and kind

  // Ticks whose time can be chosen are spread over steps of time, and those of one step come
  // together: the agent wakes once for two or three of a hundred.
  static constexpr model::Milliseconds kStep{250};

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

  // As plan(), where there is room: in the first of the steps with the fewest ticks, from `from` on
  // and less than a period later.
  void planWithin(const Id& id, model::BootTime from, model::Milliseconds period);

  // Lets a tick that others come together with come sooner, as little as there is room for it, and
  // after the step of `from`.
  void advance(const Id& id, model::BootTime from);

 private:
  [[nodiscard]] std::size_t load(model::BootTime step) const;
  [[nodiscard]] model::BootTime roomiest(model::BootTime first, model::BootTime last) const;

  std::map<Id, model::BootTime> at_;
  std::set<std::pair<model::BootTime, Id>> order_;
};

}  // namespace holdfast::probes
