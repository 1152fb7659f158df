// SPDX-License-Identifier: Apache-2.0
// Plans one service: what it shows, and the chain of steps that it needs now. Pure, like plan().
#pragma once

#include "engine/inventory.hpp"
#include "engine/plan.hpp"
#include "model/container_spec.hpp"
#include "model/target.hpp"
#include "retry/retry_manager.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engine {

// The plan while it is put together.
class Draft {
 public:
  explicit Draft(const PlanInput& input) : input_(input) {}

  // Adds a chain unless one of that id runs already.
  void add(Chain chain);

  // Adds the pull of an image, or joins the one that is there: one pull per image.
  void pull(const std::string& runtime, const std::string& reference, const std::string& service,
            std::string why);

  void wakeAt(model::BootTime at);

  [[nodiscard]] bool running(const std::string& chain) const;

  std::vector<Chain> chains;
  std::optional<model::BootTime> nextWake;

 private:
  const PlanInput& input_;
  std::map<std::string, std::size_t> pulls_;  // chain id -> index in chains
};

// Is this container of the service of another specification than its own now, or on another
// runtime?
[[nodiscard]] bool specChanged(const PlanInput& input, const std::string& key,
                               const model::Service& service, const OwnContainer& own);

// Does the service need another container: for that, or since another image was pulled for it?
[[nodiscard]] bool isOutdated(const PlanInput& input, const std::string& key,
                              const model::Service& service, const OwnContainer& own);

class ServicePlanner {
 public:
  ServicePlanner(const PlanInput& input, const Inventory& inventory, Draft& draft,
                 const model::App& app, const model::Service& service);

  [[nodiscard]] Decision decide() &&;

 private:
  // Gates, in the order in which a start passes them. False: the decision says what is waited for.
  [[nodiscard]] bool imageReady();
  [[nodiscard]] bool dependenciesReady();
  [[nodiscard]] bool startAllowed();

  // Branches of decide(), each for one kind of situation.
  bool refused();
  void notLoaded();
  void wantStopped();
  void wantPurged();
  void create();
  void keepOrChange();
  void keepRunning();
  void keepPaused();
  void startCreated();
  void restartExited();
  void update();
  bool moveWaits();
  bool formerPlaceSeen();
  void superviseOld();
  void endUnhealthy(const Condemnation& condemned);
  void recreate(std::string why);

  bool pullWaits(const retry::Entry& entry);
  void startExited(std::string why);
  void startAgain(std::string why, std::vector<StepCall> steps, bool creates);
  void act(std::string why, std::vector<StepCall> steps, bool creates = false);
  [[nodiscard]] bool stepsAllowed();
  [[nodiscard]] Chain chainOf(std::string why, std::vector<StepCall> steps, std::string runtime,
                              std::string ledgerKey);
  // The networks and volumes that its container needs and that are not there yet. They come before
  // the end of a former container: where they cannot be had, that one goes on.
  [[nodiscard]] std::vector<StepCall> groundSteps() const;
  [[nodiscard]] std::vector<StepCall> containerSteps() const;
  // Of the container that serves now.
  [[nodiscard]] StepCall step(sdk::StepKind kind) const;
  // Stop and remove what serves now, wherever that is.
  [[nodiscard]] std::vector<StepCall> leavingSteps() const;

  void shows(model::ServiceStatusWord status, std::string reason, std::string why);
  void showsError(std::string type, std::string reason, std::string why);
  void keepErrorOf(const std::string& ledgerKey, std::string_view type);

  [[nodiscard]] bool changed() const;
  // Its container is of another specification than the target's.
  [[nodiscard]] bool specChanged() const;
  [[nodiscard]] std::optional<model::Service> formerService() const;
  // A probe wants the run that is there to end, and nothing forbids it.
  [[nodiscard]] std::optional<Condemnation> condemned() const;
  // The container's latest run ended in this way.
  [[nodiscard]] bool ended(ExitKind kind) const;
  [[nodiscard]] bool met(const model::Service& dependency,
                         model::DependencyCondition condition) const;
  [[nodiscard]] bool stopWanted() const;
  [[nodiscard]] bool purging(const std::string& runtime) const;
  // Its container is on a runtime that it no longer goes to.
  [[nodiscard]] bool moving() const { return container_ != nullptr && place_ != runtime_; }
  [[nodiscard]] bool answers(const std::string& runtime) const;
  [[nodiscard]] bool exists(const std::vector<model::ObservedObject>& objects,
                            const std::string& name) const;
  [[nodiscard]] const model::ObservedImage* image() const;
  [[nodiscard]] const retry::Entry* entry(const std::string& key) const;
  // Whether a failure waits for its time, for which the plan then wakes. nullptr: there is none.
  [[nodiscard]] bool waits(const retry::Entry* failed);
  [[nodiscard]] const retry::Policies& policies() const { return input_.ledger->policies(); }

  const PlanInput& input_;
  const Inventory& inventory_;
  Draft& draft_;
  const model::App& app_;
  const model::Service& service_;
  const std::string key_;
  const std::string runtime_;
  const RuntimeView* view_ = nullptr;  // nullptr: no such runtime
  ServiceMemory memory_;
  const model::ContainerSpec& spec_;
  const std::map<std::string, std::string> volumeNames_;  // see volumeNames()
  const model::ObservedContainer* container_ = nullptr;   // that serves now
  std::string place_;                                     // its runtime; runtime_ without one
  Decision decision_;
};

}  // namespace holdfast::engine
