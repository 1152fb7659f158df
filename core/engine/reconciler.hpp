// SPDX-License-Identifier: Apache-2.0
// The imperative shell around plan(): one state, one thread, everything by messages.
//
// observe -> note -> plan -> dispatch, and again whenever something may have changed. No pass waits
// for a step. Engine (engine.hpp) gives it a thread; tests drive it by hand with a clock of their
// own. Not thread-safe; runtimes answer through `Post`.
#pragma once

#include "engine/bookkeeper.hpp"
#include "engine/desired.hpp"
#include "engine/engine.hpp"
#include "engine/executor.hpp"
#include "engine/plan.hpp"
#include "engine/ports.hpp"
#include "engine/runtime_link.hpp"
#include "engine/snapshot.hpp"
#include "retry/retry_manager.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::engine {

class Reconciler {
 public:
  Reconciler(EngineSettings settings, const std::vector<RuntimePort*>& runtimes, StorePort& store,
             const model::Clock& clock, const Post& post, std::function<double()> random,
             Observers observers, ProbePort* probes = nullptr);

  // Reads the store and begins to look at the runtimes.
  void load();

  // Does everything that is due. Call when a message was handled, and at nextWake().
  void tick();
  [[nodiscard]] model::BootTime nextWake() const;

  // Commands; see Engine.
  void setTarget(TargetRequest request, std::function<void(CommandResult)> reply);
  void planTarget(std::optional<TargetRequest> request, std::function<void(DryRun)> reply);
  [[nodiscard]] CommandResult retryService(const std::string& app, const std::string& service);
  [[nodiscard]] CommandResult retryAll();
  [[nodiscard]] CommandResult restartService(const std::string& app, const std::string& service);
  [[nodiscard]] CommandResult stopService(const std::string& app, const std::string& service);
  [[nodiscard]] CommandResult startService(const std::string& app, const std::string& service);
  [[nodiscard]] CommandResult purgeApp(const std::string& app);
  [[nodiscard]] CommandResult adopt(const std::string& uuid);
  void reconfigure(EngineSettings settings);
  void overrideResync(std::optional<model::Milliseconds> interval);
  void credentialsChanged();
  void report(model::EventDraft event);

  // For who shares the ledger: see Companion. What they change there is stored by commit().
  [[nodiscard]] retry::RetryManager& ledger() { return ledger_; }
  void commit();

 private:
  // A target on its way: parsed, and being checked by the runtimes.
  struct Candidate {
    std::uint64_t number = 0;  // in the order in which they came
    Desired desired;
    std::vector<model::Problem> problems;
    std::size_t unanswered = 0;
    std::function<void(Candidate&)> done;
  };

  // Target (reconciler_target.cpp)
  void examine(const TargetRequest& request, std::function<void(Candidate&)> done);
  void validated(Candidate& candidate, const std::string& key, const model::Service& service,
                 const CallResult& result);
  static void answered(Candidate& candidate);
  [[nodiscard]] std::vector<std::string> loadedRuntimes() const;
  [[nodiscard]] std::vector<std::string> imagesFor(const std::string& runtime) const;
  [[nodiscard]] bool lookedUp(const Desired& desired) const;
  [[nodiscard]] DryRun dryRunOf(Desired& desired) const;
  void answerDryRuns();
  void accept(Desired desired);
  void forgetWhatChanged(const Desired& next);
  void rememberDeployed(const Desired& desired);

  // Passes (reconciler.cpp)
  [[nodiscard]] PlanInput input(const Desired* desired) const;
  [[nodiscard]] Naming naming() const {
    return {owner_, settings_.defaultRuntime, book_.memories()};
  }
  void observed(RuntimeLink& link);
  void takeOver(const RuntimeLink& link);
  void linkChanged(RuntimeLink& link, bool available, const std::string& problem);
  void pass();
  void planAndDispatch();
  void finishPurges();
  void noteStarted(const Plan& plan);
  void watchProbes(const Plan& plan);
  void wake();
  void takeEffect();
  [[nodiscard]] model::Milliseconds resyncInterval() const {
    return resyncOverride_.value_or(settings_.resyncInterval);
  }

  // Results of steps (reconciler_results.cpp)
  [[nodiscard]] Executor::Hooks hooks();
  void stepStarts(const Chain& chain, const StepCall& step);
  void stepEnded(const Chain& chain, const StepCall& step, const CallResult& result);
  void callBegins(const Chain& chain, CallRecord record);
  [[nodiscard]] CallResult masked(const Chain& chain, const CallResult& result) const;
  // What it was, now that it has ended; remembered for the services that it was for.
  CallRecord callEnded(const Chain& chain, const CallResult& result);
  [[nodiscard]] bool seenRunning(const std::string& runtime, const std::string& containerId) const;
  void chainEnded(const Chain& chain, const CallResult& result);
  void pullEnded(const Chain& chain, const CallResult& result);
  bool charge(const Chain& chain, const CallResult& result);
  void countPull(const Chain& chain, const CallResult& result, model::Milliseconds took);
  void tellFailure(const Chain& chain, const CallResult& result, bool becameExhausted);
  bool usePresentImage(const Chain& chain, const CallResult& result);
  [[nodiscard]] const model::ObservedImage* presentImage(const Chain& chain) const;

  // What others see (reconciler_publish.cpp)
  void publish(const Plan& plan);
  void showCalls(ServiceView& view) const;
  void tellRefusals(const Plan& plan);
  void logSummary(const Plan& plan);
  void tell(model::EventDraft event);

  // Commands (reconciler_commands.cpp)
  struct Found {
    const model::App* app = nullptr;
    const model::Service* service = nullptr;
    std::string key;   // of the ledger and the book
    std::string name;  // "<app name>/<service name>", for people
    CommandResult problem;
  };
  [[nodiscard]] Found find(const std::string& app, const std::string& service) const;
  [[nodiscard]] const model::ObservedContainer* containerOf(const Found& found) const;
  int force(const std::string& serviceKey, const std::string& image, const std::string& runtime);
  void endWaits(const Found& found);

  EngineSettings settings_;
  std::optional<model::Milliseconds> resyncOverride_;
  StorePort& store_;
  const model::Clock& clock_;
  Observers observers_;
  ProbePort* probes_;  // nullptr: nothing is probed

  std::string owner_;
  std::vector<std::string> adoptedOwners_;
  retry::RetryManager ledger_;
  Bookkeeper book_;
  std::optional<Desired> desired_;
  // Dry runs that wait for a look at the images that they name.
  struct WaitingDryRun {
    Desired desired;
    std::function<void(DryRun)> reply;
  };
  std::vector<WaitingDryRun> dryRuns_;
  std::int64_t lastRevision_ = 0;
  std::uint64_t examined_ = 0;  // the latest Candidate::number
  std::uint64_t accepted_ = 0;  // that of the target in force; 0: of an earlier run
  std::map<std::string, std::unique_ptr<RuntimeLink>> links_;
  Executor executor_;
  InFlight inFlight_;  // as of the running pass

  std::set<std::string> justFailed_;
  std::map<std::string, int> unavailableStreak_;  // by chain id
  struct RunningRecord {
    CallRecord record;
    model::BootTime began;
  };
  std::map<std::string, RunningRecord> calls_;       // that run now, by chain id
  std::map<std::string, std::string> toldRefusals_;  // by service key
  PullCounts pulls_;
  bool passDue_ = false;
  model::BootTime planWake_ = model::BootTime::max();
  std::vector<model::EventDraft> events_;
  std::optional<StoredTarget> targetToStore_;
  std::uint64_t published_ = 0;
  std::string lastSummary_;
  model::BootTime lastSummaryAt_;
};

}  // namespace holdfast::engine
