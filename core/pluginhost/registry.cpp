// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/registry.hpp"

#include "pluginhost/handshake.hpp"
#include "pluginhost/host_context.hpp"
#include "pluginhost/plugin_file.hpp"
#include "pluginhost/plugin_instance.hpp"
#include "pluginhost/time_left.hpp"
#include "pluginhost/trust.hpp"

#include <future>
#include <utility>

namespace holdfast::pluginhost {
namespace {

constexpr model::Milliseconds kStopTime{5'000};  // types.hpp: stop() returns within 5 s

// A plugin is asked for by its name, and looked for in <name>.so.
std::optional<std::string> fileNameProblem(const PluginIdentity& plugin,
                                           const std::filesystem::path& file) {
  const std::string expected = plugin.name + ".so";
  if (file.filename() == expected) {
    return std::nullopt;
  }
  return "it calls itself \"" + plugin.name + "\", and is loaded from a file of that name only; " +
         "rename it to " + expected;
}

}  // namespace

Registry::Registry(RegistrySettings settings, const model::Clock& clock)
    : host_(std::make_shared<HostContext>(std::move(settings), clock)) {}

Registry::~Registry() {
  drain(kStopTime);
  for (auto& instance : instances_) {
    if (!instance->end(Alarm::Clock::now())) {
      static_cast<void>(instance.release());  // a thread that is left behind is still in it
    }
  }
}

void Registry::load(const std::vector<PluginRequest>& requests) {
  for (const auto& request : requests) {
    const auto problem = problemOf(request);
    instances_.push_back(std::make_unique<PluginInstance>(host_, request, fileOf(request.name)));
    if (!problem.empty()) {
      instances_.back()->refuse({Stage::Configuration, problem});
    } else {
      instances_.back()->bringIn();
    }
  }
}

// What the requests before it leave no room for; empty when there is room.
std::string Registry::problemOf(const PluginRequest& request) const {
  for (const auto& instance : instances_) {
    const auto& other = instance->request();
    if (other.kind == request.kind && instanceName(other) == instanceName(request)) {
      return "plugin " + labelOf(request) + " is named twice; name it once";
    }
    if (other.kind == HOLDFAST_KIND_UPLINK && request.kind == HOLDFAST_KIND_UPLINK) {
      return "plugin " + labelOf(request) + " would be a second uplink beside " + labelOf(other) +
             "; an agent has one";
    }
  }
  return {};
}

std::shared_ptr<PluginFile> Registry::fileOf(const std::string& plugin) {
  auto& file = files_[plugin];
  if (!file) {
    file = std::make_shared<PluginFile>(host_->settings, plugin);
  }
  return file;
}

std::vector<PluginReport> Registry::report() const {
  std::vector<PluginReport> reports;
  for (const auto& instance : instances_) {
    reports.push_back(instance->report());
  }
  return reports;
}

std::vector<PluginReport> Registry::notifierReports() const {
  std::vector<PluginReport> reports;
  for (const auto& instance : instances_) {
    if (instance->request().kind == HOLDFAST_KIND_NOTIFIER) {
      reports.push_back(instance->report());
    }
  }
  return reports;
}

engine::RuntimePort* Registry::runtime(std::string_view name) const {
  for (const auto& instance : instances_) {
    if (instance->runtime() != nullptr && instance->runtime()->name() == name) {
      return instance->runtime();
    }
  }
  return nullptr;
}

RuntimeConsole* Registry::console(std::string_view name) const {
  for (const auto& instance : instances_) {
    if (instance->runtime() != nullptr && instance->runtime()->name() == name) {
      return instance->console();
    }
  }
  return nullptr;
}

std::vector<engine::RuntimePort*> Registry::runtimes() const {
  std::vector<engine::RuntimePort*> list;
  for (const auto& instance : instances_) {
    if (instance->runtime() != nullptr) {
      list.push_back(instance->runtime());
    }
  }
  return list;
}

alerts::NotifierPort* Registry::notifier(std::string_view name) const {
  for (const auto& instance : instances_) {
    if (instance->notifier() != nullptr && instance->notifier()->name() == name) {
      return instance->notifier();
    }
  }
  return nullptr;
}

std::vector<alerts::NotifierPort*> Registry::notifiers() const {
  std::vector<alerts::NotifierPort*> list;
  for (const auto& instance : instances_) {
    if (instance->notifier() != nullptr) {
      list.push_back(instance->notifier());
    }
  }
  return list;
}

uplink::UplinkPort* Registry::uplink() const {
  for (const auto& instance : instances_) {
    if (instance->uplink() != nullptr) {
      return instance->uplink();
    }
  }
  return nullptr;
}

PluginReport Registry::inspect(const std::filesystem::path& file) const {
  PluginReport report;
  report.path = file.string();
  report.name = file.stem().string();
  const auto trusted = checkTrust(file);
  if (!trusted) {
    report.refusal = trusted.error();
    return report;
  }
  const auto& settings = host_->settings;
  const auto probed =
      probePlugin(settings.probe, trusted->path, settings.host, settings.probeLimit);
  if (!probed) {
    report.refusal = probed.error();
    return report;
  }
  describe(*probed, report);
  report.name = probed->name;
  if (const auto problem = fileNameProblem(*probed, file)) {
    report.refusal = Refusal(Stage::Handshake, file.string() + ": " + *problem);
    return report;
  }
  const auto schema = parseOptionsSchema(probed->optionsSchema);
  if (!schema.problems.empty()) {
    report.refusal = wrongOptions(probed->name, schema.problems);
  }
  return report;
}

bool Registry::drain(model::Milliseconds limit) {
  const auto deadline = Alarm::Clock::now() + limit;
  for (const auto& instance : instances_) {
    instance->close();
  }
  // Side by side, as far as there are threads for that: one that hangs takes no time of the others.
  std::vector<std::future<bool>> ends;
  for (const auto& instance : instances_) {
    ends.push_back(
        std::async([instance = instance.get(), deadline] { return instance->end(deadline); }));
  }
  bool all = true;
  for (auto& end : ends) {
    all = end.get() && all;
  }
  // A create or start that never came back counts as well.
  return host_->lifecycle.drain(timeLeft(deadline)) && all;
}

}  // namespace holdfast::pluginhost
