// SPDX-License-Identifier: Apache-2.0
// One probe of one service: when it applies, and what its attempts add up to. The rules of the
// kubelet (docs/probes.md), without clock, thread or network.
#pragma once

#include "engine/probe_port.hpp"
#include "model/target.hpp"
#include "model/time.hpp"

#include <string>

namespace holdfast::probes {

using engine::ProbeKind;
using engine::ProbeResult;
using engine::ProbeState;

// The container as a probe sees it.
struct Sight {
  std::string run;  // ProbeTask::run; empty: there is no container, or it never ran
  bool running = false;
  bool hasStarted = false;  // its startup probe has succeeded before this agent was there
  bool paused = false;
  bool stopping = false;
  bool verdictEndsRun = true;  // see ProbeTask
  bool started = false;        // its startup probe has succeeded, or it has none
  model::Milliseconds age{};   // since its process was started
};

// How one attempt ended.
struct Attempt {
  enum class Kind {
    Success,
    Failure,
    Error,  // it says nothing of the container: no address, no answer of the engine
  };
  Kind kind = Kind::Error;
  std::string text;     // one line: what came back, what failed or why it could not be tried
  std::string warning;  // of a success: what people should know all the same
};

class Worker {
 public:
  Worker(ProbeKind kind, model::Probe probe);

  [[nodiscard]] ProbeKind kind() const { return kind_; }
  [[nodiscard]] const model::Probe& probe() const { return probe_; }
  [[nodiscard]] const ProbeState& state() const { return state_; }

  // Another definition of the same probe. A verdict that lets the container live stays until there
  // is a new one; the streak begins anew, and so does all after a verdict that condemned it.
  void rearm(model::Probe probe);

  // Takes in what the container is now. Another run sets the initial result and ends a hold.
  void look(const Sight& sight);

  // Is there something to be found out about this container, once its initial delay is over?
  [[nodiscard]] bool applies(const Sight& sight) const;
  // The initial delay is over. Whole seconds count, as for the kubelet.
  [[nodiscard]] bool pastInitialDelay(const Sight& sight) const;

  // An attempt has ended. True when people should see what is different: the verdict, an outcome
  // unlike the one before, a streak on its way to another verdict, an error that came or went.
  bool conclude(const Attempt& attempt, const std::string& where, model::WallTime at,
                model::Milliseconds duration);

 private:
  [[nodiscard]] ProbeResult initialResult() const;
  void startOver();
  bool count(ProbeResult outcome);

  const ProbeKind kind_;
  model::Probe probe_;
  ProbeState state_;
  std::string run_;
  bool verdictEndsRun_ = true;
  // Set by a verdict that ends the run: nothing more is tried until there is another one.
  bool onHold_ = false;
};

}  // namespace holdfast::probes
