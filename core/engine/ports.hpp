// SPDX-License-Identifier: Apache-2.0
// What the engine needs of the outside: runtimes to act on and a store to remember in. Implemented
// by pluginhost and state, and by fakes in tests.
#pragma once

#include "engine/memory.hpp"
#include "holdfast/sdk/runtime.hpp"
#include "model/event.hpp"
#include "model/observation.hpp"
#include "model/time.hpp"
#include "retry/retry_manager.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::engine {

// How a call to a plugin ended, copied out of the SDK's views.
struct CallResult {
  sdk::ErrorClass errorClass = sdk::ErrorClass::Ok;
  std::string message;  // one line for people; empty when Ok
  std::string raw;      // the engine's own answer, capped
  model::Milliseconds retryAfter{-1};
  bool stuck = false;  // the call did not return even after it was cancelled

  [[nodiscard]] bool ok() const { return errorClass == sdk::ErrorClass::Ok; }
};

// One change, owning its text: sdk::Step with strings.
struct StepCall {
  sdk::StepKind kind = sdk::StepKind::CreateNetwork;
  model::Milliseconds grace{10'000};
  std::string name{};
  std::string containerId{};
  std::string image{};
  std::string specJson{};
  std::string runtime{};  // whose step it is; empty: that of its chain
};

struct PullProgress {
  std::int64_t doneBytes = 0;
  std::int64_t totalBytes = 0;
  bool waiting = false;
  bool retrying = false;
  std::string phase;
};

// A command to be run inside a running container.
struct ExecCall {
  std::string containerId;
  std::vector<std::string> argv;
  model::Milliseconds timeout{1'000};  // after which it is killed
};

// How a command that ran has ended.
struct ExecEnd {
  int exitCode = 0;       // meaningful unless timedOut
  bool timedOut = false;  // it was killed because its time was over
  std::string output;     // the first kMaxExecOutput bytes of both streams, as they came
};
inline constexpr std::size_t kMaxExecOutput = 10u * 1024;  // as the kubelet keeps of a probe's

struct EngineEvent {
  sdk::EventKind kind = sdk::EventKind::Changed;
  std::string containerId;
  std::string containerName;
  std::string action;
};

struct EngineInfo {
  std::string name{};
  std::string version{};
  std::string apiVersion{};
  std::string architecture{};
  std::string dataRoot{};
  int cpus = 0;
  std::int64_t memoryBytes = 0;
  bool rootless = false;  // a container is reached by its published ports alone
};

// A call that runs until it is told to end. Destroying the handle cancels it.
class RunningCall {
 public:
  virtual ~RunningCall() = default;
  // Asks the plugin to give up; `done` still comes, exactly once. Never blocks.
  virtual void cancel() = 0;
};

// One loaded runtime instance. No member blocks; `done` is called exactly once per call, from any
// thread, also before the member returns.
class RuntimePort {
 public:
  virtual ~RuntimePort() = default;
  [[nodiscard]] virtual const std::string& name() const = 0;

  virtual void health(std::function<void(CallResult)> done) = 0;
  virtual void engineInfo(std::function<void(CallResult, EngineInfo)> done) = 0;
  virtual void validate(std::string specJson, std::function<void(CallResult)> done) = 0;
  virtual void observe(std::vector<std::string> images,
                       std::function<void(CallResult, model::Observation)> done) = 0;
  virtual void execute(StepCall step, std::function<void(CallResult)> done) = 0;
  [[nodiscard]] virtual std::unique_ptr<RunningCall> pull(
      std::string reference, std::function<void(PullProgress)> progress,
      std::function<void(CallResult)> done) = 0;
  [[nodiscard]] virtual std::unique_ptr<RunningCall> watch(
      std::function<void(EngineEvent)> event, std::function<void(CallResult)> done) = 0;
  // Ok whatever the exit code, and when its time was over. The command is killed when it is
  // cancelled, too.
  [[nodiscard]] virtual std::unique_ptr<RunningCall> exec(
      ExecCall call, std::function<void(CallResult, ExecEnd)> done) = 0;
};

enum class TargetSource { File, Api, Cloud };

// A container that carries an owner's label, but not ours: left alone until it is adopted.
struct Orphan {
  std::string owner;
  std::string runtime;
  std::string name;

  friend bool operator==(const Orphan&, const Orphan&) = default;
};

// A target as it was accepted: kept as text, so that what is stored is what was given.
struct StoredTarget {
  std::string text;
  bool strict = false;  // how it was parsed
  TargetSource source = TargetSource::File;
  std::string sourceDetail;   // path of the file, "api", URL of the cloud
  std::string etag;           // cloud only: what its cloud told the document from others by
  std::int64_t revision = 0;  // counts accepted targets of this state directory, from 1
  model::WallTime acceptedAt;
};

// What one pass wants remembered. Empty members change nothing.
struct StateChange {
  std::optional<StoredTarget> target;
  retry::RetryManager::Changes ledger;
  std::vector<ServiceMemory> memories;
  std::vector<std::string> forgottenMemories;  // service keys
  std::vector<model::EventDraft> events;

  [[nodiscard]] bool empty() const;
};

struct LoadedState {
  std::string ownerUuid;                   // made on first use
  std::vector<std::string> adoptedOwners;  // further uuids whose objects count as ours
  std::optional<StoredTarget> target;
  retry::RetryManager::Saved ledger;
  retry::Resume resume = retry::Resume::Crash;
  std::map<std::string, ServiceMemory> memories;  // by service key
  std::string damage;  // what was lost and where it was set aside; empty when all was well
};

// Durable state. Called from the engine thread only. Failing to write never stops the agent: the
// implementation reports it through its own log and tries again with the next change.
class StorePort {
 public:
  virtual ~StorePort() = default;
  [[nodiscard]] virtual LoadedState load(const model::Now& now) = 0;

  // One transaction. Returns the events as the history now has them.
  virtual std::vector<model::Event> commit(const StateChange& change, const model::Now& now) = 0;

  virtual void adoptOwner(const std::string& uuid) = 0;

  // Marks the stop as orderly; the next start of the same boot sees Resume::OrderlyStop.
  virtual void closeOrderly() = 0;
};

}  // namespace holdfast::engine
