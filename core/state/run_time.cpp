// SPDX-License-Identifier: Apache-2.0
#include "state/run_time.hpp"

#include "state/image.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace holdfast::state {

using model::Milliseconds;

void RunTime::load(Database& database) {
  const std::int64_t written =
      database.integer("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'ran_ms'");
  total_ = Milliseconds{std::max<std::int64_t>(written, 0)};
}

void RunTime::look(model::BootTime now) {
  if (looked_) {
    total_ += std::max(now - *looked_, Milliseconds{0});
  }
  looked_ = now;
}

void RunTime::write(Database& database) const {
  setMeta(database, "ran_ms", std::to_string(total_.count()));
}

}  // namespace holdfast::state
