// SPDX-License-Identifier: Apache-2.0
// What the engine shows to everybody else: one immutable value, published after each pass.
#pragma once

#include "engine/ports.hpp"
#include "engine/probe_port.hpp"
#include "model/observation.hpp"
#include "model/status.hpp"
#include "model/target.hpp"
#include "retry/retry_manager.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engine {

// Everything about one service, for `describe` and `why`.
struct ServiceView {
  model::ServiceStatus status;
  std::string key;       // "<app id>/<service name>"
  std::string specJson;  // as the runtime gets it, environment values masked
  std::string specHash;
  std::string decision;  // plain words: what the latest plan concluded and because of what
  std::vector<retry::Entry> ledger;  // its image:, start: and crash: entries, where there are any
  std::string errorKey;  // of the ledger's entry that its error tells of; empty: none does
  std::string waitsFor;  // key of the service that it depends on and that is not running
  std::optional<model::BootTime> waitsUntil;  // end of a pause that is no failure of its own
  std::optional<model::ObservedContainer> container;
  std::optional<ProbeReport> probes;  // on the run that is there
  std::string place;      // the runtime that `container` is on; status.runtime without one
  bool outdated = false;  // `container` is of another specification or on another runtime
  ExitKind exitKind = ExitKind::None;  // how its latest run ended
  // The latest calls for it: the pull of its image, and one about its container. One that runs now
  // has no `took`.
  std::optional<CallRecord> pullCall;
  std::optional<CallRecord> stepCall;
  std::vector<std::string> faults;  // of a lenient document

  // Whether it belongs to the app with this id or name.
  [[nodiscard]] bool isOf(std::string_view app) const;
};

struct RuntimeStatus {
  std::string name;
  bool available = false;
  std::string problem;
  std::optional<retry::Entry> retry;  // engine:<name>
  EngineInfo info;
  std::optional<model::WallTime> observedAt;
};

// Pulls that ended since the agent started. One that was cancelled, or that met no engine, is none.
struct PullCounts {
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
};

// Entries of the retry ledger of one family.
struct LedgerCount {
  std::size_t entries = 0;
  std::size_t exhausted = 0;
};

struct Snapshot {
  std::uint64_t version = 0;  // grows whenever anything below changed
  model::Now at;
  std::string owner;
  // The target in force; nullptr when none was ever accepted.
  std::shared_ptr<const model::Target> target;
  std::optional<StoredTarget> storedTarget;
  std::vector<model::Problem> targetWarnings;
  std::vector<ServiceView> services;  // in the target's order
  std::vector<RuntimeStatus> runtimes;
  std::vector<Orphan> orphans;  // containers with an owner that is not ours: see `adopt`
  PullCounts pulls;
  retry::Policies policies;                     // in force now
  std::map<retry::Family, LedgerCount> ledger;  // families that have entries
  bool settled = false;  // nothing runs or is about to: each service at its state or in error

  // What tells this device from others: as the target names it, else the owner. Empty: not known.
  [[nodiscard]] const std::string& deviceId() const;

  // `app` is an id or a name. nullptr when there is none.
  [[nodiscard]] const ServiceView* find(std::string_view app, std::string_view service) const;
};

}  // namespace holdfast::engine
