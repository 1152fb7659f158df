// SPDX-License-Identifier: Apache-2.0
// Watches running pulls for progress. Neither Docker nor Podman ever gives up on a registry that
// went silent, so the stall limit is ours (docs/behaviour.md "Reconciling"). Pure: time is an
// argument.
#pragma once

#include "engine/ports.hpp"
#include "model/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::engine {

class PullMonitor {
 public:
  struct Limits {
    model::Milliseconds stall{120'000};  // without progress, then cancelled
    // The same while the engine retries by itself. Podman is silent for 275 s before it tells that
    // a registry asked for fewer requests; cut off earlier, that would look like a dead network.
    model::Milliseconds stallRetrying{330'000};
    // Without progress for this long a pull no longer counts against reconcile.parallelPulls.
    model::Milliseconds freesPlace{5'000};
    // Docker fetches three layers at a time for all pulls together. While another pull can only
    // wait for one of those, a pull without progress for this long is cancelled for it.
    model::Milliseconds yieldsSlots{10'000};
    // A pull whose layers are queued for this long is taken to wait for one of those, whatever the
    // engine says: Docker can lose the line that would tell.
    model::Milliseconds waitsUntold{20'000};
  };

  explicit PullMonitor(Limits limits) : limits_(limits) {}
  void setStall(model::Milliseconds stall);

  void started(const std::string& pull, model::BootTime now);
  void progressed(const std::string& pull, const PullProgress& progress, model::BootTime now);
  void ended(const std::string& pull);

  // Pulls that occupy a place.
  [[nodiscard]] int occupied(model::BootTime now) const;

  struct Verdict {
    std::string pull;
    std::string reason;  // one line for people
  };
  // What has to be cancelled now. A pull is named once.
  [[nodiscard]] std::vector<Verdict> judge(model::BootTime now);

  // When judge or occupied may say something new.
  [[nodiscard]] std::optional<model::BootTime> nextWake(model::BootTime now) const;

 private:
  struct Watched {
    PullProgress latest;
    model::BootTime progressAt;
    bool condemned = false;
  };

  [[nodiscard]] model::Milliseconds limitOf(const Watched& watched) const;
  [[nodiscard]] bool anotherWaits(const Watched& holder, model::BootTime now) const;

  Limits limits_;
  std::map<std::string, Watched> pulls_;
};

}  // namespace holdfast::engine
