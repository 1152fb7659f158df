// SPDX-License-Identifier: Apache-2.0
// Alerting as the rest of the agent sees it: rules, routes and outbox put together, driven by the
// engine's thread (docs/adr/0007).
//
// begin, tick, nextWake, look and the answers of receivers come on the engine's thread; the other
// members may be called from any.
#pragma once

#include "alerts/outbox.hpp"
#include "alerts/ports.hpp"
#include "alerts/route.hpp"
#include "alerts/router.hpp"
#include "alerts/rules.hpp"
#include "alerts/silence.hpp"
#include "alerts/summary.hpp"
#include "alerts/tracker.hpp"
#include "engine/companion.hpp"
#include "engine/engine.hpp"
#include "engine/snapshot.hpp"
#include "model/time.hpp"

#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::alerts {

struct AlertSettings {
  // All that are configured, also those whose plugin was refused: what is for them waits. Those of
  // the start count, since their plugins do.
  std::vector<std::string> receivers;
  std::vector<Route> routes;
  OutboxLimits outbox;
  SummarySettings summary;
  std::string deviceName;
  std::string agentVersion;
  std::string bootId;  // model::bootId(); with an empty one every start counts as after a reboot
};

// What alerting shows: one immutable value, made anew whenever something changed.
struct AlertView {
  struct Row {
    model::Alert alert;
    bool silenced = false;
    bool inhibited = false;
    bool flapping = false;
  };
  std::vector<Row> alerts;  // firing before pending, the most severe first
  std::vector<Silence> silences;
  std::map<std::string, Outbox::QueueState> queues;  // by notifier
  std::vector<DeadLetter> deadLetters;               // oldest first
  std::optional<model::WallTime> nextSummary;        // absent: none is wanted, or too early to say
};

struct SilenceRequest {
  std::string match;
  model::Milliseconds length{0};
  std::string comment;
};

struct SilenceAnswer {
  std::optional<Silence> silence;
  std::string problem;  // why there is none
};

class AlertEngine final : public engine::Companion {
 public:
  using Log = std::function<void(engine::Severity, const std::string&)>;

  // `notifiers` are of receivers in `settings`; they, `store` and `clock` outlive this. `random`
  // gives 64 random bits: notifications are named by them.
  AlertEngine(AlertSettings settings, const std::vector<NotifierPort*>& notifiers,
              AlertStorePort& store, const model::Clock& clock,
              std::function<std::uint64_t()> random, Log log);

  void begin(retry::RetryManager& ledger, Post post) override;
  void tick() override;
  [[nodiscard]] model::BootTime nextWake() const override;

  // The engine's latest word; an observer of its snapshots.
  void look(std::shared_ptr<const engine::Snapshot> snapshot);

  // Takes effect on the engine's thread. Receivers that wanted nothing any more are asked again.
  void reconfigure(AlertSettings settings);
  // All plugins that do not work, in place of what was said before. Also before begin(): an alert
  // of the last run about one of them goes on.
  void setPluginFaults(std::vector<PluginFault> faults);

  // Somebody asked for a retry now, or the receiver took something else meanwhile: it is tried at
  // once, with a fresh ladder. Without a name all are.
  void retryNow(const std::string& notifier = {});
  // Files with the receiver's credentials have changed: if it was given up because it refused them,
  // it gets one attempt.
  void credentialsChanged(const std::string& notifier);

  [[nodiscard]] std::shared_ptr<const AlertView> view() const;

  // Answered once the engine's thread has taken it in. A future of an engine that has ended throws.
  std::future<SilenceAnswer> silence(SilenceRequest request);
  std::future<bool> unsilence(std::string id);               // false: there is none
  std::future<std::string> replay(std::int64_t deadLetter);  // what is wrong; empty: done

 private:
  void load(const model::Now& now);
  void assessAll(const model::Now& now);
  void send(const model::Now& now);
  void sendSummary(const model::Now& now);
  void put(Notice notice, const model::Now& now);
  void commit(const std::vector<std::string>& endedSilences);
  void commitSummary(std::vector<Record>& records);
  void handOver(std::vector<Delivery> deliveries);
  void publish();
  [[nodiscard]] std::string newId();
  void force(const std::string& notifier);
  void rearmGivenUp();
  [[nodiscard]] Sender sender() const;
  [[nodiscard]] Router::Forgetful forgetful() const;
  [[nodiscard]] Situation situation(const model::Now& now) const;
  SilenceAnswer addSilence(const SilenceRequest& request);
  template <class Result>
  std::future<Result> ask(std::function<Result()> work);

  AlertSettings settings_;
  std::map<std::string, NotifierPort*> notifiers_;
  AlertStorePort& store_;
  const model::Clock& clock_;
  std::function<std::uint64_t()> random_;
  Log log_;
  retry::RetryManager* ledger_ = nullptr;
  Post post_;

  std::shared_ptr<const engine::Snapshot> snapshot_;
  std::vector<PluginFault> pluginFaults_;
  ExitCounter exits_;
  Tracker tracker_;
  Router router_;
  Silences silences_;
  DailySummary summary_;
  Outbox outbox_;
  std::vector<Record> unsaved_;
  bool dirty_ = true;  // something came in since the last tick

  mutable std::mutex viewMutex_;
  std::shared_ptr<const AlertView> view_ = std::make_shared<AlertView>();
};

}  // namespace holdfast::alerts
