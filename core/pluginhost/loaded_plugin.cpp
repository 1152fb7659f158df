// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/loaded_plugin.hpp"

#include "model/text.hpp"
#include "pluginhost/call_mark.hpp"
#include "pluginhost/handshake.hpp"

#include <exception>
#include <utility>

namespace holdfast::pluginhost {
namespace {

constexpr std::size_t kMaxReason = 1'024;

std::string errorText(holdfast_error& error) {
  error.text[sizeof(error.text) - 1] = '\0';
  const std::string text = model::oneLine(error.text, kMaxReason);
  return text.empty() ? "it gave no reason" : text;
}

}  // namespace

Instance::Instance(std::shared_ptr<const LoadedPlugin> maker, std::shared_ptr<sdk::Host> host,
                   void* made)
    : maker_(std::move(maker)), host_(std::move(host)), made_(made) {
  switch (maker_->identity_.kind) {
    case HOLDFAST_KIND_NOTIFIER:
      plugin_ = notifier_ = static_cast<sdk::NotifierPlugin*>(made);
      break;
    case HOLDFAST_KIND_UPLINK:
      plugin_ = uplink_ = static_cast<sdk::UplinkPlugin*>(made);
      break;
    default:
      plugin_ = runtime_ = static_cast<sdk::RuntimePlugin*>(made);
      break;
  }
}

sdk::Status Instance::start(sdk::Call& call) const {
  const CallMark mark(maker_->identity_.name.c_str());
  return plugin_->start(call);
}

void Instance::stop() const {
  const CallMark mark(maker_->identity_.name.c_str());
  plugin_->stop();
}

Instance::~Instance() {
  const CallMark mark(maker_->identity_.name.c_str());
  maker_->descriptor_.destroy(made_);
}

LoadedPlugin::LoadedPlugin(const std::filesystem::path& file)
    : library_(file), descriptor_(library_.descriptor()), identity_(readIdentity(descriptor_)) {}

Outcome<std::shared_ptr<const LoadedPlugin>> LoadedPlugin::load(const std::filesystem::path& file,
                                                                std::string_view name,
                                                                const HostIdentity& host) {
  const auto refused = [&file](Stage stage, const std::string& what) {
    return Refusal(stage, file.string() + ": " + what);
  };
  const std::string mine(name);
  const CallMark mark(mine.c_str());
  std::shared_ptr<const LoadedPlugin> plugin;
  try {
    plugin.reset(new LoadedPlugin(file));
  } catch (const std::exception& failure) {
    return refused(Stage::Load, model::oneLine(failure.what(), kMaxReason));
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

Outcome<std::unique_ptr<Instance>> LoadedPlugin::create(std::shared_ptr<sdk::Host> host) const {
  const auto refused = [this](const std::string& what) {
    return Refusal(Stage::Create, "plugin " + identity_.name + ": " + what);
  };
  const CallMark mark(identity_.name.c_str());
  holdfast_error error{};
  void* instance = nullptr;
  // Not by contract, but a plugin that is written without plugin_main.hpp may let one out.
  try {
    instance = descriptor_.create(host.get(), &error);
  } catch (const std::exception& failure) {
    return refused(std::string("create threw: ") + model::oneLine(failure.what(), kMaxReason));
  } catch (...) {
    return refused("create threw something that is no std::exception");
  }
  if (instance == nullptr) {
    return refused(errorText(error));
  }
  return std::make_unique<Instance>(shared_from_this(), std::move(host), instance);
}

}  // namespace holdfast::pluginhost
