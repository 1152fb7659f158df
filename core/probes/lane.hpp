// SPDX-License-Identifier: Apache-2.0
// A bounded number of places for attempts of one kind, and a queue for the rest, first come first
// served.
#pragma once

#include "probes/tick_plan.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace holdfast::probes {

class Lane {
 public:
  explicit Lane(std::size_t places) : free_(places) {}

  // True: a place was taken. False: `id` waits, once.
  [[nodiscard]] bool enter(const TickPlan::Id& id) {
    if (free_ > 0) {
      --free_;
      return true;
    }
    if (std::find(queue_.begin(), queue_.end(), id) == queue_.end())
      queue_.push_back(id);
    return false;
  }

  // `id` waits no longer.
  void forget(const TickPlan::Id& id) { std::erase(queue_, id); }

  // A place was given back: the next in the queue gets it.
  [[nodiscard]] std::optional<TickPlan::Id> leave() {
    if (queue_.empty()) {
      ++free_;
      return std::nullopt;
    }
    TickPlan::Id next = std::move(queue_.front());
    queue_.pop_front();
    return next;
  }

 private:
  std::size_t free_;
  std::deque<TickPlan::Id> queue_;
};

}  // namespace holdfast::probes
