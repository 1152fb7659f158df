// SPDX-License-Identifier: Apache-2.0
// All plugins that the configuration names: brought in one by one, in order, each to where it is
// loaded or refused; refused ones stay visible.
#pragma once

#include "alerts/ports.hpp"
#include "engine/ports.hpp"
#include "model/time.hpp"
#include "pluginhost/plugin_report.hpp"
#include "pluginhost/registry_settings.hpp"
#include "pluginhost/runtime_console.hpp"
#include "uplink/ports.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::pluginhost {

struct HostContext;
class PluginFile;
class PluginInstance;

class Registry {
 public:
  // `clock` outlives the registry.
  Registry(RegistrySettings settings, const model::Clock& clock);
  ~Registry();  // drains, for 5 s at most
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Brings in all of them; to be called once. Blocks: some ms each as a rule, some tens of seconds
  // for one that hangs. A refusal of one changes nothing for the others. Of several uplinks the
  // first is taken.
  void load(const std::vector<PluginRequest>& requests);

  // In the order of load(). Thread-safe.
  [[nodiscard]] std::vector<PluginReport> report() const;
  // Those of the instances that were asked for as notifiers, refused ones included. Thread-safe.
  [[nodiscard]] std::vector<PluginReport> notifierReports() const;

  // nullptr when there is no loaded runtime of that name. Valid as long as the registry.
  [[nodiscard]] engine::RuntimePort* runtime(std::string_view name) const;
  [[nodiscard]] RuntimeConsole* console(std::string_view name) const;
  [[nodiscard]] std::vector<engine::RuntimePort*> runtimes() const;

  // The same of notifiers, by the name of the instance.
  [[nodiscard]] alerts::NotifierPort* notifier(std::string_view name) const;
  [[nodiscard]] std::vector<alerts::NotifierPort*> notifiers() const;

  // The one uplink; nullptr when none is loaded. Valid as long as the registry.
  [[nodiscard]] uplink::UplinkPort* uplink() const;

  // What would become of a file in the plugin directory: trust, probe, handshake and name, nothing
  // loaded. Blocks for the probe. Thread-safe.
  [[nodiscard]] PluginReport inspect(const std::filesystem::path& file) const;

  // Cancels every call, waits until all have returned, then stops and destroys the instances, all
  // side by side. Must not run while the engine still calls. Blocks for `limit` at most. False when
  // something had not returned by then: what it uses stays, and the process ends by _exit().
  bool drain(model::Milliseconds limit);

 private:
  [[nodiscard]] std::string problemOf(const PluginRequest& request) const;
  [[nodiscard]] std::shared_ptr<PluginFile> fileOf(const std::string& plugin);

  std::shared_ptr<HostContext> host_;
  std::map<std::string, std::shared_ptr<PluginFile>> files_;  // by plugin
  std::vector<std::unique_ptr<PluginInstance>> instances_;
};

}  // namespace holdfast::pluginhost
