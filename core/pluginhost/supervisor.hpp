// SPDX-License-Identifier: Apache-2.0
// Every call into one plugin instance goes through here: on a thread of its own, with a deadline,
// and with what escapes from it contained.
//
// At its deadline a call is cancelled. A call that has not returned a grace period after that, or
// after the caller cancelled it, is stuck: the caller gets its answer, its thread is left behind.
// Three stuck calls at once quarantine the instance; each that does return counts itself out again.
#pragma once

#include "engine/ports.hpp"
#include "holdfast/sdk/types.hpp"
#include "pluginhost/alarm.hpp"
#include "pluginhost/host_call.hpp"
#include "pluginhost/worker_pool.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace holdfast::pluginhost {

struct SupervisorLimits {
  model::Milliseconds grace{5'000};  // between the cancellation of a call and its being stuck
  std::size_t stuckForQuarantine = 3;
  std::size_t maxCalls = 128;  // at the same time, stuck ones included
  WorkerLimits workers;
};

struct CallSpec {
  std::string label;                            // "execute createContainer", for people
  std::optional<model::Milliseconds> deadline;  // nothing: until it ends or is cancelled
  // What it means when the plugin gave up because of the deadline.
  sdk::ErrorClass atDeadline = sdk::ErrorClass::Unavailable;
  std::size_t leaves = 0;  // places of SupervisorLimits::maxCalls, free for calls that matter more
};

// Something worth a line in the log and an event.
struct Incident {
  enum class Kind {
    Stuck,        // a call did not return after it was cancelled
    Returned,     // a stuck call returned after all
    Quarantined,  // too many stuck calls
    Lifted,       // quarantine is over
    Broken,       // a call ended with Internal: it threw or broke the contract
  };
  Kind kind = Kind::Stuck;
  std::string plugin;
  std::string text;  // one line for people
};

// A call that has its answer.
struct CallEnd {
  const std::string& label;
  bool limited = false;  // it had a deadline: how long it took tells something
  std::chrono::nanoseconds took{0};
  sdk::ErrorClass errorClass = sdk::ErrorClass::Ok;
};

struct SupervisorHealth {
  std::size_t runningCalls = 0;  // without the stuck ones
  std::size_t stuckCalls = 0;
  bool quarantined = false;
  std::uint64_t internalErrors = 0;  // since the start
};

class Supervisor {
 public:
  // Runs on a worker thread. The call is valid until it returns, which may be long after `Done`:
  // whatever it uses it owns.
  using Work = std::function<sdk::Status(HostCall&)>;
  // Called exactly once, from a worker, the alarm or the calling thread. Must not block or throw.
  using Done = std::function<void(engine::CallResult)>;

  // `incidents` and `ends` (every call that began, before its `Done`) are called from any thread
  // and must not block or throw; they may be empty.
  Supervisor(std::string plugin, SupervisorLimits limits, std::shared_ptr<Alarm> alarm,
             std::function<void(const Incident&)> incidents,
             std::function<void(const CallEnd&)> ends = {});
  ~Supervisor();  // drains without waiting
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Starts a call. Never blocks. All thread-safe.
  void submit(CallSpec spec, Work work, const Done& done);

  // The same with a handle to cancel it; also by destroying the handle.
  [[nodiscard]] std::unique_ptr<engine::RunningCall> launch(CallSpec spec, Work work,
                                                            const Done& done);

  // The same for callers that wait. Blocks until the deadline and the grace period at most, so
  // `spec` has a deadline.
  [[nodiscard]] engine::CallResult callAndWait(CallSpec spec, Work work);

  [[nodiscard]] SupervisorHealth health() const;

  // Refuses new calls (Cancelled) and cancels those that run.
  void close();

  // close(), then waits until every call, stuck ones included, has returned and every thread is
  // gone. False when `limit` was over first: then the instance must not be destroyed, and the
  // process ends by _exit().
  bool drain(model::Milliseconds limit);

 private:
  struct Record;
  struct State;
  class Handle;

  std::shared_ptr<Record> begin(CallSpec spec, Work work, const Done& done);

  std::shared_ptr<State> state_;
};

}  // namespace holdfast::pluginhost
