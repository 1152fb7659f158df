// SPDX-License-Identifier: Apache-2.0
// Reads an observation for what happened since the last one: runs that began or ended, ladders that
// are over, containers taken over from the original agent. Writes it into memories, ledger and
// events; plan() then only reads. Belongs to the engine thread; time is an argument.
#pragma once

#include "engine/memory.hpp"
#include "engine/plan.hpp"
#include "model/container_spec.hpp"
#include "model/event.hpp"
#include "model/target.hpp"
#include "retry/retry_manager.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::engine {

class Inventory;

class Bookkeeper {
 public:
  explicit Bookkeeper(retry::RetryManager& ledger) : ledger_(ledger) {}

  void restore(std::map<std::string, ServiceMemory> memories);
  [[nodiscard]] const std::map<std::string, ServiceMemory>& memories() const { return memories_; }
  // To be read or changed until the next takeChanges(), not after it.
  [[nodiscard]] ServiceMemory& memory(const std::string& serviceKey);
  void forget(const std::string& key);

  // The service left the target: all that stays known is where its container is, until a look at
  // that runtime shows it gone. Should the service come back on another one meanwhile, it must not
  // run twice.
  void leave(const std::string& serviceKey);

  // An engine went away. One that is shut down ends its containers first, and tells: an only crash
  // of one of its containers that was noted just before was the engine's doing.
  void engineLost(const std::string& runtime, const model::Now& now);

  struct Look {
    const PlanInput& input;
    std::string runtime;  // the one that was looked at just now
    // First look after the engine or the machine was away: ends that it shows are nobody's crash.
    bool afterGap = false;
  };
  // Needs a target.
  void note(const Look& look);

  // takeOver() with the latest look at this runtime, to be done before anything else is read from
  // it and when a target comes into force. True when specifications have to be made anew.
  [[nodiscard]] bool takeOver(const PlanInput& input, const std::string& runtime);

  // When the next crash ladder ends by a long enough run.
  [[nodiscard]] std::optional<model::BootTime> nextWake(const model::Now& now) const;

  // What has changed since the last call.
  [[nodiscard]] std::vector<model::EventDraft> takeEvents();
  void takeChanges(StateChange& change);
  // Services whose restartCount grew, by key: once for each restart.
  [[nodiscard]] std::vector<std::string> takeRestarts();

 private:
  struct Run {
    std::string id;
    model::BootTime began;
    bool seenBeginning = false;  // false: `began` comes from the engine's wall clock
  };
  // One service and its container in a look.
  struct Subject {
    const Look& look;
    const model::App& app;
    const model::Service& service;
    std::string key;
    const model::ObservedContainer& container;
  };

  void noteRun(const Subject& subject);
  void noteLongRun(const Subject& subject);
  void noteGoesOn(const Subject& subject);
  void noteExit(const Subject& subject);
  void charge(const Subject& subject, const model::RestartPolicy& policy,
              const std::string& because);
  void notePresentImages(const Look& look);
  void forgetRemoved(const Look& look, const Inventory& inventory);
  void recovered(const std::string& serviceKey, const std::string& ledgerKey,
                 const std::string& message);

  retry::RetryManager& ledger_;
  std::map<std::string, ServiceMemory> memories_;
  std::map<std::string, ServiceMemory> saved_;
  bool touched_ = false;             // memories_ may differ from saved_
  std::map<std::string, Run> runs_;  // the current run, by service key
  struct Charged {
    std::string runtime;
    model::BootTime at;
  };
  std::map<std::string, Charged> charged_;  // latest crash, by service key
  std::set<std::string> lookedAt_;          // runtimes that were looked at since the agent started
  std::vector<model::EventDraft> events_;
  std::vector<std::string> restarts_;
};

}  // namespace holdfast::engine
