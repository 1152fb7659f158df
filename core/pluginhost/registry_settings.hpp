// SPDX-License-Identifier: Apache-2.0
// What a registry is told: where plugins are, how long things may take, which plugins it is to
// bring in.
#pragma once

#include "holdfast/sdk/abi.h"
#include "model/time.hpp"
#include "pluginhost/identity.hpp"
#include "pluginhost/notifier_adapter.hpp"
#include "pluginhost/probe.hpp"
#include "pluginhost/runtime_adapter.hpp"
#include "pluginhost/supervisor.hpp"
#include "pluginhost/uplink_adapter.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace holdfast::pluginhost {

// One instance of a plugin. Several may be made of one plugin, which is loaded once.
struct PluginRequest {
  std::string name{};                            // the file is <directory>/<name>.so
  std::map<std::string, std::string> options{};  // as configured
  std::uint32_t kind = HOLDFAST_KIND_RUNTIME;    // what the configuration uses it as
  // Its name where the plugin's own is not enough: "ops" of notifier.ops.plugin. Empty: the
  // plugin's name.
  std::string instance{};
  std::string origin{};  // where it is asked for, "holdfast.properties:12"; empty: by default
  std::map<std::string, std::string> optionOrigins{};  // the same of its options, by name
};

// Where to look for what is wrong with an option: where it stands, or where it is missing.
[[nodiscard]] inline const std::string& originOf(const PluginRequest& request,
                                                 const std::string& option) {
  const auto found = request.optionOrigins.find(option);
  return found == request.optionOrigins.end() ? request.origin : found->second;
}

// The name of the instance: what services (runtimes) and routes (notifiers) call it by.
[[nodiscard]] inline const std::string& instanceName(const PluginRequest& request) {
  return request.instance.empty() ? request.name : request.instance;
}

// One word that names plugin and instance, unique among all: "docker", "webhook.ops".
[[nodiscard]] inline std::string labelOf(const PluginRequest& request) {
  return request.instance.empty() ? request.name : request.name + "." + request.instance;
}

struct RegistrySettings {
  std::filesystem::path directory;       // plugins.dir
  std::filesystem::path stateDirectory;  // state.dir; instances get <it>/plugins/<label>
  HostIdentity host;
  ProbeCommand probe;
  model::Milliseconds probeLimit{kProbeTime};
  SupervisorLimits supervision;
  RuntimeDeadlines deadlines;
  model::Milliseconds deliveryLimit{kDeliveryTime};
  UplinkDeadlines uplinkDeadlines;
  std::filesystem::path crashFile;  // see crash_history.hpp; empty: no plugin is ever quarantined
  model::Milliseconds createLimit{10'000};
  model::Milliseconds startLimit{30'000};
  // Besides the log; called from any thread, must not block or throw. May be empty.
  std::function<void(const Incident&)> incidents;
  // Every call of an instance that has ended, by the kind and the name of the instance. Likewise.
  std::function<void(std::uint32_t kind, const std::string& instance, const CallEnd&)> ends;
};

}  // namespace holdfast::pluginhost
