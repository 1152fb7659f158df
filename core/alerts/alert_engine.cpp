// SPDX-License-Identifier: Apache-2.0
#include "alerts/alert_engine.hpp"

#include "alerts/records.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace holdfast::alerts {
namespace {

using engine::Severity;
using model::Alert;
using model::AlertState;
using model::BootTime;
using model::Now;
using Kind = Record::Kind;

int failingOf(const engine::Snapshot& snapshot) {
  return static_cast<int>(
      std::count_if(snapshot.services.begin(), snapshot.services.end(), [](const auto& view) {
        return view.status.serviceStatus == model::ServiceStatusWord::Error;
      }));
}

std::int64_t numberOf(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

template <class Value>
void collect(std::vector<Value>& values, std::optional<Value> value, bool& good) {
  good = value.has_value();
  if (value)
    values.push_back(std::move(*value));
}

// Keys of Kind::Summary: this one, and those of services and alerts.
constexpr const char* kPeriodKey = "period";

// The alert that stands for the summary where routes and silences ask for one.
Alert summaryAlert() {
  Alert alert;
  alert.type = model::AlertType::DailySummary;
  alert.facts.severity = sdk::Severity::Info;
  return alert;
}

bool rowBefore(const AlertView::Row& left, const AlertView::Row& right) {
  const bool fires = left.alert.state == AlertState::Firing;
  if (fires != (right.alert.state == AlertState::Firing))
    return fires;
  if (left.alert.facts.severity != right.alert.facts.severity)
    return left.alert.facts.severity > right.alert.facts.severity;
  return left.alert.startsAt < right.alert.startsAt;
}

}  // namespace

AlertEngine::AlertEngine(AlertSettings settings, const std::vector<NotifierPort*>& notifiers,
                         AlertStorePort& store, const model::Clock& clock,
                         std::function<std::uint64_t()> random, Log log)
    : settings_(std::move(settings)),
      store_(store),
      clock_(clock),
      random_(std::move(random)),
      log_(std::move(log)),
      router_(Routes(settings_.routes, settings_.receivers), {}),
      silences_(settings_.bootId),
      summary_(settings_.summary),
      outbox_(settings_.outbox, settings_.receivers, settings_.bootId, [this] { return newId(); }) {
  for (NotifierPort* notifier : notifiers)
    notifiers_.emplace(notifier->name(), notifier);
  for (const std::string& receiver : settings_.receivers) {
    if (notifiers_.count(receiver) == 0)
      outbox_.leaveUnattended(receiver);
  }
  router_.setForgetful(forgetful());
}

Router::Forgetful AlertEngine::forgetful() const {
  Router::Forgetful forgetful;
  for (const auto& [name, port] : notifiers_) {
    if (const auto interval = port->resendInterval(); interval > model::Milliseconds{0})
      forgetful.emplace(name, interval);
  }
  return forgetful;
}

// 128 bits that nobody else has drawn.
std::string AlertEngine::newId() {
  const std::string bits = std::to_string(random_()) + "\xFF" + std::to_string(random_());
  return "msg-" + model::fnv1a64(bits) + model::fnv1a64("\xFF" + bits);
}

void AlertEngine::begin(retry::RetryManager& ledger, Post post) {
  ledger_ = &ledger;
  post_ = std::move(post);
  load(clock_.now());
}

void AlertEngine::load(const Now& now) {
  std::vector<KeptAlert> alerts;
  std::vector<KeptGroup> groups;
  std::vector<Silence> silences;
  std::vector<OutboxEntry> entries;
  std::vector<DeadLetter> dead;
  std::map<std::string, std::int64_t> dropped;
  std::optional<KeptPeriod> period;
  std::vector<Trouble> troubles;
  for (const Record& record : store_.loadAlerting()) {
    bool good = true;
    const std::string body = record.body.value_or("");
    switch (record.kind) {
      case Kind::Alert:
        collect(alerts, keptAlertOf(body), good);
        break;
      case Kind::Group:
        collect(groups, keptGroupOf(body), good);
        break;
      case Kind::Silence:
        collect(silences, silenceOf(body), good);
        break;
      case Kind::Outbox:
        collect(entries, outboxEntryOf(body), good);
        break;
      case Kind::DeadLetter:
        collect(dead, deadLetterOf(body), good);
        break;
      case Kind::Dropped:
        dropped.emplace(record.key, numberOf(body));
        break;
      case Kind::Summary:
        if (record.key == kPeriodKey) {
          period = keptPeriodOf(body);
          good = period.has_value();
        } else {
          collect(troubles, troubleOf(body), good);
        }
        break;
    }
    if (!good) {
      log_(Severity::Error, "what was kept of an alert or notification (" + record.key +
                                ") cannot be read and is dropped");
      unsaved_.push_back({record.kind, record.key, std::nullopt});
    }
  }
  tracker_.restore(std::move(alerts));
  router_.restore(groups, tracker_.alerts(), now);
  for (const Silence& silence : silences_.restore(std::move(silences), now))
    unsaved_.push_back({Kind::Silence, silence.id, toText(silence)});
  summary_.restore(period, std::move(troubles), now);
  outbox_.restore(std::move(entries), std::move(dead), dropped, now);
}

void AlertEngine::look(std::shared_ptr<const engine::Snapshot> snapshot) {
  snapshot_ = std::move(snapshot);
  dirty_ = true;
}

Situation AlertEngine::situation(const Now& now) const {
  Situation situation;
  situation.snapshot = snapshot_.get();
  situation.plugins = pluginFaults_;
  for (const auto& [name, port] : notifiers_) {
    NotifierStanding standing{.name = name, .ladder = {}, .switchedOff = outbox_.switchedOff(name)};
    if (const auto* entry = ledger_->find("notify:" + name))
      standing.ladder = *entry;
    situation.notifiers.push_back(std::move(standing));
  }
  situation.crashCap = ledger_->policies().crash.max;
  situation.now = now;
  return situation;
}

// Before the engine's first word nothing is known: nothing is judged, and nothing handed over,
// since a notification says which device it is from.
void AlertEngine::tick() {
  const Now now = clock_.now();
  if (!dirty_ && nextWake() > now.boot)
    return;
  dirty_ = false;
  const std::vector<std::string> ended = silences_.expire(now.boot);
  if (snapshot_)
    assessAll(now);
  send(now);
  std::vector<Delivery> deliveries;
  if (snapshot_)
    deliveries = outbox_.takeDue(*ledger_, sender(), now);
  commit(ended);
  publish();
  handOver(std::move(deliveries));
}

void AlertEngine::assessAll(const Now& now) {
  const Assessment assessment = assess(situation(now), exits_);
  const std::vector<Alert> over = tracker_.apply(assessment, now);
  const AlertMap alerts = tracker_.alerts();
  std::set<std::string> muted = tracker_.inhibited();
  for (const auto& [id, alert] : alerts) {
    if (silences_.silenced(alert))
      muted.insert(id);
  }
  router_.update(alerts, over, muted, now);
  summary_.look(*snapshot_, alerts, assessment.unknownServices, now);
}

void AlertEngine::send(const Now& now) {
  std::vector<Notice> notices;
  if (snapshot_)
    notices = router_.takeDue(now);
  for (Notice& notice : notices)
    put(std::move(notice), now);
  if (snapshot_)
    sendSummary(now);
  outbox_.expire(now);
}

void AlertEngine::sendSummary(const Now& now) {
  const Alert alert = summaryAlert();
  const auto report = summary_.takeDue(silences_.silenced(alert), now);
  if (!report)
    return;
  for (const Destination& to : router_.destinations(alert))
    put(noticeOf(*report, to.notifier), now);
}

void AlertEngine::put(Notice notice, const Now& now) {
  notice.services = static_cast<int>(snapshot_->services.size());
  notice.failing = failingOf(*snapshot_);
  outbox_.put(std::move(notice), now);
}

// Everything that a notification rests on is on disk before it is handed over.
void AlertEngine::commit(const std::vector<std::string>& endedSilences) {
  std::vector<Record> records = std::exchange(unsaved_, {});
  const auto alerts = tracker_.takeChanges();
  for (const auto& [id, kept] : alerts.changed)
    records.push_back({Kind::Alert, id, toText(kept)});
  for (const std::string& id : alerts.gone)
    records.push_back({Kind::Alert, id, std::nullopt});
  for (const auto& [key, group] : router_.takeChanges()) {
    records.push_back(
        {Kind::Group, key, group.told.empty() ? std::nullopt : std::optional(toText(group))});
  }
  for (const std::string& id : endedSilences)
    records.push_back({Kind::Silence, id, std::nullopt});
  const auto outbox = outbox_.takeChanges();
  for (const auto& [number, entry] : outbox.entries) {
    records.push_back({Kind::Outbox, std::to_string(number),
                       entry == nullptr ? std::nullopt : std::optional(toText(*entry))});
  }
  for (const auto& [number, letter] : outbox.deadLetters) {
    records.push_back({Kind::DeadLetter, std::to_string(number),
                       letter == nullptr ? std::nullopt : std::optional(toText(*letter))});
  }
  for (const auto& [name, count] : outbox.dropped) {
    records.push_back(
        {Kind::Dropped, name, count == 0 ? std::nullopt : std::optional(std::to_string(count))});
  }
  commitSummary(records);
  if (!records.empty())
    store_.commitAlerting(records);
}

// In one transaction with the notification: a period that ended was told, or is still counted.
void AlertEngine::commitSummary(std::vector<Record>& records) {
  const auto changes = summary_.takeChanges();
  if (changes.periodChanged) {
    records.push_back({Kind::Summary, kPeriodKey,
                       changes.period ? std::optional(toText(*changes.period)) : std::nullopt});
  }
  for (const auto& [key, trouble] : changes.troubles) {
    records.push_back(
        {Kind::Summary, key, trouble == nullptr ? std::nullopt : std::optional(toText(*trouble))});
  }
}

void AlertEngine::handOver(std::vector<Delivery> deliveries) {
  for (Delivery& delivery : deliveries) {
    const auto answer = [this, post = post_, name = delivery.notifier,
                         number = delivery.number](engine::CallResult result) {
      post([this, name, number, result = std::move(result)] {
        if (!result.ok()) {
          log_(Severity::Warning, "notifier " + name + ": " + result.message);
        }
        outbox_.record(name, number, result, *ledger_, clock_.now());
        dirty_ = true;
      });
    };
    notifiers_.at(delivery.notifier)
        ->deliver(std::move(delivery.message), delivery.attempt, answer);
  }
}

BootTime AlertEngine::nextWake() const {
  const Now clocks = clock_.now();
  const BootTime now = clocks.boot;
  if (dirty_)
    return now;
  BootTime wake = BootTime::max();
  const auto consider = [&wake](std::optional<BootTime> at) {
    if (at)
      wake = std::min(wake, *at);
  };
  consider(silences_.nextWake());
  consider(outbox_.nextExpiry());
  if (!snapshot_)
    return wake;
  consider(tracker_.nextWake());
  consider(router_.nextWake(now));
  consider(summary_.nextWake(clocks));
  consider(outbox_.nextAttempt(*ledger_));
  return wake;
}

Sender AlertEngine::sender() const {
  return {.deviceId = snapshot_->deviceId(),
          .deviceName = settings_.deviceName,
          .agentVersion = settings_.agentVersion};
}

void AlertEngine::publish() {
  auto view = std::make_shared<AlertView>();
  const auto inhibited = tracker_.inhibited();
  for (const auto& [id, alert] : tracker_.alerts()) {
    view->alerts.push_back({.alert = alert,
                            .silenced = silences_.silenced(alert),
                            .inhibited = inhibited.count(id) > 0,
                            .flapping = router_.flapping(id)});
  }
  std::stable_sort(view->alerts.begin(), view->alerts.end(), rowBefore);
  for (const auto& [id, silence] : silences_.all())
    view->silences.push_back(silence);
  view->queues = outbox_.state();
  for (const auto& [number, letter] : outbox_.deadLetters())
    view->deadLetters.push_back(letter);
  view->nextSummary = summary_.next(clock_.now());
  const std::lock_guard lock(viewMutex_);
  view_ = std::move(view);
}

std::shared_ptr<const AlertView> AlertEngine::view() const {
  const std::lock_guard lock(viewMutex_);
  return view_;
}

void AlertEngine::reconfigure(AlertSettings settings) {
  post_([this, settings = std::move(settings)]() mutable {
    settings.receivers = std::move(settings_.receivers);
    settings_ = std::move(settings);
    router_.reconfigure(Routes(settings_.routes, settings_.receivers));
    outbox_.setLimits(settings_.outbox);
    summary_.reconfigure(settings_.summary);
    outbox_.switchOn();
    rearmGivenUp();
    dirty_ = true;
  });
}

void AlertEngine::force(const std::string& notifier) {
  static_cast<void>(ledger_->force("notify:" + notifier, clock_.now()));
}

// What was given up may be in order under another configuration.
void AlertEngine::rearmGivenUp() {
  for (const auto& [name, port] : notifiers_) {
    const auto* entry = ledger_->find("notify:" + name);
    if (entry != nullptr && entry->exhausted)
      force(name);
  }
}

void AlertEngine::retryNow(const std::string& notifier) {
  post_([this, notifier] {
    for (const auto& [name, port] : notifiers_) {
      if (notifier.empty() || name == notifier)
        force(name);
    }
    dirty_ = true;
  });
}

void AlertEngine::credentialsChanged(const std::string& notifier) {
  post_([this, notifier] {
    if (ledger_->credentialsChanged(clock_.now(), "notify:" + notifier) > 0)
      dirty_ = true;
  });
}

void AlertEngine::setPluginFaults(std::vector<PluginFault> faults) {
  if (!post_) {
    pluginFaults_ = std::move(faults);
    return;
  }
  post_([this, faults = std::move(faults)]() mutable {
    pluginFaults_ = std::move(faults);
    router_.setForgetful(forgetful());  // only a plugin that has come in can say it
    dirty_ = true;
  });
}

// A command is stored and shown before it is answered: who asks next sees it.
template <class Result>
std::future<Result> AlertEngine::ask(std::function<Result()> work) {
  auto promise = std::make_shared<std::promise<Result>>();
  auto future = promise->get_future();
  post_([this, work = std::move(work), promise] {
    Result result = work();
    dirty_ = true;
    tick();
    promise->set_value(std::move(result));
  });
  return future;
}

std::future<SilenceAnswer> AlertEngine::silence(SilenceRequest request) {
  return ask<SilenceAnswer>([this, request = std::move(request)] { return addSilence(request); });
}

SilenceAnswer AlertEngine::addSilence(const SilenceRequest& request) {
  auto parsed = model::AlertMatcher::parse(request.match);
  if (!parsed.problem.empty())
    return {.silence = {}, .problem = parsed.problem};
  if (request.length <= model::Milliseconds{0} || request.length > kLongestSilence) {
    return {.silence = {},
            .problem = "a silence lasts at most " + model::formatDuration(kLongestSilence)};
  }
  auto silence = silences_.add(std::move(parsed.matcher), request.length, request.comment,
                               random_(), clock_.now());
  if (!silence) {
    return {.silence = {},
            .problem = "there are " + std::to_string(kMaxSilences) +
                       " silences already; take one back first"};
  }
  unsaved_.push_back({Kind::Silence, silence->id, toText(*silence)});
  return {.silence = std::move(silence), .problem = {}};
}

std::future<bool> AlertEngine::unsilence(std::string id) {
  return ask<bool>([this, id = std::move(id)] {
    const bool there = silences_.remove(id);
    if (there)
      unsaved_.push_back({Kind::Silence, id, std::nullopt});
    return there;
  });
}

std::future<std::string> AlertEngine::replay(std::int64_t deadLetter) {
  return ask<std::string>([this, deadLetter] {
    const auto& letters = outbox_.deadLetters();
    const auto found = letters.find(deadLetter);
    const std::string notifier = found == letters.end() ? "" : found->second.entry.notice.notifier;
    std::string problem = outbox_.replay(deadLetter, clock_.now());
    if (problem.empty())
      force(notifier);
    return problem;
  });
}

}  // namespace holdfast::alerts
