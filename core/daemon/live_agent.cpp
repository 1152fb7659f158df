// SPDX-License-Identifier: Apache-2.0
#include "daemon/live_agent.hpp"

#include "daemon/host_name.hpp"
#include "daemon/signals.hpp"
#include "daemon/test_notification.hpp"
#include "daemon/version.hpp"

#include <unistd.h>

#include <utility>

namespace holdfast::daemon {
namespace {

using std::chrono::milliseconds;

// A command is taken in within milliseconds, except that a target is first shown to every runtime
// plugin, each of which has a deadline of its own.
constexpr std::chrono::seconds kPatience{30};

constexpr milliseconds kStopCheck{200};

// Throws NotAnswering when the agent stops first, or `patience` is over.
template <class Result>
Result await(std::future<Result> future, const api::NewsFeed& feed,
             milliseconds patience = kPatience) {
  for (auto waited = milliseconds{0}; future.wait_for(kStopCheck) != std::future_status::ready;) {
    waited += kStopCheck;
    if (feed.now().stopping || waited >= patience) {
      throw api::NotAnswering();
    }
  }
  try {
    return future.get();
  } catch (const std::future_error&) {
    throw api::NotAnswering();  // the engine ended with the command still waiting
  }
}

// Unlike that of any other run, also after a reboot without a clock: the boot's id is part of it.
std::string instanceOf(const model::Now& now) {
  return model::bootId().substr(0, 8) + std::to_string(now.boot.time_since_epoch().count());
}

}  // namespace

LiveAgent::LiveAgent(engine::Engine& engine, alerts::AlertEngine& alerting,
                     const state::Store& store, pluginhost::Registry& registry, api::NewsFeed& feed,
                     const model::Clock& clock, std::string deviceName, std::string stateDirectory,
                     const uplink::Link* link, metrics::Counters& counters)
    : engine_(engine),
      alerting_(alerting),
      store_(store),
      registry_(registry),
      feed_(feed),
      clock_(clock),
      link_(link),
      counters_(counters),
      startedAt_(clock.now().wall),
      instance_(instanceOf(clock.now())),
      stateDirectory_(std::move(stateDirectory)),
      deviceName_(std::move(deviceName)) {}

void LiveAgent::setDeviceName(std::string name) {
  const std::lock_guard lock(mutex_);
  deviceName_ = std::move(name);
}

void LiveAgent::setConfiguration(ConfigurationState state) {
  const std::lock_guard lock(mutex_);
  configuration_ = std::move(state);
}

void LiveAgent::setRejected(std::string why) {
  const std::lock_guard lock(mutex_);
  configuration_.rejected = std::move(why);
}

std::string LiveAgent::deviceName() const {
  const std::lock_guard lock(mutex_);
  return deviceNameOr(deviceName_);
}

std::shared_ptr<const engine::Snapshot> LiveAgent::snapshot() const {
  return engine_.snapshot();
}

engine::CommandResult LiveAgent::setTarget(engine::TargetRequest request) {
  return await(engine_.setTarget(std::move(request)), feed_);
}

engine::DryRun LiveAgent::plan(std::optional<engine::TargetRequest> request) {
  return await(engine_.plan(std::move(request)), feed_);
}

engine::CommandResult LiveAgent::command(api::Verb verb, const std::string& app,
                                         const std::string& service) {
  switch (verb) {
    case api::Verb::Retry:
      return await(engine_.retry(app, service), feed_);
    case api::Verb::Restart:
      return await(engine_.restartService(app, service), feed_);
    case api::Verb::Stop:
      return await(engine_.stopService(app, service), feed_);
    case api::Verb::Start:
      return await(engine_.startService(app, service), feed_);
  }
  throw std::invalid_argument("verb");
}

engine::CommandResult LiveAgent::retryAll() {
  alerting_.retryNow();
  return await(engine_.retryAll(), feed_);
}

engine::CommandResult LiveAgent::purge(const std::string& app) {
  return await(engine_.purgeApp(app), feed_);
}

engine::CommandResult LiveAgent::adopt(const std::string& owner) {
  return await(engine_.adopt(owner), feed_);
}

void LiveAgent::restart() {
  askForRestart();
}

std::vector<model::Event> LiveAgent::events(const api::EventQuery& query) {
  return store_.events({.after = query.after,
                        .before = query.before,
                        .limit = static_cast<int>(query.limit),
                        .app = query.app,
                        .service = query.service,
                        .since = query.since});
}

api::EventBounds LiveAgent::eventBounds() const {
  const auto bounds = store_.eventBounds();
  return {.last = bounds.last, .dropped = bounds.dropped};
}

std::vector<api::StatusChange> LiveAgent::statusHistory(const std::string& key,
                                                        model::WallTime since) const {
  std::vector<api::StatusChange> changes;
  for (auto& record : store_.statuses({.service = key, .since = since})) {
    changes.push_back({record.at, std::move(record.status), std::move(record.reason)});
  }
  return changes;
}

api::News LiveAgent::waitForNews(const api::News& seen, model::Milliseconds patience) {
  return feed_.wait(seen, patience);
}

engine::CallResult LiveAgent::logs(const std::string& runtime, const pluginhost::LogQuery& query,
                                   pluginhost::OutputReader& reader) {
  auto* console = registry_.console(runtime);
  if (console == nullptr) {
    return {.errorClass = sdk::ErrorClass::Unavailable,
            .message = "runtime '" + runtime + "' is not loaded; see GET /v1/plugins"};
  }
  return console->logs(query, reader);
}

std::vector<pluginhost::PluginReport> LiveAgent::plugins() const {
  return registry_.report();
}

pluginhost::PluginReport LiveAgent::inspectPlugin(const std::string& path) const {
  return registry_.inspect(path);
}

std::vector<pluginhost::PluginReport> LiveAgent::notifiers() const {
  return registry_.notifierReports();
}

engine::CallResult LiveAgent::testNotifier(const std::string& name) {
  auto* notifier = registry_.notifier(name);
  if (notifier == nullptr) {
    return {.errorClass = sdk::ErrorClass::Unavailable,
            .message = "notifier '" + name + "' is not loaded; see GET /v1/notifiers"};
  }
  auto answer = std::make_shared<std::promise<engine::CallResult>>();
  auto future = answer->get_future();
  notifier->deliver(testNotification({.id = "test-" + instance_ + "-" + std::to_string(++tests_),
                                      .notifier = name,
                                      .deviceName = deviceName(),
                                      .agentVersion = kVersion,
                                      .at = clock_.now().wall},
                                     *engine_.snapshot()),
                    1,
                    [answer](engine::CallResult result) { answer->set_value(std::move(result)); });
  // Comes by itself within the deadline of a delivery; a stop of the agent does not wait for that.
  auto result = await(std::move(future), feed_, milliseconds::max());
  if (result.ok()) {
    alerting_.retryNow(name);  // it answers: what waits for it need wait no longer
  }
  return result;
}

std::shared_ptr<const alerts::AlertView> LiveAgent::alerting() const {
  return alerting_.view();
}

alerts::SilenceAnswer LiveAgent::silence(alerts::SilenceRequest request) {
  return await(alerting_.silence(std::move(request)), feed_);
}

bool LiveAgent::unsilence(const std::string& id) {
  return await(alerting_.unsilence(id), feed_);
}

std::string LiveAgent::replay(std::int64_t deadLetter) {
  return await(alerting_.replay(deadLetter), feed_);
}

std::optional<uplink::LinkView> LiveAgent::link() const {
  return link_ == nullptr ? std::nullopt : std::optional(link_->view());
}

boost::json::object LiveAgent::configuration() const {
  const std::lock_guard lock(mutex_);
  boost::json::value rejected = nullptr;
  if (!configuration_.rejected.empty()) {
    rejected = configuration_.rejected;
  }
  return {{"rejected", std::move(rejected)},
          {"restarts",
           boost::json::array(configuration_.restarts.begin(), configuration_.restarts.end())}};
}

boost::json::object LiveAgent::identity() const {
  const auto target = engine_.snapshot()->target;
  boost::json::value uuid = nullptr;
  if (target && !target->deviceUuid.empty()) {
    uuid = target->deviceUuid;
  }
  return {{"device", {{"name", deviceName()}, {"uuid", std::move(uuid)}}},
          {"versions", {{"agent", kVersion}, {"sdk", kVersion}, {"abi", abiVersions()}}},
          {"configuration", configuration()},
          {"stateDirectory", stateDirectory_},
          {"pid", ::getpid()},
          {"startedAt", model::toRfc3339(startedAt_)}};
}

model::Milliseconds LiveAgent::sinceHeartbeat() const {
  return engine_.sinceHeartbeat();
}

std::string LiveAgent::version() const {
  return kVersion;
}

}  // namespace holdfast::daemon
