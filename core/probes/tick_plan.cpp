// SPDX-License-Identifier: Apache-2.0
#include "probes/tick_plan.hpp"

#include <algorithm>
#include <iterator>

namespace holdfast::probes {

using model::BootTime;
using model::Milliseconds;

namespace {

BootTime stepOf(BootTime at) {
  return BootTime(at.time_since_epoch() / TickPlan::kStep * TickPlan::kStep);
}

}  // namespace

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

std::size_t TickPlan::load(BootTime step) const {
  return static_cast<std::size_t>(
      std::distance(order_.lower_bound({step, {}}), order_.lower_bound({step + kStep, {}})));
}

// The nearest to `first` of the steps with the fewest ticks, on the way to `last`, which is not
// one.
BootTime TickPlan::roomiest(BootTime first, BootTime last) const {
  BootTime best = stepOf(first);
  std::size_t least = load(best);
  const BootTime end = stepOf(last);
  const Milliseconds stride = end < best ? -kStep : kStep;
  for (BootTime step = best; least > 0 && step != end; step += stride) {
    const std::size_t ticks = load(step);
    if (ticks < least) {
      least = ticks;
      best = step;
    }
  }
  return best;
}

void TickPlan::planWithin(const Id& id, BootTime from, Milliseconds period) {
  plan(id, std::max(from, roomiest(from, from + period)));
}

void TickPlan::advance(const Id& id, BootTime from) {
  const auto planned = at_.find(id);
  if (planned == at_.end() || planned->second <= from)
    return;
  const BootTime at = planned->second;
  forget(id);
  const BootTime step = roomiest(at, from);
  plan(id, step == stepOf(at) ? at : step);
}

}  // namespace holdfast::probes
