// SPDX-License-Identifier: Apache-2.0
// What holds for every course of things, tried on many drawn from a fixed seed: what was delivered
// as firing is delivered as resolved, whatever the receivers answer and whenever the agent is
// killed.
#include "alerts/outbox.hpp"
#include "alerts/router.hpp"
#include "unit/alerts/samples.hpp"

#include <gtest/gtest.h>

#include <random>

namespace holdfast::alerts {
namespace {

class Draw {
 public:
  explicit Draw(unsigned seed) : engine_(seed) {}
  int number(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(engine_);
  }

 private:
  std::mt19937 engine_;
};

// Alerts, router and outbox over a store; kill() loses everything that is not in the store.
class Agent {
 public:
  explicit Agent(Draw& draw) : draw_(draw) {}

  Time time;

  void toggle(const std::string& service) {
    auto alert = firing(AlertType::CrashLoop, service, time.now);
    const auto id = model::fingerprint(alert);
    if (truth_.erase(id) == 0)
      truth_.emplace(id, alert);
  }
  void calm() { truth_.clear(); }

  // One round of the agent: look, tell, store, hand over. Killed after `commits` commits (of
  // which there are two in a round), if there are so many.
  void round(int commits) {
    over_.clear();
    for (const auto& [id, alert] : known_) {
      if (truth_.count(id) == 0)
        over_.push_back(ended(alert, time.now));
    }
    for (const auto& [id, alert] : truth_)
      known_.try_emplace(id, alert);
    for (const auto& alert : over_)
      known_.erase(model::fingerprint(alert));
    router_.update(known_, over_, {}, time.now);
    for (auto& notice : router_.takeDue(time.now))
      outbox_.put(std::move(notice), time.now);
    outbox_.expire(time.now);
    if (commits == 0)
      return kill();
    commit();
    const auto due = outbox_.takeDue(ledger_, {"dev", "dev", "1"}, time.now);
    for (const auto& delivery : due)
      attempt(delivery);
    if (commits == 1)
      return kill();
    commit();
  }

  // Everything arrives from now on.
  void repair() { broken_ = false; }

  // Alerts that the receiver believes to fire.
  [[nodiscard]] const std::set<std::string>& believed() const { return believed_; }
  [[nodiscard]] std::size_t waiting() const { return outbox_.state().at("ops").entries; }
  [[nodiscard]] std::size_t lost() const { return outbox_.deadLetters().size(); }
  [[nodiscard]] const AlertMap& truth() const { return truth_; }

 private:
  void attempt(const Delivery& delivery) {
    engine::CallResult result;
    const int answer = broken_ ? draw_.number(0, 4) : 0;
    if (answer <= 1)
      receive(delivery);
    if (answer >= 1)  // 1: it arrived, but its answer did not
      result.errorClass = answer == 3 ? ErrorClass::RateLimited : ErrorClass::Transient;
    result.retryAfter = 7s;
    outbox_.record(delivery.notifier, delivery.number, result, ledger_, time.now);
  }

  void receive(const Delivery& delivery) {
    if (!ids_.insert(delivery.message.id).second)
      return;  // receivers know what they have by its id
    const auto entry = outboxEntry(delivery.number);
    for (const auto& alert : entry.notice.alerts) {
      const auto id = model::fingerprint(alert);
      if (alert.endsAt) {
        const bool again = std::any_of(
            entry.notice.alerts.begin(), entry.notice.alerts.end(),
            [&id](const auto& other) { return !other.endsAt && model::fingerprint(other) == id; });
        if (!again)
          believed_.erase(id);
      } else {
        believed_.insert(id);
      }
    }
  }

  OutboxEntry outboxEntry(std::int64_t number) {
    return entries_.at(number);  // it was stored before it was handed over
  }

  void commit() {
    for (const auto& [key, group] : router_.takeChanges()) {
      groups_.erase(key);
      if (!group.told.empty())
        groups_.emplace(key, group);
    }
    const auto changes = outbox_.takeChanges();
    for (const auto& [number, entry] : changes.entries) {
      entries_.erase(number);
      if (entry != nullptr)
        entries_.emplace(number, *entry);
    }
    keptAlerts_ = known_;
  }

  void kill() {
    known_ = keptAlerts_;
    router_ = Router(Routes({}, {"ops"}), {});
    std::vector<KeptGroup> groups;
    for (const auto& [key, group] : groups_)
      groups.push_back(group);
    router_.restore(groups, known_, time.now);
    outbox_ = Outbox({}, {"ops"}, "boot", newId_);
    std::vector<OutboxEntry> entries;
    for (const auto& [number, entry] : entries_)
      entries.push_back(entry);
    outbox_.restore(std::move(entries), {}, {}, time.now);
  }

  Draw& draw_;
  int idNumber_ = 0;
  std::function<std::string()> newId_ = [this] { return "id" + std::to_string(++idNumber_); };
  AlertMap truth_;
  AlertMap known_;
  std::vector<model::Alert> over_;
  Router router_{Routes({}, {"ops"}), {}};
  Outbox outbox_{{}, {"ops"}, "boot", newId_};
  retry::RetryManager ledger_{{}, [] { return 0.5; }};
  bool broken_ = true;
  std::set<std::string> ids_;
  std::set<std::string> believed_;
  // The store.
  AlertMap keptAlerts_;
  std::map<std::string, KeptGroup> groups_;
  std::map<std::int64_t, OutboxEntry> entries_;
};

void run(unsigned seed, bool endsWell) {
  Draw draw(seed);
  Agent agent(draw);
  const int services = draw.number(1, 6);
  for (int step = 0; step < 150; ++step) {
    if (draw.number(0, 2) == 0)
      agent.toggle("s" + std::to_string(draw.number(1, services)));
    const int commits = draw.number(0, 6);  // mostly no kill
    agent.round(commits);
    agent.time.pass(model::Milliseconds{draw.number(0, draw.number(0, 1) == 0 ? 5'000 : 300'000)});
  }
  agent.repair();
  if (endsWell)
    agent.calm();
  for (int step = 0; step < 120; ++step) {
    agent.round(2);
    agent.time.pass(1min);
  }
  ASSERT_EQ(agent.waiting(), 0U) << "seed " << seed;
  ASSERT_EQ(agent.lost(), 0U) << "seed " << seed;
  std::set<std::string> fires;
  for (const auto& [id, alert] : agent.truth())
    fires.insert(id);
  ASSERT_EQ(agent.believed(), fires) << "seed " << seed;
}

TEST(AlertProperties, WhatWasToldAsFiringIsToldAsOver) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    run(seed, true);
    if (::testing::Test::HasFatalFailure())
      return;
  }
}

TEST(AlertProperties, InTheEndTheReceiverKnowsWhatIsSo) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    run(seed, false);
    if (::testing::Test::HasFatalFailure())
      return;
  }
}

}  // namespace
}  // namespace holdfast::alerts
