// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/registry.hpp"

#include "holdfast/sdk/abi_rule.hpp"
#include "pluginhost/alarm.hpp"
#include "pluginhost/handshake.hpp"
#include "pluginhost/host_services.hpp"
#include "pluginhost/loaded_plugin.hpp"
#include "pluginhost/trust.hpp"

#include <Poco/Logger.h>

#include <algorithm>
#include <utility>

namespace holdfast::pluginhost {
namespace {

constexpr model::Milliseconds kStopLimit{5'000};  // types.hpp: stop() returns within 5 s

void logIncident(const Incident& incident) {
  Poco::Logger& logger = Poco::Logger::get("holdfast.plugin." + incident.plugin);
  const bool good =
      incident.kind == Incident::Kind::Returned || incident.kind == Incident::Kind::Lifted;
  if (good) {
    logger.notice(incident.text);
  } else {
    logger.error(incident.text);
  }
}

void describe(const PluginIdentity& identity, PluginReport& report) {
  report.kind = kindName(identity.kind);
  report.version = identity.version;
  report.abi = std::to_string(identity.abiMajor) + "." + std::to_string(identity.abiMinor);
  report.toolchain = identity.toolchain;
  report.options = parseOptionsSchema(identity.optionsSchema).options;
}

std::string joined(const std::vector<std::string>& problems) {
  std::string out;
  for (const auto& problem : problems) {
    out += (out.empty() ? "" : "; ") + problem;
  }
  return out;
}

}  // namespace

// What the entries have in common.
struct Registry::Shared {
  Shared(RegistrySettings registrySettings, const model::Clock& modelClock)
      : settings(std::move(registrySettings)),
        clock(modelClock),
        alarm(std::make_shared<Alarm>()),
        lifecycle("lifecycle", lifecycleLimits(settings.supervision), alarm, {}) {}

  // create, start and stop run beside the calls, whatever became of those.
  static SupervisorLimits lifecycleLimits(SupervisorLimits limits) {
    limits.stuckForQuarantine = limits.maxCalls;
    return limits;
  }

  void tell(const Incident& incident) const {
    logIncident(incident);
    if (settings.incidents) {
      settings.incidents(incident);
    }
  }

  const RegistrySettings settings;
  const model::Clock& clock;
  const std::shared_ptr<Alarm> alarm;
  Supervisor lifecycle;
};

// One plugin. Written by load() and drain(), read by report().
class Registry::Entry {
 public:
  Entry(std::shared_ptr<Shared> shared, PluginRequest request)
      : shared_(std::move(shared)), request_(std::move(request)) {
    report_.name = request_.name;
    file_ = shared_->settings.directory / (request_.name + ".so");
    report_.path = file_.string();
  }

  // All the way in, or to the first refusal.
  void load(bool duplicate) {
    if (auto refusal = bringIn(duplicate)) {
      Poco::Logger::get("holdfast.plugin." + request_.name)
          .error("refused at " + std::string(stageName(refusal->stage())) + ": " +
                 refusal->reason());
      report_.refusal = std::move(refusal);
      return;
    }
    Poco::Logger::get("holdfast.plugin." + request_.name)
        .information("loaded: " + report_.kind + " plugin " + report_.version + ", ABI " +
                     report_.abi);
  }

  [[nodiscard]] PluginReport report() const {
    PluginReport report = report_;
    if (supervisor_) {
      report.health = supervisor_->health();
    }
    report.changedOnDisk = identity_ && fileIdentity(file_) != identity_;
    return report;
  }

  [[nodiscard]] const std::string& name() const { return request_.name; }
  [[nodiscard]] RuntimeAdapter* runtime() const { return adapter_.get(); }

  void close() {
    if (supervisor_) {
      supervisor_->close();
    }
  }

  // False: something of it still runs, so it stays where it is, for good.
  bool end(model::Milliseconds limit) {
    if (!instance_) {
      return true;
    }
    if (!supervisor_->drain(limit) || !stopInstance()) {
      static_cast<void>(instance_.release());
      return false;
    }
    instance_.reset();
    return true;
  }

 private:
  std::optional<Refusal> bringIn(bool duplicate) {
    if (auto refusal = checkName(duplicate)) {
      return refusal;
    }
    const auto trusted = checkTrust(file_);
    if (!trusted) {
      return trusted.error();
    }
    file_ = trusted->path;
    identity_ = trusted->identity;
    const auto& settings = shared_->settings;
    const auto probed = probePlugin(settings.probe, file_, settings.host, settings.probeLimit);
    if (!probed) {
      return probed.error();
    }
    describe(*probed, report_);
    if (const auto problem = nameProblem(*probed, request_.name)) {
      return Refusal(Stage::Handshake, file_.string() + ": " + *problem);
    }
    auto checked = checkOptions(probed->optionsSchema, request_.options);
    if (!checked.problems.empty()) {
      return Refusal(Stage::Options, "plugin " + request_.name + ": " + joined(checked.problems));
    }
    return bringUp(std::move(checked.values));
  }

  [[nodiscard]] std::optional<Refusal> checkName(bool duplicate) const {
    if (!sdk::isPluginName(request_.name)) {
      return Refusal(Stage::Configuration, "\"" + request_.name +
                                               "\" is no name of a plugin, expected "
                                               "[a-z][a-z0-9-]{0,31}");
    }
    if (duplicate) {
      return Refusal(Stage::Configuration,
                     "plugin " + request_.name + " is named twice; name it once");
    }
    return std::nullopt;
  }

  // From here on the plugin's code runs in this process.
  std::optional<Refusal> bringUp(OptionValues options) {
    const auto& settings = shared_->settings;
    const auto loaded = LoadedPlugin::load(file_, request_.name, settings.host);
    if (!loaded) {
      return loaded.error();
    }
    if (auto refusal = create(*loaded, std::move(options))) {
      return refusal;
    }
    if (auto refusal = start()) {
      return refusal;
    }
    supervisor_ = std::make_unique<Supervisor>(
        request_.name, settings.supervision, shared_->alarm,
        [shared = shared_](const Incident& incident) { shared->tell(incident); });
    adapter_ = std::make_unique<RuntimeAdapter>(request_.name, *instance_, *supervisor_,
                                                shared_->clock, settings.deadlines);
    return std::nullopt;
  }

  std::optional<Refusal> create(const std::shared_ptr<const LoadedPlugin>& plugin,
                                OptionValues options) {
    const auto refused = [this](const std::string& what) {
      return Refusal(Stage::Create, "plugin " + request_.name + ": " + what);
    };
    std::shared_ptr<HostServices> host;
    try {
      host = std::make_shared<HostServices>(request_.name, std::move(options),
                                            shared_->settings.stateDirectory);
    } catch (const std::exception& failure) {
      return refused(failure.what());
    }
    // Shared with a thread that may come back when nobody waits any more.
    auto made = std::make_shared<std::optional<Outcome<RuntimeInstance>>>();
    const auto result =
        shared_->lifecycle.callAndWait({"create " + request_.name, shared_->settings.createLimit},
                                       [plugin, host, made](HostCall&) {
                                         made->emplace(plugin->createRuntime(host));
                                         return sdk::Status{};
                                       });
    if (!result.ok()) {
      return refused(result.stuck ? "create does not return" : result.message);
    }
    if (!**made) {
      return (*made)->error();
    }
    instance_ = std::move(***made);
    return std::nullopt;
  }

  std::optional<Refusal> start() {
    // As in create(): a start that does not return keeps what it uses.
    auto held = std::make_shared<RuntimeInstance>(std::move(instance_));
    const auto result =
        shared_->lifecycle.callAndWait({"start " + request_.name, shared_->settings.startLimit},
                                       [held](HostCall& call) { return (*held)->start(call); });
    if (!result.ok()) {
      return Refusal(Stage::Start, "plugin " + request_.name + ": " +
                                       (result.stuck ? "start does not return" : result.message));
    }
    instance_ = std::move(*held);
    return std::nullopt;
  }

  bool stopInstance() {
    const auto result = shared_->lifecycle.callAndWait({"stop " + request_.name, kStopLimit},
                                                       [instance = instance_.get()](HostCall&) {
                                                         instance->stop();
                                                         return sdk::Status{};
                                                       });
    return !result.stuck;
  }

  std::shared_ptr<Shared> shared_;
  PluginRequest request_;
  std::filesystem::path file_;
  std::optional<FileIdentity> identity_;
  PluginReport report_;
  RuntimeInstance instance_;
  std::unique_ptr<Supervisor> supervisor_;
  std::unique_ptr<RuntimeAdapter> adapter_;
};

Registry::Registry(RegistrySettings settings, const model::Clock& clock)
    : shared_(std::make_shared<Shared>(std::move(settings), clock)) {}

Registry::~Registry() {
  drain(model::Milliseconds(0));
}

void Registry::load(const std::vector<PluginRequest>& requests) {
  for (const auto& request : requests) {
    const bool duplicate = std::any_of(entries_.begin(), entries_.end(), [&](const auto& entry) {
      return entry->name() == request.name;
    });
    entries_.push_back(std::make_unique<Entry>(shared_, request));
    entries_.back()->load(duplicate);
  }
}

std::vector<PluginReport> Registry::report() const {
  std::vector<PluginReport> reports;
  for (const auto& entry : entries_) {
    reports.push_back(entry->report());
  }
  return reports;
}

engine::RuntimePort* Registry::runtime(std::string_view name) const {
  for (const auto& entry : entries_) {
    if (entry->name() == name && entry->runtime() != nullptr) {
      return entry->runtime();
    }
  }
  return nullptr;
}

RuntimeConsole* Registry::console(std::string_view name) const {
  for (const auto& entry : entries_) {
    if (entry->name() == name && entry->runtime() != nullptr) {
      return entry->runtime();
    }
  }
  return nullptr;
}

std::vector<engine::RuntimePort*> Registry::runtimes() const {
  std::vector<engine::RuntimePort*> list;
  for (const auto& entry : entries_) {
    if (entry->runtime() != nullptr) {
      list.push_back(entry->runtime());
    }
  }
  return list;
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
  const auto& settings = shared_->settings;
  const auto probed =
      probePlugin(settings.probe, trusted->path, settings.host, settings.probeLimit);
  if (!probed) {
    report.refusal = probed.error();
    return report;
  }
  describe(*probed, report);
  report.name = probed->name;
  const auto schema = parseOptionsSchema(probed->optionsSchema);
  if (!schema.problems.empty()) {
    report.refusal =
        Refusal(Stage::Options, "plugin " + probed->name + ": " + joined(schema.problems));
  }
  return report;
}

bool Registry::drain(model::Milliseconds limit) {
  const auto deadline = Alarm::Clock::now() + limit;
  for (const auto& entry : entries_) {
    entry->close();
  }
  bool all = true;
  for (const auto& entry : entries_) {
    const auto left =
        std::chrono::duration_cast<model::Milliseconds>(deadline - Alarm::Clock::now());
    all = entry->end(std::max(left, model::Milliseconds(0))) && all;
  }
  // A create or start that never came back counts as well.
  return shared_->lifecycle.drain(std::max(limit, model::Milliseconds(0))) && all;
}

}  // namespace holdfast::pluginhost
