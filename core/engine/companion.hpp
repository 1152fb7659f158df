// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/time.hpp"
#include "retry/retry_manager.hpp"

#include <functional>

namespace holdfast::engine {

// Somebody who lives on the engine's thread beside the reconciler and shares its ledger: alerting
// (docs/adr/0007) and the link to a cloud. All members are called on that thread, begin() just
// before it starts; none blocks.
class Companion {
 public:
  using Post = std::function<void(std::function<void()>)>;

  virtual ~Companion() = default;

  // Once, after the state was loaded. `ledger` outlives the thread; `post` brings a function onto
  // it from any thread, and drops it once the engine has ended.
  virtual void begin(retry::RetryManager& ledger, Post post) = 0;

  // Once in each round of the thread, before the reconciler's turn.
  virtual void tick() = 0;

  // The next round is no later than this.
  [[nodiscard]] virtual model::BootTime nextWake() const = 0;
};

}  // namespace holdfast::engine
