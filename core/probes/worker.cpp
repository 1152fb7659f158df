// SPDX-License-Identifier: Apache-2.0
#include "probes/worker.hpp"

#include <utility>

namespace holdfast::probes {

Worker::Worker(ProbeKind kind, model::Probe probe) : kind_(kind), probe_(std::move(probe)) {
  state_.result = initialResult();
}

ProbeResult Worker::initialResult() const {
  switch (kind_) {
    case ProbeKind::Startup:
      return ProbeResult::Unknown;
    case ProbeKind::Liveness:
      return ProbeResult::Success;
    case ProbeKind::Readiness:
      return ProbeResult::Failure;
  }
  return ProbeResult::Unknown;
}

void Worker::startOver() {
  const engine::ProbeCounts counts = state_.counts;  // since the agent started
  state_ = {};
  state_.counts = counts;
  state_.result = initialResult();
  onHold_ = false;
}

void Worker::rearm(model::Probe probe) {
  probe_ = std::move(probe);
  if (onHold_) {
    startOver();
  } else {
    state_.streak = 0;
    state_.streakOf = ProbeResult::Unknown;
  }
}

void Worker::look(const Sight& sight) {
  if (sight.run.empty())
    return;
  if (sight.run != run_) {
    run_ = sight.run;
    startOver();
    if (kind_ == ProbeKind::Startup && sight.hasStarted)
      state_.result = ProbeResult::Success;
  }
  verdictEndsRun_ = sight.verdictEndsRun;
  onHold_ = onHold_ && verdictEndsRun_;
  if (onHold_)
    return;
  if (!sight.running && !sight.paused) {
    state_.result = ProbeResult::Failure;
  } else if (sight.stopping && kind_ != ProbeKind::Readiness &&
             state_.result == ProbeResult::Failure) {
    // It ends quietly. The stop may still fail or be taken back: nothing has passed by it.
    state_.result = initialResult();
  }
}

bool Worker::applies(const Sight& sight) const {
  if (sight.run.empty() || onHold_ || !sight.running || sight.paused)
    return false;
  if (sight.stopping && kind_ != ProbeKind::Readiness)
    return false;
  return kind_ == ProbeKind::Startup ? !sight.started : sight.started;
}

bool Worker::pastInitialDelay(const Sight& sight) const {
  return std::chrono::floor<std::chrono::seconds>(sight.age) >= probe_.initialDelay;
}

bool Worker::conclude(const Attempt& attempt, const std::string& where, model::WallTime at,
                      model::Milliseconds duration) {
  state_.where = where;
  state_.counts.totalDuration += duration;
  const bool hadError = !state_.error.empty();
  if (attempt.kind == Attempt::Kind::Error) {
    state_.counts.errors += 1;
    state_.error = attempt.text;
    return !hadError;
  }
  const bool success = attempt.kind == Attempt::Kind::Success;
  (success ? state_.counts.successes : state_.counts.failures) += 1;
  state_.error.clear();
  state_.output = attempt.text;
  state_.at = at;
  state_.duration = duration;
  return count(success ? ProbeResult::Success : ProbeResult::Failure) || hadError;
}

bool Worker::count(ProbeResult outcome) {
  const bool turned = state_.streakOf != outcome;
  state_.streak = turned ? 1 : state_.streak + 1;
  state_.streakOf = outcome;
  const bool failed = outcome == ProbeResult::Failure;
  const int threshold = failed ? probe_.failureThreshold : probe_.successThreshold;
  if (state_.streak < threshold)
    return turned || outcome != state_.result;
  const bool different = std::exchange(state_.result, outcome) != outcome;
  onHold_ = failed && verdictEndsRun_ && kind_ != ProbeKind::Readiness;
  return turned || different || (failed && state_.streak == threshold);
}

}  // namespace holdfast::probes
