// SPDX-License-Identifier: Apache-2.0
#include "daemon/plugin_requests.hpp"

#include "daemon/version.hpp"
#include "pluginhost/options.hpp"
#include "pluginhost/probe.hpp"

#include <algorithm>

namespace holdfast::daemon {
namespace {

constexpr const char* kAuthFile = "authFile";

std::filesystem::path fileOf(const config::Settings& settings, const std::string& plugin) {
  return std::filesystem::path(pluginDirectory(settings)) / (plugin + ".so");
}

bool hasAuthFile(const pluginhost::PluginReport& report) {
  return std::any_of(report.options.begin(), report.options.end(),
                     [](const auto& option) { return option.name == kAuthFile; });
}

config::Diagnostic error(const std::string& plugin, const std::string& what) {
  return {config::Diagnostic::Severity::Error, "plugin " + plugin, "", "", what};
}

}  // namespace

std::string pluginDirectory(const config::Settings& settings) {
  return settings.pluginDirectory.empty() ? HOLDFAST_PLUGIN_DIRECTORY : settings.pluginDirectory;
}

pluginhost::RegistrySettings registrySettings(const config::Settings& settings) {
  pluginhost::RegistrySettings registry;
  registry.directory = pluginDirectory(settings);
  registry.stateDirectory = settings.stateDirectory;
  registry.host.version = kVersion;
  registry.probe.arguments = {"/proc/self/exe", "--probe-plugin"};
  return registry;
}

std::vector<pluginhost::PluginRequest> pluginRequests(const config::Settings& settings,
                                                      const pluginhost::Registry& registry) {
  std::vector<pluginhost::PluginRequest> requests;
  for (const auto& name : settings.plugins) {
    pluginhost::PluginRequest request{name, {}};
    if (const auto options = settings.runtimeOptions.find(name);
        options != settings.runtimeOptions.end()) {
      request.options = options->second;
    }
    if (!settings.registryAuthFile.empty() && !request.options.contains(kAuthFile) &&
        hasAuthFile(registry.inspect(fileOf(settings, name)))) {
      request.options[kAuthFile] = settings.registryAuthFile;
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

std::vector<config::Diagnostic> checkPlugins(const config::Settings& settings,
                                             const model::Clock& clock) {
  const auto registryOf = registrySettings(settings);
  const pluginhost::Registry registry(registryOf, clock);
  std::vector<config::Diagnostic> diagnostics;
  for (const auto& request : pluginRequests(settings, registry)) {
    const auto file = fileOf(settings, request.name);
    if (const auto report = registry.inspect(file); report.refusal) {
      diagnostics.push_back(error(request.name, report.refusal->reason()));
      continue;
    }
    const auto identity = pluginhost::probePlugin(registryOf.probe, file, registryOf.host);
    if (!identity) {
      diagnostics.push_back(error(request.name, identity.error().reason()));
      continue;
    }
    for (const auto& what :
         pluginhost::checkOptions(identity->optionsSchema, request.options).problems) {
      diagnostics.push_back(error(request.name, what));
    }
  }
  return diagnostics;
}

}  // namespace holdfast::daemon
