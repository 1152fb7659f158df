// SPDX-License-Identifier: Apache-2.0
#include "metrics/service_names.hpp"

#include "metrics/family.hpp"

#include <set>

namespace holdfast::metrics {

std::map<std::string, std::string> appNames(const engine::Snapshot& snapshot) {
  std::map<std::string, std::set<std::string>> idsByName;
  for (const auto& view : snapshot.services) {
    idsByName[labelText(view.status.appName)].insert(view.status.appId);
  }
  std::map<std::string, std::string> names;
  for (const auto& [name, ids] : idsByName) {
    for (const auto& id : ids) {
      names[id] = ids.size() == 1 ? name : name + " (" + id + ")";
    }
  }
  return names;
}

}  // namespace holdfast::metrics
