// SPDX-License-Identifier: Apache-2.0
// The output of services on its way to the cloud, where the configuration asks for it.
//
// Lines are gathered in a bounded queue and go in batches, one at a time, in order. What does not
// fit is left out, the oldest first, and counted in a line of its own. Nothing is kept over a
// restart: output is told from when it is wanted, of a container that comes later from its start.
//
// When a batch that failed goes again only the ledger says (key cloud:logs). All members come on
// the engine's thread, but for setEnabled, which may be called from any once begin() was.
#pragma once

#include "engine/companion.hpp"
#include "engine/ports.hpp"
#include "engine/snapshot.hpp"
#include "model/time.hpp"
#include "uplink/log_queue.hpp"
#include "uplink/ports.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::uplink {

// One container to listen to.
struct FollowRequest {
  std::string runtime;
  std::string containerId;
  model::WallTime since;
};

// Output of containers as it comes. Implemented by the daemon, and by a fake in tests.
class LogSourcePort {
 public:
  struct Line {
    std::optional<model::WallTime> at;
    bool isStderr = false;
    std::string text;
  };

  virtual ~LogSourcePort() = default;

  // Does not block. `line` and, once, `done` are called from another thread, also for a while after
  // the handle was destroyed.
  [[nodiscard]] virtual std::unique_ptr<engine::RunningCall> follow(
      FollowRequest request, std::function<void(Line)> line,
      std::function<void(engine::CallResult)> done) = 0;
};

class LogShipper final : public engine::Companion {
 public:
  // Each container that is followed costs threads.
  static constexpr std::size_t kMaxFollowed = 64;

  // The ports and the clock outlive this.
  LogShipper(UplinkPort& uplink, LogSourcePort& source, const model::Clock& clock, bool enabled,
             LogLimits limits = {});

  void begin(retry::RetryManager& ledger, Post post) override;
  void tick() override;
  [[nodiscard]] model::BootTime nextWake() const override;

  void look(const std::shared_ptr<const engine::Snapshot>& snapshot);
  void setEnabled(bool enabled);

 private:
  struct Followed {
    std::unique_ptr<engine::RunningCall> call;  // nullptr: it ended
    model::WallTime since;                      // where to go on
    std::optional<model::WallTime> endedAfter;  // the look at the runtime before it ended
  };

  void follow(const engine::ServiceView& view, std::optional<model::WallTime> lookedAt);
  void ended(const std::string& containerId, std::optional<model::WallTime> lookedAt);
  void ship(const model::Now& now);
  void shipped(const engine::CallResult& result);

  UplinkPort& uplink_;
  LogSourcePort& source_;
  const model::Clock& clock_;
  const LogLimits limits_;
  bool enabled_;
  model::BootTime wantedSince_;
  retry::RetryManager* ledger_ = nullptr;
  Post post_;

  std::shared_ptr<LogQueue> queue_;           // shared with what is followed
  std::map<std::string, Followed> followed_;  // by container
  std::set<std::string> turnedAway_;          // containers beyond kMaxFollowed
  std::vector<LogLine> batch_;                // on its way, or to go again
  bool underWay_ = false;
};

}  // namespace holdfast::uplink
