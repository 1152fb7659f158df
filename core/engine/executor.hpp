// SPDX-License-Identifier: Apache-2.0
// Runs the chains of a plan: so many pulls and so many other operations at a time on each runtime,
// so that one that does not answer takes no place of another; the steps of a chain one after the
// other. Belongs to the engine thread; runtimes answer through `Post`.
#pragma once

#include "engine/plan.hpp"
#include "engine/ports.hpp"
#include "engine/pull_monitor.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace holdfast::engine {

// Brings a function to the engine thread, from any thread; drops it once the engine has ended.
using Post = std::function<void(std::function<void()>)>;

class Executor {
 public:
  // Called on the engine thread.
  struct Hooks {
    std::function<void(const Chain&, const StepCall&)> stepStarts;
    std::function<void(const Chain&, const StepCall&, const CallResult&)> stepEnded;
    std::function<void(const Chain&)> pullStarts;
    // After the last step, the first failed one, or the pull. `superseded`: the rest was dropped
    // for a new target; the result is not to be charged.
    std::function<void(const Chain&, const CallResult&, bool superseded)> chainEnded;
  };

  Executor(std::map<std::string, RuntimePort*> runtimes, const model::Clock& clock, Post post,
           Hooks hooks, int parallelPulls, int parallelOperations, model::Milliseconds pullStall);

  void setLimits(int parallelPulls, int parallelOperations, model::Milliseconds pullStall);

  // The latest plan: replaces what was offered before and has not started, and starts what has
  // room.
  void offer(std::vector<Chain> chains);

  // Takes back the pulls that were offered and have not begun: a registry asked for fewer.
  void withdrawPulls();

  // Reads progress, cancels stalled pulls, fills places that stalled ones gave free.
  void tick();

  // A new target: running chains for which `obsolete` is true end after their current step; pulls
  // are cancelled.
  void supersede(const std::function<bool(const Chain&)>& obsolete);

  // What runs now, plus what ended after the last look at one of its runtimes had begun: that look
  // does not show it yet. `seen` has, by runtime, what endings() said when the look began.
  [[nodiscard]] InFlight inFlight(const std::map<std::string, std::uint64_t>& seen) const;

  // How many chains have ended so far: an order that does not depend on a clock's resolution.
  [[nodiscard]] std::uint64_t endings() const { return endings_; }
  [[nodiscard]] bool busy() const { return !running_.empty(); }
  // Are there steps, pulls aside, at work on this runtime?
  [[nodiscard]] bool operatingOn(const std::string& runtime) const {
    return operationsOn(runtime) > 0;
  }
  [[nodiscard]] bool pulling() const;
  [[nodiscard]] std::optional<model::BootTime> nextWake() const;

 private:
  // Written by the runtime's threads.
  struct ProgressCell {
    std::mutex mutex;
    PullProgress latest;
  };
  struct Running {
    Chain chain;
    std::size_t step = 0;
    bool obsolete = false;
    std::string stall;  // why the monitor cancelled the pull
    std::shared_ptr<ProgressCell> progress;
    std::unique_ptr<RunningCall> call;
  };

  void fill();
  void begin(Chain chain);
  void beginPull(Running& running);
  void beginStep(Running& running);
  void stepDone(const std::string& id, const CallResult& result);
  void pullDone(const std::string& id, CallResult result);
  void finish(const std::string& id, const CallResult& result);
  [[nodiscard]] static InFlight::Running show(const Running& running);
  [[nodiscard]] bool serviceBusy(const Chain& chain) const;
  [[nodiscard]] bool hasRoom(const Chain& chain) const;
  [[nodiscard]] int operationsOn(const std::string& runtime) const;

  std::map<std::string, RuntimePort*> runtimes_;
  const model::Clock& clock_;
  Post post_;
  Hooks hooks_;
  int parallelPulls_;
  int parallelOperations_;
  std::map<std::string, PullMonitor> monitors_;  // by runtime: engines share no download slots
  std::vector<Chain> offered_;
  std::map<std::string, Running> running_;
  struct Ended {
    std::set<std::string> runtimes;
    InFlight::Running what;
    std::uint64_t number = 0;
    model::BootTime at;
  };
  std::map<std::string, Ended> ended_;
  std::uint64_t endings_ = 0;
};

}  // namespace holdfast::engine
