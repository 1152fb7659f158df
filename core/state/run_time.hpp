// SPDX-License-Identifier: Apache-2.0
// How long the agent has run, all its starts together: what the ages of the history's records are
// counted in. The wall clock only labels them, since without a battery or before it is set it is
// years off, either way, and would delete everything or nothing.
#pragma once

#include "model/time.hpp"
#include "state/sqlite.hpp"

#include <optional>

namespace holdfast::state {

class RunTime {
 public:
  // Goes on from what was written. Throws DatabaseError.
  void load(Database& database);

  // Counts up to `now`; from the first call on, all of which are of one boot.
  void look(model::BootTime now);

  // As of the latest look.
  [[nodiscard]] model::Milliseconds total() const { return total_; }

  // Within the caller's transaction. What ran since is lost when it is not written again, and keeps
  // records that much longer. Throws DatabaseError.
  void write(Database& database) const;

 private:
  model::Milliseconds total_{0};
  std::optional<model::BootTime> looked_;
};

}  // namespace holdfast::state
