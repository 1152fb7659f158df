// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/plugin_instance.hpp"

#include "holdfast/sdk/abi_rule.hpp"
#include "pluginhost/call_mark.hpp"
#include "pluginhost/handshake.hpp"
#include "pluginhost/host_services.hpp"
#include "pluginhost/time_left.hpp"

#include <Poco/Logger.h>

#include <atomic>
#include <future>
#include <utility>

namespace holdfast::pluginhost {

PluginInstance::PluginInstance(std::shared_ptr<HostContext> host, PluginRequest request,
                               std::shared_ptr<PluginFile> file)
    : host_(std::move(host)),
      request_(std::move(request)),
      label_(labelOf(request_)),
      file_(std::move(file)) {
  report_.name = request_.name;
  report_.instance = instanceName(request_);
  report_.label = label_;
}

void PluginInstance::bringIn() {
  if (auto refusal = tryToBringIn()) {
    refuse(std::move(*refusal));
    return;
  }
  Poco::Logger::get("holdfast.plugin." + label_)
      .information("loaded: " + report_.kind + " plugin " + report_.version + ", ABI " +
                   report_.abi);
}

void PluginInstance::refuse(Refusal refusal) {
  Poco::Logger::get("holdfast.plugin." + label_)
      .error("refused at " + std::string(stageName(refusal.stage())) + ": " + refusal.reason());
  const std::lock_guard lock(mutex_);
  if (refusal.stage() != Stage::Quarantine) {
    report_.nextTry.reset();
  }
  report_.refusal = std::move(refusal);
}

std::optional<Refusal> PluginInstance::tryToBringIn() {
  if (!sdk::isPluginName(instanceName(request_))) {
    return Refusal(
        Stage::Configuration,
        "\"" + instanceName(request_) + "\" is no name of a plugin, expected [a-z][a-z0-9-]{0,31}");
  }
  const auto& identity = file_->examine();
  if (!identity) {
    return identity.error();
  }
  describe(*identity, report_);
  if (const auto problem = kindProblem(*identity, request_.kind)) {
    return Refusal(Stage::Handshake, file_->path().string() + ": " + *problem);
  }
  auto checked = checkOptions(identity->optionsSchema, request_.options, shownOf(request_.kind));
  if (!checked.problems.empty()) {
    return wrongOptions(request_, checked.problems);
  }
  options_ = std::move(checked.values);
  if (const auto found =
          quarantineOf(request_.name, host_->crashes, model::bootId(), host_->clock.now().boot)) {
    return quarantine(*found);
  }
  return bringUp();
}

// From here on the plugin's code runs in this process.
std::optional<Refusal> PluginInstance::bringUp() {
  const auto& loaded = file_->load();
  if (!loaded) {
    return loaded.error();
  }
  if (auto refusal = create(**loaded)) {
    return refusal;
  }
  if (auto refusal = start()) {
    return refusal;
  }
  supervise();
  return std::nullopt;
}

Refusal PluginInstance::quarantine(const Quarantine& quarantine) {
  quarantinedUntil_ = quarantine.until;
  const auto now = host_->clock.now();
  report_.nextTry = model::wallOf(quarantine.until, now);
  putStandIn();
  return {Stage::Quarantine, "plugin " + label_ + ": " + describeQuarantine(quarantine, now)};
}

// Puts something in the plugin's place that answers for it.
void PluginInstance::putStandIn() {
  const auto& name = instanceName(request_);
  switch (request_.kind) {
    case HOLDFAST_KIND_NOTIFIER:
      notifierStandIn_ = std::make_unique<QuarantinedNotifier>(
          name, [this](std::string& why) { return enter(notifier_, why); });
      break;
    case HOLDFAST_KIND_UPLINK:
      uplinkStandIn_ = std::make_unique<QuarantinedUplink>(
          name, [this](std::string& why) { return enter(uplink_, why); });
      break;
    default:
      runtimeStandIn_ = std::make_unique<QuarantinedRuntime>(
          name, [this](std::string& why) { return enter(runtime_, why); });
      break;
  }
}

// Called by whoever wants to use the plugin; begins to bring it in when the time has come.
template <class Adapter>
Adapter* PluginInstance::enter(const std::unique_ptr<Adapter>& adapter, std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (adapter) {
      return adapter.get();
    }
    why = report_.refusal ? report_.refusal->reason() : "plugin " + label_ + " is not loaded";
    const bool waits = report_.refusal && report_.refusal->stage() == Stage::Quarantine;
    if (!waits || trying_ || closed_ || host_->clock.now().boot < quarantinedUntil_) {
      return nullptr;
    }
    trying_ = true;
  }
  auto began = std::make_shared<std::atomic<bool>>(false);
  host_->lifecycle.submit(
      {"bring in " + label_, std::nullopt},
      [this, began](HostCall&) {
        *began = true;
        tryAgain();
        return sdk::Status{};
      },
      [this, began](const engine::CallResult&) {
        if (!*began) {
          endTry();  // no thread to be had; the next caller begins anew
        }
      });
  return nullptr;
}

void PluginInstance::tryAgain() {
  if (auto refusal = bringUp()) {
    const std::string why = refusal->reason();
    refuse(std::move(*refusal));
    host_->tell({Incident::Kind::Broken, label_, "still refused after its quarantine: " + why});
  } else {
    {
      const std::lock_guard lock(mutex_);
      report_.refusal.reset();
      report_.nextTry.reset();
    }
    host_->tell({Incident::Kind::Lifted, label_, "the quarantine is over: it is loaded again"});
  }
  endTry();
}

// The last that a try does with this object.
void PluginInstance::endTry() {
  const std::lock_guard lock(mutex_);
  trying_ = false;
  tried_.notify_all();
}

std::optional<Refusal> PluginInstance::create(const LoadedPlugin& plugin) {
  const auto refused = [this](const std::string& what) {
    return Refusal(Stage::Create, "plugin " + label_ + ": " + what);
  };
  std::shared_ptr<HostServices> services;
  try {
    services =
        std::make_shared<HostServices>(label_, std::move(options_), host_->settings.stateDirectory);
  } catch (const std::exception& failure) {
    return refused(failure.what());
  }
  // Shared with a thread that may come back when nobody waits any more.
  auto made = std::make_shared<std::optional<Outcome<std::unique_ptr<Instance>>>>();
  const auto result =
      host_->lifecycle.callAndWait({"create " + label_, host_->settings.createLimit},
                                   [plugin = plugin.shared_from_this(), services, made](HostCall&) {
                                     made->emplace(plugin->create(services));
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

std::optional<Refusal> PluginInstance::start() {
  // As in create(): a start that does not return keeps what it uses.
  struct Started {
    std::string label;
    std::unique_ptr<Instance> instance;
    std::int64_t resendMs = 0;
    std::shared_ptr<UplinkWords> words = std::make_shared<UplinkWords>();
  };
  auto held = std::make_shared<Started>(Started{label_, std::move(instance_)});
  const auto result = host_->lifecycle.callAndWait(
      {"start " + label_, host_->settings.startLimit}, [held](HostCall& call) {
        const auto status = held->instance->start(call);
        if (!status.ok()) {
          return status;
        }
        const CallMark mark(held->label.c_str());
        if (const auto* notifier = held->instance->notifier()) {
          held->resendMs = notifier->resendIntervalMs();
        } else if (const auto* uplink = held->instance->uplink()) {
          if (const auto problem = held->words->ask(*uplink); !problem.empty()) {
            call.explain(problem, {});
            return sdk::Status{sdk::ErrorClass::Internal};
          }
        }
        return status;
      });
  if (!result.ok()) {
    return Refusal(Stage::Start, "plugin " + label_ + ": " +
                                     (result.stuck ? "start does not return" : result.message));
  }
  instance_ = std::move(held->instance);
  resendInterval_ = model::Milliseconds(held->resendMs);
  words_ = held->words;
  return std::nullopt;
}

void PluginInstance::supervise() {
  const auto& settings = host_->settings;
  const std::lock_guard lock(mutex_);
  supervisor_ = std::make_unique<Supervisor>(
      label_, settings.supervision, host_->alarm,
      [host = host_](const Incident& incident) { host->tell(incident); },
      [host = host_, kind = request_.kind, name = instanceName(request_)](const CallEnd& end) {
        if (host->settings.ends) {
          host->settings.ends(kind, name, end);
        }
      });
  const auto& name = instanceName(request_);
  if (auto* runtime = instance_->runtime()) {
    runtime_ = std::make_unique<RuntimeAdapter>(name, *runtime, *supervisor_, host_->clock,
                                                settings.deadlines);
  } else if (auto* notifier = instance_->notifier()) {
    notifier_ = std::make_unique<NotifierAdapter>(name, *notifier, *supervisor_, host_->clock,
                                                  resendInterval_, settings.deliveryLimit);
  } else if (auto* uplink = instance_->uplink()) {
    uplink_ = std::make_unique<UplinkAdapter>(name, *uplink, *supervisor_, words_,
                                              settings.uplinkDeadlines);
  }
}

engine::RuntimePort* PluginInstance::runtime() const {
  return runtimeStandIn_ ? static_cast<engine::RuntimePort*>(runtimeStandIn_.get())
                         : runtime_.get();
}

RuntimeConsole* PluginInstance::console() const {
  return runtimeStandIn_ ? static_cast<RuntimeConsole*>(runtimeStandIn_.get()) : runtime_.get();
}

alerts::NotifierPort* PluginInstance::notifier() const {
  return notifierStandIn_ ? static_cast<alerts::NotifierPort*>(notifierStandIn_.get())
                          : notifier_.get();
}

uplink::UplinkPort* PluginInstance::uplink() const {
  return uplinkStandIn_ ? static_cast<uplink::UplinkPort*>(uplinkStandIn_.get()) : uplink_.get();
}

PluginReport PluginInstance::report() const {
  const std::lock_guard lock(mutex_);
  PluginReport report = report_;
  report.path = file_->path().string();
  report.changedOnDisk = file_->changedOnDisk();
  if (supervisor_) {
    report.health = supervisor_->health();
  }
  if (notifier_) {
    report.deliveries = notifier_->record();
  }
  return report;
}

void PluginInstance::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  if (supervisor_) {
    supervisor_->close();
  }
}

bool PluginInstance::end(Alarm::Clock::time_point deadline) {
  close();
  {
    std::unique_lock lock(mutex_);
    if (!tried_.wait_until(lock, deadline, [this] { return !trying_; })) {
      return false;
    }
  }
  if (!instance_) {
    return true;
  }
  if (!supervisor_->drain(timeLeft(deadline))) {
    static_cast<void>(instance_.release());
    return false;
  }
  return stop(deadline);
}

// The call owns the instance, so that one which does not return keeps what it uses.
bool PluginInstance::stop(Alarm::Clock::time_point deadline) {
  auto ended = std::make_shared<std::promise<void>>();
  auto future = ended->get_future();
  host_->lifecycle.submit(
      {"stop " + label_, std::nullopt},
      [instance = std::shared_ptr<Instance>(std::move(instance_))](HostCall&) {
        instance->stop();
        return sdk::Status{};
      },
      [ended](const engine::CallResult&) { ended->set_value(); });
  if (future.wait_until(deadline) == std::future_status::ready) {
    return true;
  }
  Poco::Logger::get("holdfast.plugin." + label_).error("stop does not return: it is left behind");
  return false;
}

}  // namespace holdfast::pluginhost
