// SPDX-License-Identifier: Apache-2.0
#include "daemon/agent_process.hpp"

#include "alerts/alert_engine.hpp"
#include "api/news_feed.hpp"
#include "api/server.hpp"
#include "config/loader.hpp"
#include "config/token_file.hpp"
#include "daemon/alert_settings.hpp"
#include "daemon/engine_settings.hpp"
#include "daemon/host_name.hpp"
#include "daemon/link_settings.hpp"
#include "daemon/live_agent.hpp"
#include "daemon/log.hpp"
#include "daemon/log_source.hpp"
#include "daemon/plugin_requests.hpp"
#include "daemon/status_line.hpp"
#include "daemon/version.hpp"
#include "metrics/counters.hpp"
#include "pluginhost/crash_handler.hpp"
#include "pluginhost/registry.hpp"
#include "probes/handlers.hpp"
#include "probes/prober.hpp"
#include "sources/file_watcher.hpp"
#include "sources/target_file.hpp"
#include "state/store.hpp"
#include "uplink/link.hpp"
#include "uplink/log_shipper.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

namespace holdfast::daemon {
namespace {

using engine::Severity;
using Incident = pluginhost::Incident;
using std::chrono::milliseconds;

// With what the engine writes at its end, together less than the ten seconds after which a stop is
// broken off (service_loop.cpp). A plugin has five seconds for its own stop (types.hpp), and one
// before that for the calls to return.
constexpr milliseconds kApiPatience{2'000};
constexpr milliseconds kPluginPatience{6'000};

// From threads of plugins to an engine that is made after them and ended before them.
class EngineRelay {
 public:
  void connect(engine::Engine* engine) {
    const std::lock_guard lock(mutex_);
    engine_ = engine;
  }
  void report(model::EventType type, const std::string& reason, const std::string& message) {
    const std::lock_guard lock(mutex_);
    if (engine_ != nullptr) {
      model::EventDraft draft;
      draft.type = type;
      draft.reason = reason;
      draft.message = message;
      engine_->report(std::move(draft));
    }
  }

 private:
  std::mutex mutex_;
  engine::Engine* engine_ = nullptr;
};

// Ends the relay before the engine ends, however that comes about.
class RelayEnd {
 public:
  explicit RelayEnd(EngineRelay& relay) : relay_(relay) {}
  ~RelayEnd() { relay_.connect(nullptr); }
  RelayEnd(const RelayEnd&) = delete;
  RelayEnd& operator=(const RelayEnd&) = delete;

 private:
  EngineRelay& relay_;
};

// The log has a line of the registry's own.
void reportIncident(EngineRelay& relay, const Incident& incident) {
  const bool good =
      incident.kind == Incident::Kind::Returned || incident.kind == Incident::Kind::Lifted;
  relay.report(good ? model::EventType::Normal : model::EventType::Warning,
               good ? "PluginRecovered" : "PluginFailed", incident.plugin + ": " + incident.text);
}

bool isAboutPlugins(const model::Event& event) {
  return event.what.reason == "PluginFailed" || event.what.reason == "PluginRecovered";
}

std::uint64_t randomBits() {
  thread_local std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

// [0,1)
double randomShare() {
  constexpr unsigned kSpareBits = 11;  // of 64, beyond those of a double
  return static_cast<double>(randomBits() >> kSpareBits) * 0x1.0p-53;
}

state::StoreOptions storeOptions(const config::Settings& settings) {
  state::StoreOptions options;
  options.directory = settings.stateDirectory;
  options.bootId = model::bootId();
  options.limits.maxEvents = settings.maxEvents;
  options.limits.maxEventAge = settings.maxEventAge;
  options.log = [](Severity severity, const std::string& text) {
    logMessage("state", severity, text);
  };
  return options;
}

std::vector<std::string> hostsOf(const config::Settings& settings) {
  auto hosts = settings.hosts;
  hosts.push_back(deviceNameOr(settings.deviceName));
  hosts.push_back(deviceNameOr(""));
  return hosts;
}

api::ServerSettings serverSettings(const config::Settings& settings) {
  return {.socketPath = settings.socketPath,
          .group = settings.socketGroup,
          .readGroup = settings.socketReadGroup,
          .maxConnections = settings.maxConnections,
          .maxFollowers = settings.maxFollowers,
          .requestTimeout = settings.requestTimeout,
          .listen = settings.listen,
          .hosts = hostsOf(settings)};
}

// The socket's directory has to let the group through; the socket itself decides who may connect.
void makeSocketDirectory(const std::string& socketPath) {
  const auto directory = std::filesystem::path(socketPath).parent_path();
  if (directory.empty() || std::filesystem::exists(directory)) {
    return;
  }
  std::filesystem::create_directories(directory);
  std::filesystem::permissions(directory, std::filesystem::perms(0755));
}

// $DOCKER_CONFIG/config.json, else ~/.docker/config.json: where runtimes look besides authFile.
std::string dockerCredentials() {
  if (const char* directory = std::getenv("DOCKER_CONFIG"); directory != nullptr) {
    return std::string(directory) + "/config.json";
  }
  const char* home = std::getenv("HOME");
  return home == nullptr ? "" : std::string(home) + "/.docker/config.json";
}

// Files that receivers' options name, with the receiver: every one whose option says so.
std::vector<std::pair<std::string, std::string>> credentialFiles(const config::Settings& settings) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& [name, notifier] : settings.notifiers) {
    for (const auto& [option, path] : notifier.options) {
      if (option.ends_with("File") && path.starts_with('/')) {
        files.emplace_back(name, path);
      }
    }
  }
  return files;
}

// The watcher tells of each file once at the start, when nothing has changed.
std::function<void()> whenChanged(std::function<void()> act) {
  return [act = std::move(act), first = true]() mutable {
    if (!std::exchange(first, false)) {
      act();
    }
  };
}

std::vector<state::StatusNow> statusesOf(const engine::Snapshot& snapshot) {
  std::vector<state::StatusNow> all;
  for (const auto& view : snapshot.services) {
    all.push_back(
        {view.key, std::string(model::word(view.status.serviceStatus)), view.status.reason});
  }
  return all;
}

}  // namespace

class AgentProcess::Impl {
 public:
  Impl(const config::Settings& settings, ServiceManager& services)
      : settings_(settings),
        services_(services),
        store_(storeOptions(settings)),
        crashes_(crashFile(settings)),
        registry_(withIncidents(registrySettings(settings)), clock_),
        figures_("", settings.stateDirectory) {
    registry_.load(pluginRequests(settings, registry_));
    alerting_ = std::make_unique<alerts::AlertEngine>(
        alertSettings(settings), registry_.notifiers(), store_, clock_, randomBits,
        [](Severity severity, const std::string& text) { logMessage("alerts", severity, text); });
    alerting_->setPluginFaults(pluginFaults(registry_.report()));
    if (auto* uplink = registry_.uplink(); uplink != nullptr) {
      link_ = std::make_unique<uplink::Link>(linkSettings(settings), linkPorts(*uplink));
      logShipper_ =
          std::make_unique<uplink::LogShipper>(*uplink, logSource_, clock_, settings.uplink.logs);
    }
    probeHandlers_ = std::make_unique<probes::RealHandlers>(kVersion, registry_.runtimes());
    prober_ = std::make_unique<probes::Prober>(*probeHandlers_, clock_);
    engine_ = std::make_unique<engine::Engine>(
        engineSettings(settings, std::thread::hardware_concurrency()), registry_.runtimes(), store_,
        clock_, observers(), companions(), prober_.get());
    agent_ = std::make_unique<LiveAgent>(*engine_, *alerting_, store_, registry_, feed_, clock_,
                                         settings.deviceName, settings.stateDirectory, link_.get(),
                                         counters_);
    makeSocketDirectory(settings.socketPath);
    server_ = std::make_unique<api::Server>(
        serverSettings(settings), *agent_,
        [](Severity severity, const std::string& text) { logMessage("api", severity, text); });
    readTokens();
    engine_->start();
    relay_.connect(engine_.get());
    reportRefusedPlugins();
    server_->start();
    startWatcher();
  }

  std::vector<std::string> reconfigure(const config::Settings& settings) {
    const auto pending = config::needRestart(settings_, settings);
    engine_->reconfigure(engineSettings(settings, std::thread::hardware_concurrency()));
    alerting_->reconfigure(alertSettings(settings));
    if (link_) {
      link_->reconfigure(linkSettings(settings));
      logShipper_->setEnabled(settings.uplink.logs);
    }
    agent_->setDeviceName(settings.deviceName);
    server_->setHosts(hostsOf(settings));
    readTokens();
    agent_->setConfiguration({.rejected = {}, .restarts = pending});
    relay_.report(model::EventType::Normal, "ConfigurationReloaded", "Configuration read again");
    return pending;
  }

  void reportRejected(const std::string& why) {
    agent_->setRejected(why);
    relay_.report(model::EventType::Warning, "ConfigurationRejected", why);
  }

  [[nodiscard]] bool isAlive(milliseconds within) const {
    return engine_->sinceHeartbeat() <= within;
  }

  bool stop() {
    feed_.stop();  // first: it ends what still waits for an answer of the engine
    watcher_.reset();
    server_->stop(kApiPatience);
    server_.reset();
    relay_.connect(nullptr);
    engine_->stop(true);
    logSource_.stop();
    return registry_.drain(kPluginPatience);
  }

 private:
  pluginhost::RegistrySettings withIncidents(pluginhost::RegistrySettings settings) {
    settings.incidents = [this](const Incident& incident) { reportIncident(relay_, incident); };
    settings.ends = [this](std::uint32_t kind, const std::string& instance,
                           const pluginhost::CallEnd& end) {
      counters_.called(kind, instance, end);
    };
    return settings;
  }

  [[nodiscard]] std::vector<engine::Companion*> companions() const {
    std::vector<engine::Companion*> all{alerting_.get(), prober_.get()};
    if (link_) {
      all.insert(all.end(), {link_.get(), logShipper_.get()});
    }
    return all;
  }

  // All called on the engine's thread.
  uplink::LinkPorts linkPorts(uplink::UplinkPort& uplink) {
    return {
        .uplink = uplink,
        .store = store_,
        .clock = clock_,
        .submit = [this](engine::TargetRequest request,
                         auto done) { engine_->setTarget(std::move(request), std::move(done)); },
        .overrideResync = [this](auto interval) { engine_->overrideResync(interval); },
        .figures = [this](const model::Now& now) { return figures_.read(now); },
        .random = randomShare,
        .log = [](Severity severity,
                  const std::string& text) { logMessage("uplink", severity, text); }};
  }

  // All called on the engine's thread.
  engine::Observers observers() {
    engine::Observers observers;
    observers.counting = counters_.observers();
    observers.log = [](Severity severity, const std::string& text) {
      logMessage("engine", severity, text);
    };
    observers.events = [this](const std::vector<model::Event>& events) {
      if (!events.empty()) {
        feed_.publishEvents();
      }
      if (std::any_of(events.begin(), events.end(), isAboutPlugins)) {
        alerting_->setPluginFaults(pluginFaults(registry_.report()));
      }
    };
    observers.snapshot = [this](std::shared_ptr<const engine::Snapshot> snapshot) {
      store_.recordStatuses(statusesOf(*snapshot), snapshot->at);
      services_.status(statusLine(*snapshot));
      counters_.look(*snapshot);
      feed_.publishSnapshot(snapshot->version);
      if (link_) {
        link_->look(snapshot);
        logShipper_->look(snapshot);
      }
      alerting_->look(std::move(snapshot));
    };
    return observers;
  }

  void reportRefusedPlugins() {
    for (const auto& plugin : registry_.report()) {
      if (plugin.refusal) {
        relay_.report(model::EventType::Warning, "PluginFailed",
                      plugin.label + " was refused (" +
                          std::string(pluginhost::stageName(plugin.refusal->stage())) +
                          "): " + plugin.refusal->reason());
      }
    }
  }

  // The watcher's thread must not meet an exception.
  std::optional<engine::CommandResult> submit(engine::TargetRequest request) {
    try {
      return agent_->setTarget(std::move(request));
    } catch (const api::NotAnswering&) {
      return std::nullopt;
    }
  }

  [[nodiscard]] std::optional<std::string> lastTargetOfFile() const {
    try {
      auto stored = store_.latestTarget(engine::TargetSource::File);
      return stored ? std::optional(std::move(stored->text)) : std::nullopt;
    } catch (const std::exception& error) {
      logMessage("sources", Severity::Warning,
                 std::string("cannot tell what was last read from target.file: ") + error.what());
      return std::nullopt;
    }
  }

  sources::TargetFilePort targetFilePort() {
    sources::TargetFilePort port;
    port.submit = [this](engine::TargetRequest request) { return submit(std::move(request)); };
    port.lastTaken = [this] { return lastTargetOfFile(); };
    port.unusable = [this](const std::string& text) {
      logMessage("sources", Severity::Warning, text);
      relay_.report(model::EventType::Warning, "TargetFileUnusable", text);
    };
    // The engine makes the event itself.
    port.refused = [](const std::string& text) { logMessage("sources", Severity::Warning, text); };
    port.note = [](const std::string& text) { logMessage("sources", Severity::Information, text); };
    return port;
  }

  // What was read last stays in force while the file cannot be used. On the main thread and the
  // watcher's: the lock lasts from reading to setting, so that no older file follows a newer one.
  void readTokens() {
    if (settings_.listen.empty()) {
      return;
    }
    const std::lock_guard lock(tokensMutex_);
    auto file = config::readTokenFile(settings_.tokenFile);
    if (file.problems.empty()) {
      if (tokens_ == file.tokens) {
        return;
      }
      tokens_ = std::move(file.tokens);
      server_->setTokens(*tokens_);
      return logMessage("api", Severity::Information,
                        "api.tokenFile " + settings_.tokenFile +
                            ": tokens in force: " + std::to_string(tokens_->size()));
    }
    tokens_.reset();  // the log is to say when the file can be used again
    for (const auto& problem : file.problems) {
      const auto line = problem.line == 0 ? "" : ":" + std::to_string(problem.line);
      logMessage("api", Severity::Warning,
                 "api.tokenFile " + settings_.tokenFile + line + ": " + problem.text +
                     "; nothing of it was put in force");
    }
  }

  void startWatcher() {
    std::vector<sources::WatchedFile> files;
    if (!settings_.listen.empty()) {
      // Its first call makes good for a change between the start and here.
      files.push_back({settings_.tokenFile, [this] { readTokens(); }});
    }
    if (!settings_.targetFile.empty()) {
      targetFile_ = std::make_unique<sources::TargetFile>(settings_.targetFile, targetFilePort());
      files.push_back({settings_.targetFile, [this] { targetFile_->look(); }});
    }
    for (const auto& path : {settings_.registryAuthFile, dockerCredentials()}) {
      if (path.starts_with('/')) {
        files.push_back({path, whenChanged([this] { engine_->credentialsChanged(); })});
      }
    }
    for (const auto& [name, path] : credentialFiles(settings_)) {
      files.push_back(
          {path, whenChanged([this, name = name] { alerting_->credentialsChanged(name); })});
    }
    watcher_ = std::make_unique<sources::FileWatcher>(std::move(files));
    watcher_->start();
  }

  const config::Settings settings_;
  ServiceManager& services_;
  model::SystemClock clock_;
  EngineRelay relay_;
  metrics::Counters counters_;
  api::NewsFeed feed_;
  state::Store store_;
  pluginhost::CrashHandler crashes_;
  pluginhost::Registry registry_;
  LogSource logSource_{[this](const std::string& runtime) { return registry_.console(runtime); }};
  uplink::FigureReader figures_;
  std::unique_ptr<alerts::AlertEngine> alerting_;
  std::unique_ptr<uplink::Link> link_;  // where an uplink is loaded; the shipper, too
  std::unique_ptr<uplink::LogShipper> logShipper_;
  std::unique_ptr<probes::RealHandlers> probeHandlers_;
  std::unique_ptr<probes::Prober> prober_;
  std::unique_ptr<engine::Engine> engine_;
  RelayEnd relayEnd_{relay_};
  std::unique_ptr<LiveAgent> agent_;
  std::unique_ptr<api::Server> server_;
  std::mutex tokensMutex_;
  std::optional<std::vector<config::Token>> tokens_;  // of the file, which could be used
  std::unique_ptr<sources::TargetFile> targetFile_;
  std::unique_ptr<sources::FileWatcher> watcher_;
};

AgentProcess::AgentProcess(const config::Settings& settings, ServiceManager& services)
    : impl_(std::make_unique<Impl>(settings, services)) {}

AgentProcess::~AgentProcess() = default;

std::vector<std::string> AgentProcess::reconfigure(const config::Settings& settings) {
  return impl_->reconfigure(settings);
}

void AgentProcess::reportRejectedConfiguration(const std::string& why) {
  impl_->reportRejected(why);
}

bool AgentProcess::isAlive(milliseconds within) const {
  return impl_->isAlive(within);
}

bool AgentProcess::stop() {
  return impl_->stop();
}

}  // namespace holdfast::daemon
