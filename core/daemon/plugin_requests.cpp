// SPDX-License-Identifier: Apache-2.0
#include "daemon/plugin_requests.hpp"

#include "daemon/version.hpp"
#include "pluginhost/crash_history.hpp"
#include "pluginhost/handshake.hpp"
#include "pluginhost/options.hpp"
#include "pluginhost/plugin_file.hpp"

#include <algorithm>
#include <map>

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

// The request as the configuration words it.
std::string titleOf(const pluginhost::PluginRequest& request) {
  switch (request.kind) {
    case HOLDFAST_KIND_NOTIFIER:
      return "notifier " + request.instance + " (plugin " + request.name + ")";
    case HOLDFAST_KIND_UPLINK:
      return "uplink (plugin " + request.name + ")";
    default:
      return "plugin " + request.name;
  }
}

config::Diagnostic error(const pluginhost::PluginRequest& request, const std::string& what) {
  return {config::Diagnostic::Severity::Error, titleOf(request), "", "", what};
}

// Everything for which the request would be refused, as far as it shows without loading anything.
std::vector<std::string> problemsOf(const pluginhost::PluginRequest& request,
                                    pluginhost::PluginFile& file) {
  const auto& identity = file.examine();
  if (!identity) {
    return {identity.error().reason()};
  }
  if (const auto problem = pluginhost::kindProblem(*identity, request.kind)) {
    return {file.path().string() + ": " + *problem};
  }
  return pluginhost::checkOptions(identity->optionsSchema, request.options,
                                  pluginhost::shownOf(request.kind))
      .problems;
}

}  // namespace

std::string pluginDirectory(const config::Settings& settings) {
  return settings.pluginDirectory.empty() ? HOLDFAST_PLUGIN_DIRECTORY : settings.pluginDirectory;
}

std::string crashFile(const config::Settings& settings) {
  return settings.stateDirectory + "/" + pluginhost::kCrashFile;
}

pluginhost::RegistrySettings registrySettings(const config::Settings& settings) {
  pluginhost::RegistrySettings registry;
  registry.directory = pluginDirectory(settings);
  registry.stateDirectory = settings.stateDirectory;
  registry.crashFile = crashFile(settings);
  registry.host.version = kVersion;
  registry.probe.arguments = {"/proc/self/exe", "--probe-plugin"};
  return registry;
}

std::vector<pluginhost::PluginRequest> pluginRequests(const config::Settings& settings,
                                                      const pluginhost::Registry& registry) {
  std::vector<pluginhost::PluginRequest> requests;
  for (const auto& name : settings.plugins) {
    pluginhost::PluginRequest request{.name = name};
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
  for (const auto& [name, notifier] : settings.notifiers) {
    requests.push_back({notifier.plugin, notifier.options, HOLDFAST_KIND_NOTIFIER, name});
  }
  if (const auto& uplink = settings.uplink; !uplink.plugin.empty()) {
    requests.push_back({uplink.plugin, uplink.options, HOLDFAST_KIND_UPLINK});
  }
  return requests;
}

std::vector<config::Diagnostic> checkPlugins(const config::Settings& settings,
                                             const model::Clock& clock) {
  const auto registryOf = registrySettings(settings);
  const pluginhost::Registry registry(registryOf, clock);
  std::map<std::string, pluginhost::PluginFile> files;
  std::vector<config::Diagnostic> diagnostics;
  for (const auto& request : pluginRequests(settings, registry)) {
    auto& file = files.try_emplace(request.name, registryOf, request.name).first->second;
    for (const auto& problem : problemsOf(request, file)) {
      diagnostics.push_back(error(request, problem));
    }
  }
  return diagnostics;
}

}  // namespace holdfast::daemon
