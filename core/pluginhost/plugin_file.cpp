// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/plugin_file.hpp"

#include "holdfast/sdk/abi_rule.hpp"
#include "pluginhost/handshake.hpp"

#include <utility>

namespace holdfast::pluginhost {

PluginFile::PluginFile(const RegistrySettings& settings, std::string name)
    : settings_(settings), name_(std::move(name)), path_(settings.directory / (name_ + ".so")) {}

const Outcome<PluginIdentity>& PluginFile::examine() {
  if (!examined_) {
    examined_.emplace(look());
  }
  return *examined_;
}

Outcome<PluginIdentity> PluginFile::look() {
  if (!sdk::isPluginName(name_)) {
    return Refusal(Stage::Configuration,
                   "\"" + name_ + "\" is no name of a plugin, expected [a-z][a-z0-9-]{0,31}");
  }
  const auto trusted = checkTrust(path_);
  if (!trusted) {
    return trusted.error();
  }
  path_ = trusted->path;
  identity_ = trusted->identity;
  auto probed = probePlugin(settings_.probe, path_, settings_.host, settings_.probeLimit);
  if (probed) {
    if (const auto problem = nameProblem(*probed, name_)) {
      return Refusal(Stage::Handshake, path_.string() + ": " + *problem);
    }
  }
  return probed;
}

const Outcome<std::shared_ptr<const LoadedPlugin>>& PluginFile::load() {
  const std::lock_guard lock(mutex_);
  if (!loaded_) {
    loaded_.emplace(LoadedPlugin::load(path_, name_, settings_.host));
  }
  return *loaded_;
}

bool PluginFile::changedOnDisk() const {
  return identity_ && fileIdentity(path_) != identity_;
}

}  // namespace holdfast::pluginhost
