// SPDX-License-Identifier: Apache-2.0
// One file of the plugin directory: examined from outside first, then loaded, each once for all
// instances that are made of it.
#pragma once

#include "pluginhost/identity.hpp"
#include "pluginhost/loaded_plugin.hpp"
#include "pluginhost/refusal.hpp"
#include "pluginhost/registry_settings.hpp"
#include "pluginhost/trust.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace holdfast::pluginhost {

class PluginFile {
 public:
  // <directory>/<name>.so. `settings` outlive this.
  PluginFile(const RegistrySettings& settings, std::string name);

  // Trust, probe and handshake, nothing loaded; the name must be the file's. Blocks for the child
  // process, the first time. Not thread-safe.
  [[nodiscard]] const Outcome<PluginIdentity>& examine();

  // Into this process, once examine() has found no fault. Blocks for the static initialisers, the
  // first time. Thread-safe.
  [[nodiscard]] const Outcome<std::shared_ptr<const LoadedPlugin>>& load();

  // Without symbolic links once examine() has been there.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // Another file has taken the place of the one that was examined. Thread-safe after examine().
  [[nodiscard]] bool changedOnDisk() const;

 private:
  [[nodiscard]] Outcome<PluginIdentity> look();

  const RegistrySettings& settings_;
  const std::string name_;
  std::filesystem::path path_;
  std::optional<FileIdentity> identity_;
  std::optional<Outcome<PluginIdentity>> examined_;
  std::mutex mutex_;
  std::optional<Outcome<std::shared_ptr<const LoadedPlugin>>> loaded_;
};

}  // namespace holdfast::pluginhost
