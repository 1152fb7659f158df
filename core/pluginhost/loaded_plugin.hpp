// SPDX-License-Identifier: Apache-2.0
// A plugin in this process, checked a second time, and the instances that it makes.
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "pluginhost/identity.hpp"
#include "pluginhost/library.hpp"
#include "pluginhost/refusal.hpp"

#include <filesystem>
#include <memory>
#include <string_view>

namespace holdfast::pluginhost {

class LoadedPlugin;

// Gives an instance back to the plugin that made it. Keeps what the instance needs until then.
class InstanceDeleter {
 public:
  InstanceDeleter() = default;
  InstanceDeleter(std::shared_ptr<const LoadedPlugin> plugin, std::shared_ptr<sdk::Host> host);
  void operator()(sdk::RuntimePlugin* instance) const;

 private:
  std::shared_ptr<const LoadedPlugin> plugin_;
  std::shared_ptr<sdk::Host> host_;
};

using RuntimeInstance = std::unique_ptr<sdk::RuntimePlugin, InstanceDeleter>;

class LoadedPlugin : public std::enable_shared_from_this<LoadedPlugin> {
 public:
  // Loads a trusted and probed file and checks its descriptor again: the file could be another one
  // by now, and the child's answer is not what is called. Blocks for the static initialisers.
  // Refuses at Load or Handshake.
  [[nodiscard]] static Outcome<std::shared_ptr<const LoadedPlugin>> load(
      const std::filesystem::path& file, std::string_view name, const HostIdentity& host);

  [[nodiscard]] const PluginIdentity& identity() const { return identity_; }

  // Makes an instance of a runtime plugin, in the calling thread, for as long as the plugin takes.
  // Refuses at Create with the plugin's reason; an exception that escapes from it is one.
  [[nodiscard]] Outcome<RuntimeInstance> createRuntime(std::shared_ptr<sdk::Host> host) const;

 private:
  friend class InstanceDeleter;

  LoadedPlugin(const std::filesystem::path& file);

  Library library_;
  const holdfast_plugin_descriptor& descriptor_;
  PluginIdentity identity_;
};

}  // namespace holdfast::pluginhost
