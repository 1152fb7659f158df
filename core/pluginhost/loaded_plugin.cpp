// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/loaded_plugin.hpp"

#include "pluginhost/handshake.hpp"
#include "pluginhost/text.hpp"

#include <exception>
#include <utility>

namespace holdfast::pluginhost {
namespace {

constexpr std::size_t kMaxReason = 1'024;

std::string errorText(holdfast_error& error) {
  error.text[sizeof(error.text) - 1] = '\0';
  const std::string text = oneLine(error.text, kMaxReason);
  return text.empty() ? "it gave no reason" : text;
}

}  // namespace

InstanceDeleter::InstanceDeleter(std::shared_ptr<const LoadedPlugin> plugin,
                                 std::shared_ptr<sdk::Host> host)
    : plugin_(std::move(plugin)), host_(std::move(host)) {}

void InstanceDeleter::operator()(sdk::RuntimePlugin* instance) const {
  plugin_->descriptor_.destroy(instance);
}

LoadedPlugin::LoadedPlugin(const std::filesystem::path& file)
    : library_(file), descriptor_(library_.descriptor()), identity_(readIdentity(descriptor_)) {}

Outcome<std::shared_ptr<const LoadedPlugin>> LoadedPlugin::load(const std::filesystem::path& file,
                                                                std::string_view name,
                                                                const HostIdentity& host) {
  const auto refused = [&file](Stage stage, const std::string& what) {
    return Refusal(stage, file.string() + ": " + what);
  };
  std::shared_ptr<const LoadedPlugin> plugin;
  try {
    plugin.reset(new LoadedPlugin(file));
  } catch (const std::exception& failure) {
    return refused(Stage::Load, oneLine(failure.what(), kMaxReason));
  } catch (...) {
    return refused(Stage::Load, "a static initialiser threw something that is no std::exception");
  }
  if (const auto problem = handshakeProblem(plugin->identity_, host)) {
    return refused(Stage::Handshake, *problem);
  }
  if (const auto problem = nameProblem(plugin->identity_, name)) {
    return refused(Stage::Handshake, *problem);
  }
  holdfast_error error{};
  const holdfast_host_info info = hostInfo(host, plugin->identity_.kind);
  if (plugin->descriptor_.accepts(&info, &error) == 0) {
    return refused(Stage::Handshake, "refuses agent " + host.version + ": " + errorText(error));
  }
  return plugin;
}

Outcome<RuntimeInstance> LoadedPlugin::createRuntime(std::shared_ptr<sdk::Host> host) const {
  const auto refused = [this](const std::string& what) {
    return Refusal(Stage::Create, "plugin " + identity_.name + ": " + what);
  };
  holdfast_error error{};
  void* instance = nullptr;
  // Not by contract, but a plugin that is written without plugin_main.hpp may let one out.
  try {
    instance = descriptor_.create(host.get(), &error);
  } catch (const std::exception& failure) {
    return refused(std::string("create threw: ") + oneLine(failure.what(), kMaxReason));
  } catch (...) {
    return refused("create threw something that is no std::exception");
  }
  if (instance == nullptr) {
    return refused(errorText(error));
  }
  return RuntimeInstance(static_cast<sdk::RuntimePlugin*>(instance),
                         InstanceDeleter(shared_from_this(), std::move(host)));
}

}  // namespace holdfast::pluginhost
