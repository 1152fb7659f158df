// SPDX-License-Identifier: Apache-2.0
// An agent made of members that a test fills in and reads.
#pragma once

#include "api/agent.hpp"
#include "api/news_feed.hpp"
#include "api/router.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace holdfast::api {

class FakeAgent : public Agent {
 public:
  using Turn = std::lock_guard<std::recursive_mutex>;

  FakeAgent() { time.wall = *model::fromRfc3339("2025-10-24T10:16:02.114Z"); }

  std::shared_ptr<const engine::Snapshot> snapshot() const override {
    const Turn turn(turns);
    return std::make_shared<engine::Snapshot>(state);
  }
  model::Now now() const override {
    const Turn turn(turns);
    return time;
  }
  const std::string& instance() const override { return instanceName; }

  engine::CommandResult setTarget(engine::TargetRequest request) override {
    const Turn turn(turns);
    targets.push_back(std::move(request));
    return answer();
  }
  engine::DryRun plan(std::optional<engine::TargetRequest> request) override {
    const Turn turn(turns);
    plans.push_back(std::move(request));
    return {answer(), actions};
  }
  engine::CommandResult command(Verb verb, const std::string& app,
                                const std::string& service) override {
    const Turn turn(turns);
    static const std::vector<std::string> kNames{"retry", "restart", "stop", "start"};
    commands.push_back(kNames.at(static_cast<std::size_t>(verb)) + " " + app + "/" + service);
    return answer();
  }
  engine::CommandResult retryAll() override {
    const Turn turn(turns);
    commands.emplace_back("retryAll");
    return answer();
  }
  engine::CommandResult purge(const std::string& app) override {
    const Turn turn(turns);
    commands.push_back("purge " + app);
    return answer();
  }
  engine::CommandResult adopt(const std::string& owner) override {
    const Turn turn(turns);
    commands.push_back("adopt " + owner);
    return answer();
  }

  void restart() override {
    const Turn turn(turns);
    commands.emplace_back("restart agent");
    answer();
  }

  std::vector<model::Event> events(const EventQuery& query) override {
    const Turn turn(turns);
    queries.push_back(query);
    std::vector<model::Event> found;
    for (const auto& event : history) {
      if (event.id > query.after.value_or(0) && event.id < query.before.value_or(INT64_MAX) &&
          found.size() < query.limit) {
        found.push_back(event);
      }
    }
    return found;
  }

  EventBounds eventBounds() const override {
    const Turn turn(turns);
    return {.last = history.empty() ? lastEvent : history.back().id, .dropped = droppedEvent};
  }

  std::vector<StatusChange> statusHistory(const std::string& key,
                                          model::WallTime since) const override {
    const Turn turn(turns);
    std::vector<StatusChange> found;
    if (const auto changes = statusChanges.find(key); changes != statusChanges.end()) {
      std::copy_if(changes->second.begin(), changes->second.end(), std::back_inserter(found),
                   [since](const StatusChange& change) { return change.at >= since; });
    }
    return found;
  }

  News news() const override {
    const Turn turn(turns);
    return feed.now();
  }
  News waitForNews(const News& seen, model::Milliseconds patience) override {
    const Turn turn(turns);
    waits.push_back(patience);
    if (whileWaiting) {
      whileWaiting();
    } else {
      time.boot += patience;  // nothing happens: the time passes
    }
    return feed.wait(seen, model::Milliseconds{0});
  }

  engine::CallResult logs(const std::string& runtime, const pluginhost::LogQuery& query,
                          pluginhost::OutputReader& reader) override {
    const Turn turn(turns);
    logRuntime = runtime;
    logQuery = query;
    for (const auto& chunk : output) {
      if (!reader.output(chunk)) {
        return {.errorClass = sdk::ErrorClass::Cancelled};
      }
    }
    return logResult;
  }

  std::vector<pluginhost::PluginReport> plugins() const override {
    const Turn turn(turns);
    return reports;
  }
  pluginhost::PluginReport inspectPlugin(const std::string& path) const override {
    const Turn turn(turns);
    pluginhost::PluginReport report = reports.at(0);
    report.path = path;
    return report;
  }
  std::vector<pluginhost::PluginReport> notifiers() const override {
    const Turn turn(turns);
    return receivers;
  }
  engine::CallResult testNotifier(const std::string& name) override {
    const Turn turn(turns);
    commands.push_back("test " + name);
    answer();
    return delivery;
  }
  std::optional<uplink::LinkView> link() const override {
    const Turn turn(turns);
    return linkView;
  }
  boost::json::object identity() const override {
    return {{"device", {{"name", "gateway-7"}, {"uuid", nullptr}}},
            {"versions", {{"agent", "1.2.3"}, {"sdk", "1.2.3"}, {"abi", "runtime 0.1"}}},
            {"configuration",
             {{"rejected", "log.level is bad"}, {"restarts", boost::json::array{"api.listen"}}}},
            {"stateDirectory", "/var/lib/holdfast"},
            {"pid", 1},
            {"startedAt", "2025-10-24T10:00:00.000Z"}};
  }
  model::Milliseconds sinceHeartbeat() const override {
    const Turn turn(turns);
    return heartbeat;
  }

  metrics::Counters& counters() override { return counts; }
  std::string version() const override { return "1.2.3"; }

  engine::CommandResult answer() const {
    if (notAnswering) {
      throw NotAnswering();
    }
    return result;
  }

  // One service "monitoring/nodered" (app 1001).
  engine::ServiceView& addService(const std::string& name = "nodered") {
    auto target = std::make_shared<model::Target>();
    target->apps.push_back({.id = "1001", .name = "monitoring"});
    state.target = target;
    engine::ServiceView view;
    view.key = "1001/" + name;
    view.status.appId = "1001";
    view.status.appName = "monitoring";
    view.status.serviceId = "2";
    view.status.serviceName = name;
    view.status.runtime = "docker";
    view.status.state = "running";
    state.services.push_back(view);
    return state.services.back();
  }

  [[nodiscard]] std::shared_ptr<const alerts::AlertView> alerting() const override {
    const Turn turn(turns);
    return std::make_shared<alerts::AlertView>(alertView);
  }
  alerts::SilenceAnswer silence(alerts::SilenceRequest request) override {
    const Turn turn(turns);
    silenceRequests.push_back(std::move(request));
    return silenceAnswer;
  }
  [[nodiscard]] bool unsilence(const std::string& id) override {
    const Turn turn(turns);
    return id == knownSilence;
  }
  std::string replay(std::int64_t deadLetter) override {
    const Turn turn(turns);
    replayed.push_back(deadLetter);
    return replayProblem;
  }

  metrics::Counters counts;
  std::optional<uplink::LinkView> linkView;
  alerts::AlertView alertView;
  std::vector<alerts::SilenceRequest> silenceRequests;
  alerts::SilenceAnswer silenceAnswer;
  std::string knownSilence;
  std::vector<std::int64_t> replayed;
  std::string replayProblem;
  engine::Snapshot state;
  model::Now time;
  std::string instanceName = "run1";
  engine::CommandResult result;
  bool notAnswering = false;
  std::vector<engine::PlannedAction> actions;
  std::vector<model::Event> history;
  std::map<std::string, std::vector<StatusChange>> statusChanges;  // by the service's key
  std::int64_t lastEvent = 0;                                      // of a history that is empty
  std::int64_t droppedEvent = 0;
  mutable NewsFeed feed;
  std::function<void()> whileWaiting;
  std::vector<pluginhost::OutputChunk> output;
  engine::CallResult logResult;
  std::vector<pluginhost::PluginReport> reports;
  std::vector<pluginhost::PluginReport> receivers;
  engine::CallResult delivery;
  model::Milliseconds heartbeat{0};

  std::vector<engine::TargetRequest> targets;
  std::vector<std::optional<engine::TargetRequest>> plans;
  std::vector<std::string> commands;
  std::vector<EventQuery> queries;
  std::vector<model::Milliseconds> waits;
  std::string logRuntime;
  pluginhost::LogQuery logQuery;

  // What a test sees of the members is ordered by the answers that it waits for; where these come
  // over a socket, a sanitizer knows of that order only by a turn of the test's own.
  mutable std::recursive_mutex turns;
};

// Through the real table, as a connection does it.
inline Response ask(FakeAgent& agent, const std::string& method, const std::string& uri,
                    const std::string& body = "", const std::string& ifNoneMatch = "",
                    const std::string& lastEventId = "") {
  const Router router(routes());
  Request request{
      .method = method, .ifNoneMatch = ifNoneMatch, .lastEventId = lastEventId, .body = body};
  const auto match = router.match(uri, request);
  return match.route == nullptr ? match.refusal : Router::answer(*match.route, request, agent);
}

inline boost::json::value bodyOf(const Response& response) {
  return boost::json::parse(response.body);
}

// Collects a streamed answer; gone after `most` writes.
class Collector : public StreamWriter {
 public:
  explicit Collector(int most = 1'000) : most_(most) {}
  bool write(std::string_view bytes) override {
    text += bytes;
    return --most_ > 0;
  }
  bool open() const override { return most_ > 0; }
  std::string text;

 private:
  int most_;
};

}  // namespace holdfast::api
