// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"
#include "config/loader.hpp"

#include <set>

namespace holdfast::config {

std::vector<std::string> needRestart(const Settings& running, const Settings& reloaded) {
  std::vector<std::string> changed;
  // Slots hand out references to change a Settings, so they are asked on copies.
  Settings before = running;
  Settings after = reloaded;
  for (const auto& key : keys()) {
    const bool isOption = key.name.starts_with("runtime.") && key.name != "runtime.default";
    if (key.applies == Applies::OnRestart && !isOption &&
        !std::visit([&](const auto& slot) { return slot(before) == slot(after); }, key.slot)) {
      changed.push_back(key.name);
    }
  }
  std::set<std::string> options;
  const auto collect = [&](const Settings& from, const Settings& other) {
    for (const auto& [plugin, values] : from.runtimeOptions) {
      const auto counterpart = other.runtimeOptions.find(plugin);
      for (const auto& [option, value] : values) {
        const bool same = counterpart != other.runtimeOptions.end() &&
                          counterpart->second.contains(option) &&
                          counterpart->second.at(option) == value;
        if (!same) {
          options.insert("runtime." + plugin + "." + option);
        }
      }
    }
  };
  collect(running, reloaded);
  collect(reloaded, running);
  changed.insert(changed.end(), options.begin(), options.end());
  return changed;
}

}  // namespace holdfast::config
