// SPDX-License-Identifier: Apache-2.0
#include "daemon/plugin_requests.hpp"

#include "daemon/version.hpp"
#include "pluginhost/crash_history.hpp"
#include "pluginhost/handshake.hpp"
#include "pluginhost/options.hpp"
#include "pluginhost/plugin_file.hpp"

#include <algorithm>
#include <map>
#include <utility>

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

std::string originOf(const config::Settings& settings, const std::string& key) {
  const auto found = settings.origins.find(key);
  return found == settings.origins.end() ? "" : found->second;
}

// What the request's options are called in the configuration, without the option's name.
std::string prefixOf(const pluginhost::PluginRequest& request) {
  switch (request.kind) {
    case HOLDFAST_KIND_NOTIFIER:
      return "notifier." + pluginhost::instanceName(request) + ".";
    case HOLDFAST_KIND_UPLINK:
      return "uplink.";
    default:
      return "runtime." + pluginhost::instanceName(request) + ".";
  }
}

void addOrigins(const config::Settings& settings, const std::string& key,
                pluginhost::PluginRequest& request) {
  request.origin = originOf(settings, key);
  for (const auto& [option, value] : request.options) {
    request.optionOrigins.emplace(option, originOf(settings, prefixOf(request) + option));
  }
}

config::Diagnostic error(std::string origin, std::string key, const std::string& plugin,
                         const std::string& what) {
  return {config::Diagnostic::Severity::Error, origin.empty() ? "default" : std::move(origin),
          std::move(key), "", "plugin " + plugin + ": " + what};
}

// Everything for which the request would be refused, as far as it shows without loading anything.
std::vector<config::Diagnostic> problemsOf(const pluginhost::PluginRequest& request,
                                           pluginhost::PluginFile& file) {
  const bool listed = request.kind == HOLDFAST_KIND_RUNTIME;
  const std::string asked = listed ? "plugins.load" : prefixOf(request) + "plugin";
  const auto& identity = file.examine();
  if (!identity) {
    return {error(request.origin, asked, request.name, identity.error().reason())};
  }
  if (const auto problem = pluginhost::kindProblem(*identity, request.kind)) {
    return {error(request.origin, asked, request.name, file.path().string() + ": " + *problem)};
  }
  std::vector<config::Diagnostic> diagnostics;
  const auto checked = pluginhost::checkOptions(identity->optionsSchema, request.options,
                                                pluginhost::shownOf(request.kind));
  for (const auto& [option, text] : checked.problems) {
    diagnostics.push_back(error(pluginhost::originOf(request, option),
                                option.empty() ? asked : prefixOf(request) + option, request.name,
                                text));
  }
  return diagnostics;
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
    addOrigins(settings, "plugins.load", request);
    if (!settings.registryAuthFile.empty() && !request.options.contains(kAuthFile) &&
        hasAuthFile(registry.inspect(fileOf(settings, name)))) {
      request.options[kAuthFile] = settings.registryAuthFile;
      request.optionOrigins[kAuthFile] = originOf(settings, "registry.authFile");
    }
    requests.push_back(std::move(request));
  }
  for (const auto& [name, notifier] : settings.notifiers) {
    requests.push_back({notifier.plugin, notifier.options, HOLDFAST_KIND_NOTIFIER, name});
    addOrigins(settings, "notifier." + name + ".plugin", requests.back());
  }
  if (const auto& uplink = settings.uplink; !uplink.plugin.empty()) {
    requests.push_back({uplink.plugin, uplink.options, HOLDFAST_KIND_UPLINK});
    addOrigins(settings, "uplink.plugin", requests.back());
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
    for (auto& problem : problemsOf(request, file)) {
      diagnostics.push_back(std::move(problem));
    }
  }
  return diagnostics;
}

}  // namespace holdfast::daemon
