// SPDX-License-Identifier: Apache-2.0
#include "model/parser/cross_checks.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace holdfast::model::parser {

namespace {

using Index = std::size_t;

// Who waits for whom, among the services of one app. Edges to itself are told elsewhere.
class DependencyGraph {
 public:
  explicit DependencyGraph(const AppDraft& app) : edges_(app.services.size()) {
    std::map<std::string, Index> byName;
    for (Index i = 0; i < app.services.size(); ++i)
      byName.emplace(app.services[i].service.name, i);
    for (Index i = 0; i < app.services.size(); ++i) {
      for (const auto& [name, condition] : app.services[i].service.dependsOn) {
        const auto found = byName.find(name);
        if (found != byName.end() && found->second != i)
          edges_[i].push_back(found->second);
      }
    }
    removeEnds();
  }

  // A cycle that `from` leads into, each member once; empty when it leads into none.
  [[nodiscard]] std::vector<Index> cycleFrom(Index from) const {
    if (!waits_[from])
      return {};
    std::vector<Index> path;
    std::map<Index, std::size_t> place;
    for (Index at = from;; at = nextWaiting(at)) {
      const auto [seen, isNew] = place.emplace(at, path.size());
      if (!isNew)
        return {path.begin() + static_cast<std::ptrdiff_t>(seen->second), path.end()};
      path.push_back(at);
    }
  }

 private:
  // Takes out, again and again, whoever waits for nobody; what is left waits for a cycle.
  void removeEnds() {
    std::vector<std::vector<Index>> waiters(edges_.size());
    std::vector<std::size_t> open(edges_.size());
    std::vector<Index> ends;
    for (Index i = 0; i < edges_.size(); ++i) {
      open[i] = edges_[i].size();
      if (open[i] == 0)
        ends.push_back(i);
      for (const Index dependency : edges_[i])
        waiters[dependency].push_back(i);
    }
    waits_.assign(edges_.size(), true);
    while (!ends.empty()) {
      const Index end = ends.back();
      ends.pop_back();
      waits_[end] = false;
      for (const Index waiter : waiters[end]) {
        if (--open[waiter] == 0)
          ends.push_back(waiter);
      }
    }
  }

  [[nodiscard]] Index nextWaiting(Index at) const {
    return *std::find_if(edges_[at].begin(), edges_[at].end(),
                         [&](Index dependency) { return waits_[dependency]; });
  }

  std::vector<std::vector<Index>> edges_;
  std::vector<bool> waits_;
};

// Where `service` says that it depends on `name`.
const std::string& pointerTo(const ServiceDraft& service, const std::string& name) {
  const auto found = std::find_if(service.dependencies.begin(), service.dependencies.end(),
                                  [&](const Reference& other) { return other.name == name; });
  return found == service.dependencies.end() ? service.service.pointer : found->pointer;
}

std::string nameCycle(const AppDraft& app, const std::vector<Index>& cycle) {
  // A long one is recognised by its beginning.
  constexpr std::size_t kMaxNamed = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(cycle.size(), kMaxNamed); ++i)
    text += app.services[cycle[i]].service.name + " -> ";
  return text + (cycle.size() > kMaxNamed ? "... -> " : "") + app.services[cycle[0]].service.name;
}

}  // namespace

void checkCycles(AppDraft& app) {
  const DependencyGraph graph(app);
  std::set<Index> told;
  for (Index i = 0; i < app.services.size(); ++i) {
    const auto cycle = told.count(i) == 0 ? graph.cycleFrom(i) : std::vector<Index>{};
    if (cycle.empty() || told.count(cycle.front()) != 0)
      continue;
    told.insert(cycle.begin(), cycle.end());
    const std::string message = "these services wait for each other: " + nameCycle(app, cycle);
    for (std::size_t k = 0; k < cycle.size(); ++k) {
      auto& service = app.services[cycle[k]];
      const auto& next = app.services[cycle[(k + 1) % cycle.size()]].service.name;
      service.findings.fault(pointerTo(service, next), message);
    }
  }
}

}  // namespace holdfast::model::parser
