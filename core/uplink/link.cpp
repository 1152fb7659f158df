// SPDX-License-Identifier: Apache-2.0
#include "uplink/link.hpp"

#include "model/status.hpp"
#include "uplink/cloud_keys.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace holdfast::uplink {
namespace {

using engine::CallResult;
using engine::Severity;
using model::BootTime;
using model::Milliseconds;
using model::Now;
using sdk::EnrolmentStep;
using sdk::ErrorClass;

constexpr std::string_view kSequence = "sequence";
// A record is written once for so many reports; a restart skips what is left of them.
constexpr std::int64_t kSequenceBlock = 1'000;

constexpr double kPollJitter = 0.1;
// A site whose power comes back does not ask as one.
constexpr Milliseconds kFirstCallsWithin{5'000};
// What services look like before the engines were looked at is not worth a report.
constexpr Milliseconds kFirstLook{10'000};
// More than any clock is off its rate by from one round of the thread to the next.
constexpr Milliseconds kClockStep{2'000};

Milliseconds part(Milliseconds whole, double share) {
  return Milliseconds{static_cast<Milliseconds::rep>(static_cast<double>(whole.count()) * share)};
}

// The content is at fault, not the way: sent again as it is it would fail again.
bool refusesContent(ErrorClass errorClass) {
  return errorClass == ErrorClass::Rejected || errorClass == ErrorClass::Invalid;
}

}  // namespace

Link::Link(LinkSettings settings, LinkPorts ports)
    : settings_(std::move(settings)), ports_(std::move(ports)), intake_(settings_.agentVersion) {
  view_.uplink = ports_.uplink.name();
}

void Link::begin(retry::RetryManager& ledger, Post post) {
  ledger_ = &ledger;
  post_ = std::move(post);
  restore();
  began_ = ports_.clock.now().boot;
  poll_.earliest = began_ + part(kFirstCallsWithin, ports_.random());
  report_.earliest = began_ + part(kFirstCallsWithin, ports_.random());
  heartbeat_ = report_.earliest;
}

void Link::restore() {
  const std::vector<Record> records = ports_.store.loadUplink();
  for (const std::string& key : transitions_.restore(records))
    log(Severity::Error, "what was kept of " + key + " cannot be read and is dropped");
  if (!intake_.restore(records, ports_.store.targetOfCloud()))
    log(Severity::Error, "what was kept of a refused target cannot be read and is dropped");
  for (const Record& record : records) {
    if (record.key == kSequence && record.body) {
      const std::string& body = *record.body;
      std::from_chars(body.data(), body.data() + body.size(), reserved_);
    }
  }
  sequence_ = reserved_;
}

void Link::look(std::shared_ptr<const engine::Snapshot> snapshot) {
  transitions_.look(*snapshot);
  takeSettings(*snapshot);
  snapshot_ = std::move(snapshot);
  stale_ = true;
  dirty_ = true;
}

void Link::takeSettings(const engine::Snapshot& snapshot) {
  const std::int64_t revision = snapshot.storedTarget ? snapshot.storedTarget->revision : 0;
  if (revision == settingsOf_ || !snapshot.target)
    return;
  settingsOf_ = revision;
  const ReadSettings read = readCloudSettings(snapshot.target->configJson);
  for (const std::string& note : read.notes)
    log(Severity::Warning, note);
  if (read.settings.reconcileInterval != cloud_.reconcileInterval)
    ports_.overrideResync(read.settings.reconcileInterval);
  cloud_ = read.settings;
  hasten(ports_.clock.now());
}

Milliseconds Link::pollInterval() const {
  return cloud_.pollInterval.value_or(settings_.pollInterval);
}

Milliseconds Link::heartbeatInterval() const {
  return cloud_.heartbeatInterval.value_or(settings_.heartbeatInterval);
}

// Intervals count at once: what waits already waits no longer than they say now.
void Link::hasten(const Now& now) {
  poll_.earliest = std::min(poll_.earliest, now.boot + jittered(pollInterval()));
  heartbeat_ = std::min(heartbeat_, now.boot + heartbeatInterval());
}

Milliseconds Link::jittered(Milliseconds interval) const {
  return part(interval, 1.0 - kPollJitter + 2.0 * kPollJitter * ports_.random());
}

void Link::tick() {
  const Now now = ports_.clock.now();
  noticeClockStep(now);
  if (!dirty_ && nextWake() > now.boot)
    return;
  dirty_ = false;
  // Without the engine's word nobody knows whose device this is.
  if (!snapshot_)
    return;
  enrolment_ = ports_.uplink.enrolment();
  if (enrolment_ != EnrolmentStep::None) {
    commit();
    enrol(now);
  } else {
    ledger_->forget(kRegisterKey);
    ledger_->forget(kExchangeKey);
    std::optional<BuiltReport> report;
    if (reportDue(now))
      report = buildReport(now);
    // What a report tells is on disk before it is told.
    commit();
    if (pollDue(now))
      poll(now);
    if (report)
      send(std::move(*report), now);
  }
  publish(now);
}

BootTime Link::nextWake() const {
  const BootTime now = ports_.clock.now().boot;
  if (dirty_)
    return now;
  if (!snapshot_)
    return BootTime::max();
  if (enrolment_ != EnrolmentStep::None)
    return enrol_.underWay ? BootTime::max() : ladderOf(keyOf(enrolment_));
  BootTime wake = BootTime::max();
  if (!poll_.underWay && !submitting_)
    wake = std::min(wake, std::max(poll_.earliest, ladderOf(kPollKey)));
  if (!report_.underWay)
    wake = std::min(wake, std::max(nextReport(), ladderOf(kReportKey)));
  return wake;
}

// Certificates that were not valid yet may be now, and the other way round. What failed for another
// cause waits on: the wall clock decides nothing else. After a random part of the delay, since the
// clocks of a whole site are set in the same second.
void Link::noticeClockStep(const Now& now) {
  const Milliseconds offset = now.wall.time_since_epoch() - now.boot.time_since_epoch();
  const auto before = std::exchange(clockOffset_, offset);
  if (!before || std::chrono::abs(offset - *before) <= kClockStep)
    return;
  for (const auto* key : {&kRegisterKey, &kExchangeKey, &kPollKey, &kReportKey, &kLogsKey}) {
    const retry::Entry* entry = ledger_->find(*key);
    if (entry != nullptr && entry->latest.reason == kClockReason) {
      ledger_->hasten(*key, now);
      dirty_ = true;
    }
  }
}

// When the ledger lets the key be tried: at any time, at an instant, or not by itself.
BootTime Link::ladderOf(const std::string& key) const {
  const retry::Entry* entry = ledger_->find(key);
  if (entry == nullptr)
    return BootTime::min();
  return entry->due.value_or(BootTime::max());
}

void Link::begin(Calls& calls, const Now& now) {
  calls.underWay = true;
  calls.began = now.boot;
  calls.view.lastTried = now.wall;
}

void Link::finish(Calls& calls, const std::string& key, const CallResult& result) {
  const Now now = ports_.clock.now();
  dirty_ = true;
  calls.underWay = false;
  calls.view.latency = now.boot - calls.began;
  if (!result.ok())
    return fail(calls, key, result, now);
  calls.view.lastOk = now.wall;
  calls.view.error.clear();
  calls.view.errorClass.clear();
  if (ledger_->recordSuccess(key))
    recovered(calls, now);
}

void Link::fail(Calls& calls, const std::string& key, const CallResult& result, const Now& now) {
  if (calls.view.error != result.message)
    log(Severity::Warning, std::string(calls.what) + " failed: " + result.message);
  calls.view.error = result.message;
  calls.view.errorClass = model::errorClassWord(result.errorClass);
  if (&calls == &report_ && refusesContent(result.errorClass)) {
    ledger_->recordSuccess(key);  // the way there is free
    return;
  }
  ledger_->recordFailure(key, failureOf(result, ports_.uplink.facts()), now.boot, now);
}

// The cloud is there again: what waits for a connection only need not wait. That is no stampede,
// since the call that found out had its own random delay.
void Link::recovered(const Calls& calls, const Now& now) {
  log(Severity::Information, std::string(calls.what) + " works again");
  for (const auto* key : {&kPollKey, &kReportKey, &kLogsKey}) {
    const retry::Entry* entry = ledger_->find(*key);
    if (entry != nullptr && wantsConnection(entry->latest.errorClass))
      ledger_->force(*key, now);
  }
}

std::string Link::keyOf(EnrolmentStep step) {
  return step == EnrolmentStep::ExchangeKey ? kExchangeKey : kRegisterKey;
}

void Link::enrol(const Now& now) {
  if (enrol_.underWay || !ledger_->due(keyOf(enrolment_), now.boot))
    return;
  begin(enrol_, now);
  const DeviceFigures figures = ports_.figures(now);
  ports_.uplink.enrol({.uuid = snapshot_->owner,
                       .name = settings_.deviceName,
                       .macAddress = figures.macAddress,
                       .osVersion = figures.osVersion,
                       .architecture = figures.architecture,
                       .agentVersion = settings_.agentVersion},
                      [this, post = post_, step = enrolment_](CallResult result) {
                        post([this, step, result = std::move(result)] { enrolled(step, result); });
                      });
}

void Link::enrolled(EnrolmentStep step, CallResult result) {
  if (result.ok() && ports_.uplink.enrolment() == step) {
    result.errorClass = ErrorClass::Internal;
    result.message = "the plugin says that it enrolled the device, and that it still has to";
  }
  finish(enrol_, keyOf(step), result);
}

bool Link::pollDue(const Now& now) const {
  return !poll_.underWay && !submitting_ && now.boot >= poll_.earliest &&
         ledger_->due(kPollKey, now.boot);
}

void Link::poll(const Now& now) {
  begin(poll_, now);
  ports_.uplink.fetchTarget(
      intake_.etag(snapshot_->target != nullptr),
      [this, post = post_](CallResult result, std::optional<FetchedTarget> fetched) {
        post([this, result = std::move(result), fetched = std::move(fetched)] {
          polled(result, fetched);
        });
      });
}

void Link::polled(const CallResult& result, const std::optional<FetchedTarget>& fetched) {
  finish(poll_, kPollKey, result);
  if (!result.ok())
    return;
  poll_.earliest = ports_.clock.now().boot + jittered(pollInterval());
  if (fetched)
    take(*fetched);
}

void Link::take(const FetchedTarget& fetched) {
  const bool wasRejected = intake_.rejected().has_value();
  const auto verdict = intake_.judge(fetched, *snapshot_);
  stale_ = stale_ || wasRejected;
  if (verdict != TargetIntake::Verdict::Submit)
    return;
  submitting_ = true;
  ports_.submit({.text = fetched.document,
                 .strictness = model::Strictness::Lenient,
                 .source = engine::TargetSource::Cloud,
                 .sourceDetail = settings_.source,
                 .etag = fetched.etag},
                [this, fetched](const engine::CommandResult& result) { taken(fetched, result); });
}

void Link::taken(const FetchedTarget& fetched, const engine::CommandResult& result) {
  submitting_ = false;
  stale_ = true;
  dirty_ = true;
  intake_.settle(fetched, result, ports_.clock.now());
}

bool Link::lookedOnce(BootTime now) const {
  const auto& runtimes = snapshot_->runtimes;
  return now >= began_ + kFirstLook ||
         std::all_of(runtimes.begin(), runtimes.end(), [](const auto& runtime) {
           return runtime.observedAt || !runtime.problem.empty();
         });
}

bool Link::reportDue(const Now& now) {
  if (report_.underWay || now.boot < report_.earliest || !lookedOnce(now.boot) ||
      !ledger_->due(kReportKey, now.boot))
    return false;
  if (std::exchange(stale_, false))
    current_ = reportFingerprint(*snapshot_, intake_.rejected(), transitions_.lastSeq());
  return current_ != reported_ || now.boot >= heartbeat_;
}

BootTime Link::nextReport() const {
  const bool news = stale_ || current_ != reported_;
  const BootTime next = std::max(report_.earliest, news ? report_.earliest : heartbeat_);
  return lookedOnce(ports_.clock.now().boot) ? next : std::max(next, began_ + kFirstLook);
}

Link::BuiltReport Link::buildReport(const Now& now) {
  if (++sequence_ > reserved_) {
    reserved_ = sequence_ + kSequenceBlock - 1;
    unsaved_.push_back({std::string(kSequence), std::to_string(reserved_)});
  }
  return {.sequence = sequence_,
          .content = uplink::buildReport({.sequence = sequence_,
                                          .now = now,
                                          .deviceName = settings_.deviceName,
                                          .agentVersion = settings_.agentVersion,
                                          .snapshot = *snapshot_,
                                          .figures = ports_.figures(now),
                                          .rejected = intake_.rejected(),
                                          .transitions = transitions_.waiting(),
                                          .dropped = transitions_.dropped()}),
          .fingerprint = current_,
          .lastSeq = transitions_.lastSeq()};
}

void Link::send(BuiltReport report, const Now& now) {
  begin(report_, now);
  report_.earliest = now.boot + settings_.reportGap;
  std::string content = std::move(report.content);
  ports_.uplink.deliverReport(
      report.sequence, std::move(content),
      [this, post = post_, report = std::move(report)](CallResult result) {
        post([this, report, result = std::move(result)] { reported(report, result); });
      });
}

void Link::reported(const BuiltReport& report, const CallResult& result) {
  finish(report_, kReportKey, result);
  if (!result.ok() && !refusesContent(result.errorClass))
    return;
  reported_ = report.fingerprint;
  heartbeat_ = report_.began + heartbeatInterval();
  if (result.ok())
    transitions_.delivered(report.lastSeq);
}

void Link::commit() {
  std::vector<Record> records = std::exchange(unsaved_, {});
  for (auto& changes : {transitions_.takeChanges(), intake_.takeChanges()})
    records.insert(records.end(), changes.begin(), changes.end());
  if (!records.empty())
    ports_.store.commitUplink(records);
}

void Link::publish(const Now& now) {
  LinkView view;
  view.uplink = ports_.uplink.name();
  view.enrolment = enrolment_;
  const bool enrolled = enrolment_ == EnrolmentStep::None;
  view.enrol = show(enrol_, keyOf(enrolment_), enrolled ? BootTime::max() : now.boot, now);
  view.poll = show(poll_, kPollKey, enrolled ? poll_.earliest : BootTime::max(), now);
  view.report = show(report_, kReportKey, enrolled ? nextReport() : BootTime::max(), now);
  view.waitingTransitions = transitions_.waiting().size();
  view.droppedTransitions = transitions_.dropped();
  view.wanted = intake_.wanted();
  view.rejected = intake_.rejected();
  const std::lock_guard lock(viewMutex_);
  view_ = std::move(view);
}

CallView Link::show(const Calls& calls, const std::string& key, BootTime earliest,
                    const Now& now) const {
  CallView view = calls.view;
  view.underWay = calls.underWay;
  if (const retry::Entry* entry = ledger_->find(key))
    view.failures = entry->retryCount;
  const BootTime next = std::max(earliest, ladderOf(key));
  if (!calls.underWay && next != BootTime::max())
    view.next = model::wallOf(std::max(next, now.boot), now);
  return view;
}

LinkView Link::view() const {
  LinkView view;
  {
    const std::lock_guard lock(viewMutex_);
    view = view_;
  }
  view.facts = ports_.uplink.facts();
  return view;
}

void Link::reconfigure(LinkSettings settings) {
  post_([this, settings = std::move(settings)]() mutable {
    settings_ = std::move(settings);
    hasten(ports_.clock.now());
    dirty_ = true;
  });
}

void Link::log(Severity severity, const std::string& text) const {
  if (ports_.log)
    ports_.log(severity, ports_.uplink.name() + ": " + text);
}

}  // namespace holdfast::uplink
