// SPDX-License-Identifier: Apache-2.0
#include "probes/tick_plan.hpp"

#include <iterator>

namespace holdfast::probes {

using model::BootTime;
using model::Milliseconds;

void TickPlan::plan(const Id& id, BootTime at) {
  forget(id);
  at_.emplace(id, at);
  order_.emplace(at, id);
}

void TickPlan::forget(const Id& id) {
  const auto at = at_.find(id);
  if (at == at_.end())
    return;
  order_.erase({at->second, id});
  at_.erase(at);
}

std::optional<TickPlan::Tick> TickPlan::takeDue(BootTime now) {
  if (order_.empty() || order_.begin()->first > now)
    return std::nullopt;
  Tick tick{order_.begin()->second, order_.begin()->first};
  forget(tick.id);
  return tick;
}

BootTime TickPlan::next() const {
  return order_.empty() ? BootTime::max() : order_.begin()->first;
}

// The period is taken for a ring: after its end comes its beginning once more.
Milliseconds TickPlan::roomiest(BootTime from, Milliseconds period) const {
  const auto first = order_.lower_bound({from, {}});
  const auto end = order_.lower_bound({from + period + Milliseconds{1}, {}});
  if (first == end)
    return Milliseconds{0};
  BootTime last = std::prev(end)->first - period;
  BootTime middle = last;
  Milliseconds widest{-1};
  for (auto tick = first; tick != end; last = tick->first, ++tick) {
    const Milliseconds gap = tick->first - last;
    if (gap > widest) {
      widest = gap;
      middle = last + gap / 2;
    }
  }
  return middle < from ? middle + period - from : middle - from;
}

void TickPlan::advance(const Id& id, BootTime from) {
  const auto planned = at_.find(id);
  if (planned == at_.end() || planned->second <= from)
    return;
  const BootTime at = planned->second;
  forget(id);
  const Milliseconds wait = roomiest(from, at - from);
  plan(id, wait == Milliseconds{0} ? at : from + wait);
}

}  // namespace holdfast::probes
