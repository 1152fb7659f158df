// SPDX-License-Identifier: Apache-2.0
// All plugins that the configuration names: brought in one by one, in order, each to where it is
// loaded or refused; refused ones stay visible.
#pragma once

#include "engine/ports.hpp"
#include "model/time.hpp"
#include "pluginhost/identity.hpp"
#include "pluginhost/options.hpp"
#include "pluginhost/probe.hpp"
#include "pluginhost/refusal.hpp"
#include "pluginhost/runtime_adapter.hpp"
#include "pluginhost/runtime_console.hpp"
#include "pluginhost/supervisor.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::pluginhost {

struct PluginRequest {
  std::string name;                            // the file is <directory>/<name>.so
  std::map<std::string, std::string> options;  // as configured
};

struct RegistrySettings {
  std::filesystem::path directory;       // plugins.dir
  std::filesystem::path stateDirectory;  // state.dir; plugins get <it>/plugins/<name>
  HostIdentity host;
  ProbeCommand probe;
  model::Milliseconds probeLimit{kProbeTime};
  SupervisorLimits supervision;
  RuntimeDeadlines deadlines;
  model::Milliseconds createLimit{10'000};
  model::Milliseconds startLimit{30'000};
  // Besides the log; called from any thread, must not block or throw. May be empty.
  std::function<void(const Incident&)> incidents;
};

// One plugin as `holdfast plugins` shows it. What was not learned before a refusal is empty.
struct PluginReport {
  std::string name;
  std::string kind;
  std::string path;
  std::string version;
  std::string abi;  // "0.1"
  std::string toolchain;
  std::vector<OptionSpec> options;  // what it can be told
  std::optional<Refusal> refusal;   // absent: it is loaded (or, of inspect(), could be)
  SupervisorHealth health;
  bool changedOnDisk = false;  // another file is there now: it takes a restart of the agent
};

class Registry {
 public:
  // `clock` outlives the registry.
  Registry(RegistrySettings settings, const model::Clock& clock);
  ~Registry();  // drains without waiting
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Brings in all of them; to be called once. Blocks: some ms each as a rule, some tens of seconds
  // for one that hangs. A refusal of one changes nothing for the others.
  void load(const std::vector<PluginRequest>& requests);

  // In the order of load(). Thread-safe.
  [[nodiscard]] std::vector<PluginReport> report() const;

  // nullptr when there is no loaded runtime of that name. Valid as long as the registry.
  [[nodiscard]] engine::RuntimePort* runtime(std::string_view name) const;
  [[nodiscard]] RuntimeConsole* console(std::string_view name) const;
  [[nodiscard]] std::vector<engine::RuntimePort*> runtimes() const;

  // What would become of a file: trust, probe and handshake, nothing loaded. Blocks for the probe.
  // Thread-safe.
  [[nodiscard]] PluginReport inspect(const std::filesystem::path& file) const;

  // Cancels every call, waits until all have returned, then stops and destroys the instances. Must
  // not run while the engine still calls. False when something did not return within `limit`: then
  // the instances stay, and the process ends by _exit().
  bool drain(model::Milliseconds limit);

 private:
  class Entry;
  struct Shared;

  std::shared_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace holdfast::pluginhost
