// SPDX-License-Identifier: Apache-2.0
// A plugin in this process, checked a second time, and the instances that it makes.
#pragma once

#include "holdfast/sdk/notifier.hpp"
#include "holdfast/sdk/runtime.hpp"
#include "holdfast/sdk/uplink.hpp"
#include "pluginhost/identity.hpp"
#include "pluginhost/library.hpp"
#include "pluginhost/refusal.hpp"

#include <filesystem>
#include <memory>
#include <string_view>

namespace holdfast::pluginhost {

class LoadedPlugin;

// One instance, of whatever kind its plugin is. Its destructor gives it back to the plugin that
// made it, and runs in the thread that destroys it, for as long as the plugin takes.
class Instance {
 public:
  // `made` is what the plugin's create returned: the interface class of its kind.
  Instance(std::shared_ptr<const LoadedPlugin> maker, std::shared_ptr<sdk::Host> host, void* made);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // What every kind has.
  [[nodiscard]] sdk::Status start(sdk::Call& call) const;
  void stop() const;

  // nullptr when it is of another kind.
  [[nodiscard]] sdk::RuntimePlugin* runtime() const { return runtime_; }
  [[nodiscard]] sdk::NotifierPlugin* notifier() const { return notifier_; }
  [[nodiscard]] sdk::UplinkPlugin* uplink() const { return uplink_; }

 private:
  std::shared_ptr<const LoadedPlugin> maker_;
  std::shared_ptr<sdk::Host> host_;  // what the instance uses until it is given back
  void* made_;
  sdk::Plugin* plugin_ = nullptr;
  sdk::RuntimePlugin* runtime_ = nullptr;
  sdk::NotifierPlugin* notifier_ = nullptr;
  sdk::UplinkPlugin* uplink_ = nullptr;
};

class LoadedPlugin : public std::enable_shared_from_this<LoadedPlugin> {
 public:
  // Loads a trusted and probed file and checks its descriptor again: the file could be another one
  // by now, and the child's answer is not what is called. Blocks for the static initialisers.
  // Refuses at Load or Handshake.
  [[nodiscard]] static Outcome<std::shared_ptr<const LoadedPlugin>> load(
      const std::filesystem::path& file, std::string_view name, const HostIdentity& host);

  [[nodiscard]] const PluginIdentity& identity() const { return identity_; }

  // Makes an instance, in the calling thread, for as long as the plugin takes. Refuses at Create
  // with the plugin's reason; an exception that escapes from it is one.
  [[nodiscard]] Outcome<std::unique_ptr<Instance>> create(std::shared_ptr<sdk::Host> host) const;

 private:
  friend class Instance;

  explicit LoadedPlugin(const std::filesystem::path& file);

  Library library_;
  const holdfast_plugin_descriptor& descriptor_;
  PluginIdentity identity_;
};

}  // namespace holdfast::pluginhost
