// SPDX-License-Identifier: Apache-2.0
// What the engine needs of whoever probes its services: it says after each pass what there is to
// probe, and reads the verdicts in the next one. Implemented by probes, and by fakes in tests.
#pragma once

#include "model/event.hpp"
#include "model/target.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engine {

enum class ProbeKind { Startup, Liveness, Readiness };
inline constexpr ProbeKind kProbeKinds[] = {ProbeKind::Startup, ProbeKind::Liveness,
                                            ProbeKind::Readiness};

// "startup", "liveness", "readiness": as in labels of metrics.
[[nodiscard]] std::string_view probeKindName(ProbeKind kind);

// The probes of a service as they are run: those that the target names, and the image's own check
// as the readiness probe where the target names none.
struct ProbeSet {
  std::optional<model::Probe> startup;
  std::optional<model::Probe> liveness;
  std::optional<model::Probe> readiness;
  // Since the start of a run: failures of the image's own check are no alert before.
  model::Milliseconds startPeriod{0};

  [[nodiscard]] const std::optional<model::Probe>& of(ProbeKind kind) const;
};

// One service as it is to be probed: what the target says of it, and the container as it was seen.
struct ProbeTask {
  std::string key;      // of the service: "<app id>/<service name>"
  std::string app;      // for events
  std::string service;  // for events
  std::string runtime;

  ProbeSet probes;
  // A verdict of `startup` or `liveness` ends the run, so that nothing more is tried after it. With
  // false the run goes on all the same, and so do they (unhealthyPolicy "alert").
  bool verdictEndsRun = true;

  // The container that serves it; empty: there is none.
  std::string containerId;
  // runOf() of it. Another one is what another container is to a kubelet: results begin anew.
  std::string run;
  bool running = false;
  bool hasStarted = false;  // the startup probe of this run has succeeded already
  bool paused = false;      // its processes cannot answer: nothing is probed, results stay
  bool stopping = false;    // it was decided that this run ends, by a stop, a restart or an update
  std::optional<model::WallTime> startedAt;  // of this run, by the engine's clock

  // Where http and tcp go. `rootless`: the engine's networks are not the machine's, so that a
  // container is reached by its published ports only.
  std::map<std::string, std::string> addresses;  // network -> address
  bool hostNetwork = false;
  bool rootless = false;
  // Values that output shows as ***: secretsOf() the service.
  std::vector<std::string> secrets;
  // Published ports, of which `hostPort` is the real one where the engine chose it; 0: not known.
  std::vector<model::PortMapping> ports;
};

enum class ProbeResult { Unknown, Success, Failure };

// "unknown", "success", "failure"
[[nodiscard]] std::string_view probeResultName(ProbeResult result);

// Since the agent started. An error is an attempt that says nothing of the container.
struct ProbeCounts {
  std::int64_t successes = 0;
  std::int64_t failures = 0;
  std::int64_t errors = 0;
  // Of all attempts, for a summary or a mean.
  model::Milliseconds totalDuration{0};
};

// What is known of one probe.
struct ProbeState {
  // The verdict, after thresholds. Initially: startup Unknown, liveness Success, readiness Failure.
  ProbeResult result = ProbeResult::Unknown;
  // Outcomes of the latest attempts, how many equal ones in a row and which. 0: none yet in this
  // run of the container (or none since the verdict that ends it).
  int streak = 0;
  ProbeResult streakOf = ProbeResult::Unknown;
  // Of the latest attempt that succeeded or failed: one line, at most 1 KiB, as the container wrote
  // it but for secrets. Of a failure that reached the threshold it stays until the next run.
  std::string output;
  std::optional<model::WallTime> at;
  model::Milliseconds duration{0};
  // Why the latest attempt was none; empty when it was one.
  std::string error;
  // "http://172.18.0.2:8080/health (address of the container)", "... (host network)",
  // "... (published port)", "exec". Empty before the first attempt.
  std::string where;
  ProbeCounts counts;
};

struct ProbeReport {
  std::string run;  // ProbeTask::run that all this is about
  bool running = false;
  model::BootTime began{};  // of the run; before the agent first saw it, by the engine's clock
  // Running, and its startup probe (where it has one) has succeeded.
  bool started = false;
  // Running, started, and its readiness probe (where it has one) says Success.
  bool ready = false;
  std::map<ProbeKind, ProbeState> probes;  // those that the service has

  // nullptr when it has no such probe.
  [[nodiscard]] const ProbeState* find(ProbeKind kind) const;
  // Of `liveness` and `startup`, the one that says that this run must end; nothing when none does,
  // or when it has ended.
  [[nodiscard]] std::optional<ProbeKind> condemned() const;
};

// All members are called on the engine's thread; none blocks.
class ProbePort {
 public:
  struct Hooks {
    // Something in reports() is different, that a pass should see: a verdict, `started`, `ready`,
    // an outcome unlike the one before, a streak on its way to another verdict. Called on the
    // engine's thread, never from inside a member of ProbePort.
    std::function<void()> changed;
    // For the history: Unhealthy, ProbeWarning. Likewise.
    std::function<void(model::EventDraft)> tell;
  };

  virtual ~ProbePort() = default;

  // Once, before anything else.
  virtual void attach(Hooks hooks) = 0;

  // Everything there is to probe now, services without probes included (their report says whether
  // they run). Who is no longer named is forgotten, counts included. Reports of all that is named
  // are there and right at once.
  virtual void watch(std::vector<ProbeTask> tasks) = 0;

  // By service key.
  [[nodiscard]] virtual const std::map<std::string, ProbeReport>& reports() const = 0;
};

}  // namespace holdfast::engine
