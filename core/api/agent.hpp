// SPDX-License-Identifier: Apache-2.0
// What the API's handlers need of the agent. Implemented on the real engine by LiveAgent and by a
// fake in tests.
//
// Thread-safe: handlers run on several threads. Members block for a few milliseconds unless they
// say otherwise.
#pragma once

#include "alerts/alert_engine.hpp"
#include "engine/engine.hpp"
#include "engine/snapshot.hpp"
#include "metrics/counters.hpp"
#include "model/event.hpp"
#include "model/time.hpp"
#include "pluginhost/registry.hpp"
#include "pluginhost/runtime_console.hpp"
#include "uplink/link_view.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::api {

// Thrown when the agent does not answer a command: it is stopping, or its engine thread hangs.
// Becomes 503.
class NotAnswering : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override {
    return "the agent is stopping or too busy to answer; try again";
  }
};

enum class Verb { Retry, Restart, Stop, Start };

struct EventQuery {
  std::optional<std::int64_t> after;   // absent: the latest ones
  std::optional<std::int64_t> before;  // only ids less than this one
  std::size_t limit = 100;
  std::string app;      // id; empty: every app
  std::string service;  // name; empty: every service
  std::optional<model::WallTime> since;
};

// From `at` on a service showed this.
struct StatusChange {
  model::WallTime at;
  std::string status;  // model::word of ServiceStatusWord
  std::string reason;
};

// Which events there are.
struct EventBounds {
  std::int64_t last = 0;     // id of the newest
  std::int64_t dropped = 0;  // the greatest id of those that were there and are no more

  // Whether somebody who has seen the events up to `id` may have missed some for good. An id beyond
  // the last is one of a history that was lost.
  [[nodiscard]] bool missedSince(std::int64_t id) const { return id < dropped || id > last; }
};

// Counts what happened: a changed value means that there is something new to read.
struct News {
  std::uint64_t snapshot = 0;  // Snapshot::version
  std::uint64_t events = 0;
  bool stopping = false;

  friend bool operator==(const News&, const News&) = default;
};

class Agent {
 public:
  virtual ~Agent() = default;

  [[nodiscard]] virtual std::shared_ptr<const engine::Snapshot> snapshot() const = 0;
  [[nodiscard]] virtual model::Now now() const = 0;

  // Tells this run of the agent from every other: part of ETags, since versions begin at 1 again.
  [[nodiscard]] virtual const std::string& instance() const = 0;

  // Commands. Each throws NotAnswering.
  virtual engine::CommandResult setTarget(engine::TargetRequest request) = 0;
  virtual engine::DryRun plan(std::optional<engine::TargetRequest> request) = 0;
  virtual engine::CommandResult command(Verb verb, const std::string& app,
                                        const std::string& service) = 0;
  virtual engine::CommandResult retryAll() = 0;
  virtual engine::CommandResult purge(const std::string& app) = 0;
  virtual engine::CommandResult adopt(const std::string& owner) = 0;

  // Asks for a new start of the agent, which comes once running requests are answered. Returns at
  // once; containers go on.
  virtual void restart() = 0;

  // Oldest first.
  [[nodiscard]] virtual std::vector<model::Event> events(const EventQuery& query) = 0;
  [[nodiscard]] virtual EventBounds eventBounds() const = 0;

  // How the service of this key (ServiceView::key) fared since then, oldest first: what it showed
  // at that time, and each change after it; at most 500.
  [[nodiscard]] virtual std::vector<StatusChange> statusHistory(const std::string& key,
                                                                model::WallTime since) const = 0;

  [[nodiscard]] virtual News news() const = 0;
  // Blocks until news() differs from `seen` or `patience` is over.
  virtual News waitForNews(const News& seen, model::Milliseconds patience) = 0;

  // Streams a container's output to `reader`. Blocks until it ends or the reader has gone; what the
  // reader's calls throw comes through.
  virtual engine::CallResult logs(const std::string& runtime, const pluginhost::LogQuery& query,
                                  pluginhost::OutputReader& reader) = 0;

  [[nodiscard]] virtual std::vector<pluginhost::PluginReport> plugins() const = 0;
  // What would become of a plugin file. Blocks for at most a few seconds (a child process).
  [[nodiscard]] virtual pluginhost::PluginReport inspectPlugin(const std::string& path) const = 0;

  // One report per receiver that is configured, refused ones included.
  [[nodiscard]] virtual std::vector<pluginhost::PluginReport> notifiers() const = 0;
  // Makes one attempt to deliver a test notification. Blocks until the receiver has answered, 30 s
  // and the grace period of a stuck call at most. Throws NotAnswering when the agent stops first.
  virtual engine::CallResult testNotifier(const std::string& name) = 0;

  // Alerts, silences, outbox and dead letters as they are.
  [[nodiscard]] virtual std::shared_ptr<const alerts::AlertView> alerting() const = 0;
  // Commands; each throws NotAnswering.
  virtual alerts::SilenceAnswer silence(alerts::SilenceRequest request) = 0;
  [[nodiscard]] virtual bool unsilence(const std::string& id) = 0;  // false: there is none
  virtual std::string replay(std::int64_t deadLetter) = 0;          // what is wrong; empty: done

  // The link to the cloud; nothing when no uplink is loaded.
  [[nodiscard]] virtual std::optional<uplink::LinkView> link() const = 0;

  // Device, versions, process: the part of GET /v1/info that no snapshot has.
  [[nodiscard]] virtual boost::json::object identity() const = 0;

  [[nodiscard]] virtual model::Milliseconds sinceHeartbeat() const = 0;

  // What is counted, for GET /metrics; also what the API itself counts there.
  [[nodiscard]] virtual metrics::Counters& counters() = 0;
  [[nodiscard]] virtual std::string version() const = 0;
};

}  // namespace holdfast::api
