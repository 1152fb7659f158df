// SPDX-License-Identifier: Apache-2.0
// The engine as the rest of the agent sees it: one thread that owns all state, fed by messages.
//
// Every member is thread-safe. Commands are answered once the engine thread has taken them in (a
// few milliseconds, never waiting for an engine call), by a future.
#pragma once

#include "engine/companion.hpp"
#include "engine/plan.hpp"
#include "engine/ports.hpp"
#include "engine/probe_port.hpp"
#include "engine/snapshot.hpp"
#include "model/target_parser.hpp"
#include "retry/policy.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::engine {

struct EngineSettings {
  std::string defaultRuntime = "docker";
  model::Milliseconds resyncInterval{30'000};
  int parallelPulls = 3;
  int parallelOperations = 2;
  model::Milliseconds pullStall{120'000};
  retry::Policies retry;
};

// How a command ended.
struct CommandResult {
  enum class Code { Done, NotFound, Conflict, Invalid };
  Code code = Code::Done;
  std::string message;                   // one line for people
  std::vector<model::Problem> problems;  // of a refused target
  std::int64_t revision = 0;             // of an accepted target
};

struct TargetRequest {
  std::string text;
  model::Strictness strictness = model::Strictness::Strict;
  TargetSource source = TargetSource::Api;
  std::string sourceDetail;
  std::string etag;  // see StoredTarget
};

// One line of a dry run.
struct PlannedAction {
  std::string service;  // key, empty for objects that are no service's
  std::string runtime;
  std::string step;    // stepName or kPullName
  std::string object;  // container, network, volume or image
  std::string why;
};

struct DryRun {
  CommandResult result;
  std::vector<PlannedAction> actions;
};

// A pull that ended, as PullCounts counts it.
struct PullEnd {
  const std::string& runtime;
  sdk::ErrorClass errorClass = sdk::ErrorClass::Ok;
  model::Milliseconds took{0};
};

// For who counts what the engine does. Must not block or throw. Each may be empty.
struct CountingObservers {
  std::function<void(const PullEnd&)> pulled;
  std::function<void(const std::string& serviceKey)> restarted;  // as ServiceMemory::restartCount
  std::function<void(const model::EventDraft&)> told;            // before repeats become one record
  // A pass: planning, dispatch, publishing and storing, by the clock of the machine.
  std::function<void(std::chrono::nanoseconds took)> passed;
};

// Messages for the log, in order, from the engine thread.
enum class Severity { Debug, Information, Warning, Error };
struct Observers {
  std::function<void(Severity, const std::string&)> log;
  std::function<void(const std::vector<model::Event>&)> events;
  std::function<void(std::shared_ptr<const Snapshot>)> snapshot;
  CountingObservers counting{};
};

class Engine {
 public:
  // `runtimes`, `store`, `companions` and `probes` must outlive the engine. The thread starts in
  // start(). Without `probes` nothing is probed, and what has a readiness probe is never ready.
  Engine(EngineSettings settings, std::vector<RuntimePort*> runtimes, StorePort& store,
         const model::Clock& clock, Observers observers, std::vector<Companion*> companions = {},
         ProbePort* probes = nullptr);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Loads the state and runs until stop().
  void start();

  // Ends the thread: no new step starts, running calls are given up by the caller's pluginhost.
  // With `orderly`, marks the state directory so. Containers stay as they are.
  void stop(bool orderly);

  [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const;

  // Time since the engine thread last went round its loop: the watchdog's proof of life.
  [[nodiscard]] model::Milliseconds sinceHeartbeat() const;

  std::future<CommandResult> setTarget(TargetRequest request);
  // For companions, who cannot wait: `done` is called on the engine's thread, and dropped when the
  // engine ends before.
  void setTarget(TargetRequest request, std::function<void(CommandResult)> done);
  std::future<DryRun> plan(std::optional<TargetRequest> request);  // absent: the target in force

  // `app` is an id or a name everywhere; `service` a name.
  std::future<CommandResult> retry(std::string app, std::string service);
  std::future<CommandResult> retryAll();
  std::future<CommandResult> restartService(std::string app, std::string service);
  std::future<CommandResult> stopService(std::string app, std::string service);
  std::future<CommandResult> startService(std::string app, std::string service);
  std::future<CommandResult> purgeApp(std::string app);
  std::future<CommandResult> adopt(std::string uuid);

  void reconfigure(EngineSettings settings);

  // Goes before the settings' resyncInterval, until it is taken back with nothing.
  void overrideResync(std::optional<model::Milliseconds> interval);

  // Puts an event into the history.
  void report(model::EventDraft event);

  void credentialsChanged();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdfast::engine
