// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"
#include "config/loader.hpp"

#include <map>
#include <set>

namespace holdfast::config {

namespace {

// Every key whose name is partly free, with its value.
std::map<std::string, std::string> pluginKeys(const Settings& settings) {
  std::map<std::string, std::string> keys;
  for (const auto& [plugin, options] : settings.runtimeOptions) {
    for (const auto& [option, value] : options) {
      keys["runtime." + plugin + "." + option] = value;
    }
  }
  for (const auto& [name, notifier] : settings.notifiers) {
    keys["notifier." + name + ".plugin"] = notifier.plugin;
    for (const auto& [option, value] : notifier.options) {
      keys["notifier." + name + "." + option] = value;
    }
  }
  for (const auto& [option, value] : settings.uplink.options) {
    keys["uplink." + option] = value;
  }
  return keys;
}

// Names of those that one side has and the other has not, or not with that value.
std::set<std::string> differing(const std::map<std::string, std::string>& one,
                                const std::map<std::string, std::string>& other) {
  std::set<std::string> names;
  const auto collect = [&names](const auto& from, const auto& counterpart) {
    for (const auto& [name, value] : from) {
      const auto found = counterpart.find(name);
      if (found == counterpart.end() || found->second != value) {
        names.insert(name);
      }
    }
  };
  collect(one, other);
  collect(other, one);
  return names;
}

}  // namespace

std::vector<std::string> needRestart(const Settings& running, const Settings& reloaded) {
  std::vector<std::string> changed;
  // Slots hand out references to change a Settings, so they are asked on copies.
  Settings before = running;
  Settings after = reloaded;
  const auto tabledOptions = pluginKeys(defaultSettings());
  for (const auto& key : keys()) {
    if (key.applies == Applies::OnRestart && !tabledOptions.contains(key.name) &&
        !std::visit([&](const auto& slot) { return slot(before) == slot(after); }, key.slot)) {
      changed.push_back(key.name);
    }
  }
  const auto options = differing(pluginKeys(running), pluginKeys(reloaded));
  changed.insert(changed.end(), options.begin(), options.end());
  return changed;
}

}  // namespace holdfast::config
