// SPDX-License-Identifier: Apache-2.0
#include "probes/tick_plan.hpp"

#include <algorithm>

namespace holdfast::probes {

model::Milliseconds TickPlan::slackOf(model::Milliseconds period) {
  return std::min(period / 10, model::Milliseconds{500});
}

std::int64_t TickPlan::slotOf(model::BootTime at) {
  return at.time_since_epoch() / kSlot;
}

int TickPlan::load(std::int64_t slot) const {
  const auto at = load_.find(slot);
  return at == load_.end() ? 0 : at->second;
}

void TickPlan::plan(const Id& id, model::BootTime wanted, model::Milliseconds slack) {
  forget(id);
  const std::int64_t first = slotOf(wanted);
  std::int64_t best = first;
  for (std::int64_t slot = first; slot <= slotOf(wanted + slack); ++slot) {
    if (load(slot) < load(best))
      best = slot;
  }
  const auto at = std::max(wanted, model::BootTime(best * kSlot));
  at_.emplace(id, at);
  order_.emplace(at, id);
  ++load_[best];
}

void TickPlan::forget(const Id& id) {
  const auto at = at_.find(id);
  if (at == at_.end())
    return;
  order_.erase({at->second, id});
  const auto slot = load_.find(slotOf(at->second));
  if (--slot->second == 0)
    load_.erase(slot);
  at_.erase(at);
}

std::optional<TickPlan::Tick> TickPlan::takeDue(model::BootTime now) {
  if (order_.empty() || order_.begin()->first > now)
    return std::nullopt;
  Tick tick{order_.begin()->second, order_.begin()->first};
  forget(tick.id);
  return tick;
}

model::BootTime TickPlan::next() const {
  return order_.empty() ? model::BootTime::max() : order_.begin()->first;
}

}  // namespace holdfast::probes
