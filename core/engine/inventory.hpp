// SPDX-License-Identifier: Apache-2.0
// The observation, sorted by whose it is: which container serves which service, what of ours no
// service wants, and what belongs to another agent.
#pragma once

#include "engine/plan.hpp"
#include "model/observation.hpp"
#include "model/target.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace holdfast::engine {

struct OwnContainer {
  std::string runtime;
  const model::ObservedContainer* container = nullptr;
};

// The runtime that a service of the target goes to.
[[nodiscard]] const std::string& runtimeOf(const model::Service& service,
                                           const std::string& defaultRuntime);

// What to say of a service whose runtime is none of those that are loaded.
[[nodiscard]] std::string notLoadedText(const std::string& runtime,
                                        const std::vector<std::string>& loaded);

// Do these labels say that the object is ours?
[[nodiscard]] bool isOurs(const std::map<std::string, std::string>& labels, const PlanInput& input);

// Are there containers of ours of the app, or of the original agent? Another agent's may be of an
// app with the same id.
[[nodiscard]] bool hasContainerOf(const PlanInput& input, const model::Observation& observation,
                                  const std::string& app);

// The same for containers and volumes; those of the original agent never count as ours.
[[nodiscard]] bool hasObjectsOf(const PlanInput& input, const model::Observation& observation,
                                const std::string& app);

// The chain that ends one container of ours.
[[nodiscard]] Chain removal(const OwnContainer& own, std::string why);

// Views into the input; valid as long as it.
class Inventory {
 public:
  explicit Inventory(const PlanInput& input);

  // The container of a service on its own runtime; nullptr when there is none.
  [[nodiscard]] const model::ObservedContainer* current(const std::string& key) const;

  // Containers of a service on runtimes that it no longer goes to; one that runs comes first.
  [[nodiscard]] const std::vector<OwnContainer>& elsewhere(const std::string& key) const;

  // The container that does a service's work: the current one, else the first of elsewhere(), which
  // the service is about to leave. Without a container there is none.
  [[nodiscard]] OwnContainer serving(const std::string& key) const;

  // Is there any container of this service, which need not be in the target?
  [[nodiscard]] bool knows(const std::string& key) const;

  // Ours, and wanted by no service: removed from the target, or doubles. Not those that may be of a
  // service which the target does not tell apart.
  [[nodiscard]] const std::vector<OwnContainer>& unwanted() const { return unwanted_; }

  // "runtime/name" of containers with the owner label of another agent.
  [[nodiscard]] const std::vector<Orphan>& orphans() const { return orphans_; }

 private:
  void sortOut(const std::string& runtime, const model::ObservedContainer& container);
  void choose(const model::App& app, const model::Service& service);
  [[nodiscard]] std::string keyOf(const model::ObservedContainer& container) const;
  [[nodiscard]] bool mayBeWanted(const model::ObservedContainer& container) const;

  const PlanInput& input_;
  std::map<std::string, std::string> keyByIds_;  // "app id/service id" -> service key
  std::set<std::string> unclearApps_;            // App::hasUnidentifiedServices, by id
  std::map<std::string, std::vector<OwnContainer>> byKey_;
  std::map<std::string, OwnContainer> current_;
  std::map<std::string, std::vector<OwnContainer>> elsewhere_;
  std::vector<OwnContainer> unwanted_;
  std::vector<Orphan> orphans_;
};

}  // namespace holdfast::engine
