// SPDX-License-Identifier: Apache-2.0
// The planner: what should be done now, and what each service shows. Pure: no I/O, no clock, no
// randomness, no logging. `holdfast plan` prints exactly what the next pass would do.
#pragma once

#include "engine/memory.hpp"
#include "engine/ports.hpp"
#include "engine/probe_port.hpp"
#include "model/container_spec.hpp"
#include "model/observation.hpp"
#include "model/status.hpp"
#include "model/target.hpp"
#include "retry/retry_manager.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engine {

// What is known of one runtime.
struct RuntimeView {
  const model::Observation* observation =
      nullptr;             // latest complete look; nullptr before the first
  bool available = false;  // answers at the moment
  std::string problem;     // why not
  bool rootless = false;   // EngineInfo::rootless
};

// Work that is running now, by chain id.
struct InFlight {
  struct Running {
    std::string chain;                                  // Chain::id
    std::string runtime;                                // where it is at work
    std::vector<std::string> serves;                    // Chain::serves
    sdk::StepKind step = sdk::StepKind::CreateNetwork;  // meaningful unless pull
    bool pull = false;
    PullProgress progress;
  };
  std::map<std::string, Running> byChain;
};

struct PlanInput {
  const model::Target* target = nullptr;  // nullptr: none was ever accepted; nothing is removed
  std::int64_t targetRevision = 0;
  model::WallTime targetAcceptedAt;  // labels errors that come from the target itself
  std::string defaultRuntime;
  std::map<std::string, RuntimeView> runtimes;  // every loaded runtime, by name
  // Resolved specifications by service key; made once per target.
  const std::map<std::string, model::ContainerSpec>* specs = nullptr;
  const std::map<std::string, ServiceMemory>* memories = nullptr;  // by service key
  const retry::RetryManager* ledger = nullptr;
  // Refusals of RuntimePlugin::validate, by service key: the service cannot be deployed as it is.
  const std::map<std::string, std::string>* refusals = nullptr;
  const InFlight* inFlight = nullptr;
  // Ledger keys that failed since the last pass: shown as ErrImagePull, not yet ImagePullBackOff.
  const std::set<std::string>* justFailed = nullptr;
  const std::map<std::string, ProbeReport>* probes = nullptr;  // by service key
  std::string owner;
  std::vector<std::string> adoptedOwners;
  model::Now now;
};

enum class Lane { Pull, Operation };

// Steps that belong together and run one after the other; a failed one cancels the rest. At most
// one chain per id runs at a time, and at most one that serves a given service. Only that of a
// service which moves has steps on two runtimes.
struct Chain {
  // "service:<key>", "pull:<runtime>:<reference>", and for the removal of what the target does not
  // have: "container:<runtime>:<id>", "network:<runtime>:<name>", "volume:<runtime>:<name>"
  std::string id;
  std::string runtime;
  Lane lane = Lane::Operation;
  std::vector<std::string> serves;  // keys of the services that asked for it
  std::string why;                  // plain words, for plan, describe and why
  std::string pullReference;        // lane Pull: the one thing to do
  std::vector<StepCall> steps;      // lane Operation
  // The ledger entry that a failure of this chain counts against: image:<runtime>:<reference>,
  // start:<key>, or start:<chain id> for removals.
  std::string ledgerKey;
  // Of a chain that ends a run for a probe.
  std::optional<Condemnation> condemned;
  // Of a creating chain: what is remembered as deployed once the container exists.
  std::string deployedService;
  std::string deployedHash;
};

// The runtime that carries out this step of the chain.
[[nodiscard]] const std::string& runtimeOf(const Chain& chain, const StepCall& step);

// Every runtime that the chain needs.
[[nodiscard]] std::set<std::string> runtimesOf(const Chain& chain);

// What the planner concluded about one service.
struct Decision {
  std::string key;
  const model::App* app = nullptr;
  const model::Service* service = nullptr;
  std::string runtime;
  std::string specHash;
  model::ServiceStatusWord status = model::ServiceStatusWord::Pending;
  std::string reason;     // the word of docs/behaviour.md "What a service shows"
  std::string why;        // plain words: what was decided and because of what
  std::string errorType;  // empty: no error is shown
  std::string errorKey;   // ledger entry that explains it; empty: `problem` does
  std::string problem;    // error without a ledger entry (faults, refusals, Never)
  std::string waitsFor;   // service key of a dependency
  std::optional<model::BootTime> waitsUntil;  // a pause that is no failure of its own
  std::optional<model::ObservedContainer> container;
  std::string place;      // the runtime that `container` is on; `runtime` without one
  bool outdated = false;  // `container` is of another specification or on another runtime
  // The service as it was when the container was made, if that was of another specification.
  std::optional<model::Service> former;
  ProbeSet probes;      // of keeper()
  bool ending = false;  // the run of the container is being ended, or is about to be
  bool ready = false;   // running, started, and ready by its probes
  // The runtime, or the one that the service moves away from, does not answer: everything else is
  // the last known state.
  bool stale = false;
  bool overridden = false;
  bool settled = false;  // at its state, or in error with nothing running for it

  // Whose rules hold for the container that is there.
  [[nodiscard]] const model::Service& keeper() const { return former ? *former : *service; }
};

struct Plan {
  std::vector<Chain> chains;                // in the order in which they should get free places
  std::vector<Decision> decisions;          // one per service of the target, in its order
  std::vector<Orphan> orphans;              // what `adopt` could take over
  std::optional<model::BootTime> nextWake;  // when a wait of some service ends
};

[[nodiscard]] Plan plan(const PlanInput& input);

// Every image reference that observe() has to look up, per runtime.
[[nodiscard]] std::map<std::string, std::vector<std::string>> imagesToLookUp(
    const model::Target* target, const std::string& defaultRuntime);

// What a decision looks like from outside.
[[nodiscard]] model::ServiceStatus statusOf(const Decision& decision, const PlanInput& input);

// "downloadImage", "createContainer", ...: the names of steps in plans and events.
[[nodiscard]] std::string_view stepName(sdk::StepKind kind);
// The same for the one thing that a chain of lane Pull does.
inline constexpr const char* kPullName = "downloadImage";

}  // namespace holdfast::engine
