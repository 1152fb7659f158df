// SPDX-License-Identifier: Apache-2.0
// The API's view of the real agent.
#pragma once

#include "alerts/alert_engine.hpp"
#include "api/agent.hpp"
#include "api/news_feed.hpp"
#include "engine/engine.hpp"
#include "metrics/counters.hpp"
#include "pluginhost/registry.hpp"
#include "state/store.hpp"
#include "uplink/link.hpp"

#include <atomic>
#include <future>
#include <mutex>
#include <string>

namespace holdfast::daemon {

class LiveAgent final : public api::Agent {
 public:
  // All of them outlive this. `link`: nullptr without an uplink.
  LiveAgent(engine::Engine& engine, alerts::AlertEngine& alerting, const state::Store& store,
            pluginhost::Registry& registry, api::NewsFeed& feed, const model::Clock& clock,
            std::string deviceName, std::string stateDirectory, const uplink::Link* link,
            metrics::Counters& counters);

  void setDeviceName(std::string name);

  // How the configuration's files stand to the one in force.
  struct ConfigurationState {
    std::string rejected;               // why they were not read again; empty: they were
    std::vector<std::string> restarts;  // changed keys that wait for the next start
  };
  void setConfiguration(ConfigurationState state);
  void setRejected(std::string why);  // the one accepted last stays as it was

  [[nodiscard]] std::shared_ptr<const engine::Snapshot> snapshot() const override;
  [[nodiscard]] model::Now now() const override { return clock_.now(); }
  [[nodiscard]] const std::string& instance() const override { return instance_; }
  engine::CommandResult setTarget(engine::TargetRequest request) override;
  engine::DryRun plan(std::optional<engine::TargetRequest> request) override;
  engine::CommandResult command(api::Verb verb, const std::string& app,
                                const std::string& service) override;
  engine::CommandResult retryAll() override;
  engine::CommandResult purge(const std::string& app) override;
  engine::CommandResult adopt(const std::string& owner) override;
  void restart() override;
  [[nodiscard]] std::vector<model::Event> events(const api::EventQuery& query) override;
  [[nodiscard]] api::EventBounds eventBounds() const override;
  [[nodiscard]] std::vector<api::StatusChange> statusHistory(const std::string& key,
                                                             model::WallTime since) const override;
  [[nodiscard]] api::News news() const override { return feed_.now(); }
  api::News waitForNews(const api::News& seen, model::Milliseconds patience) override;
  engine::CallResult logs(const std::string& runtime, const pluginhost::LogQuery& query,
                          pluginhost::OutputReader& reader) override;
  [[nodiscard]] std::vector<pluginhost::PluginReport> plugins() const override;
  [[nodiscard]] pluginhost::PluginReport inspectPlugin(const std::string& path) const override;
  [[nodiscard]] std::vector<pluginhost::PluginReport> notifiers() const override;
  engine::CallResult testNotifier(const std::string& name) override;
  [[nodiscard]] std::shared_ptr<const alerts::AlertView> alerting() const override;
  alerts::SilenceAnswer silence(alerts::SilenceRequest request) override;
  [[nodiscard]] bool unsilence(const std::string& id) override;
  std::string replay(std::int64_t deadLetter) override;
  [[nodiscard]] std::optional<uplink::LinkView> link() const override;
  [[nodiscard]] boost::json::object identity() const override;
  [[nodiscard]] model::Milliseconds sinceHeartbeat() const override;
  [[nodiscard]] metrics::Counters& counters() override { return counters_; }
  [[nodiscard]] std::string version() const override;

 private:
  [[nodiscard]] std::string deviceName() const;
  [[nodiscard]] boost::json::object configuration() const;

  engine::Engine& engine_;
  alerts::AlertEngine& alerting_;
  const state::Store& store_;
  pluginhost::Registry& registry_;
  api::NewsFeed& feed_;
  const model::Clock& clock_;
  const uplink::Link* const link_;
  metrics::Counters& counters_;
  const model::WallTime startedAt_;
  const std::string instance_;
  const std::string stateDirectory_;
  mutable std::mutex mutex_;
  std::string deviceName_;
  ConfigurationState configuration_;
  std::atomic<int> tests_ = 0;  // so that each has an id of its own
};

}  // namespace holdfast::daemon
