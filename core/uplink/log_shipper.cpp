// SPDX-License-Identifier: Apache-2.0
#include "uplink/log_shipper.hpp"

#include "uplink/cloud_keys.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace holdfast::uplink {
namespace {

using engine::CallResult;
using model::BootTime;
using model::Now;
using sdk::ErrorClass;

std::optional<model::WallTime> lookedAt(const engine::Snapshot& snapshot,
                                        const std::string& runtime) {
  const auto found = std::find_if(snapshot.runtimes.begin(), snapshot.runtimes.end(),
                                  [&](const auto& status) { return status.name == runtime; });
  return found == snapshot.runtimes.end() ? std::nullopt : found->observedAt;
}

bool hasOutput(const engine::ServiceView& view) {
  return view.container && view.container->state == model::ContainerState::Running &&
         !view.status.stale;
}

}  // namespace

LogShipper::LogShipper(UplinkPort& uplink, LogSourcePort& source, const model::Clock& clock,
                       bool enabled, LogLimits limits)
    : uplink_(uplink), source_(source), clock_(clock), limits_(limits), enabled_(enabled) {}

void LogShipper::begin(retry::RetryManager& ledger, Post post) {
  ledger_ = &ledger;
  post_ = std::move(post);
  wantedSince_ = clock_.now().boot;
  queue_ = std::make_shared<LogQueue>(limits_, [post = post_] { post([] {}); });
}

void LogShipper::setEnabled(bool enabled) {
  post_([this, enabled] {
    if (enabled && !enabled_)
      wantedSince_ = clock_.now().boot;
    enabled_ = enabled;
    if (enabled)
      return;
    followed_.clear();
    turnedAway_.clear();
    queue_->clear();
    if (!underWay_)
      batch_.clear();
    ledger_->forget(kLogsKey);
  });
}

// What should be followed is followed, and nothing else.
void LogShipper::look(const std::shared_ptr<const engine::Snapshot>& snapshot) {
  if (!enabled_)
    return;
  std::set<std::string> present;
  for (const engine::ServiceView& view : snapshot->services) {
    if (!view.container)
      continue;
    present.insert(view.container->id);
    if (hasOutput(view))
      follow(view, lookedAt(*snapshot, view.status.runtime));
  }
  std::erase_if(followed_, [&](const auto& item) { return present.count(item.first) == 0; });
  std::erase_if(turnedAway_, [&](const auto& id) { return present.count(id) == 0; });
}

// What a container says first it says before anybody has seen that it runs. One that had to wait
// for a place is followed from then on only: nobody waits for all that it said until then.
//
// An end is no reason to begin at once again: the container may have ended, or its engine. The next
// look at the engine tells.
void LogShipper::follow(const engine::ServiceView& view, std::optional<model::WallTime> lookedAt) {
  const std::string id = view.container->id;
  const auto known = followed_.find(id);
  if (known == followed_.end() && followed_.size() >= kMaxFollowed) {
    turnedAway_.insert(id);
    return;
  }
  if (known != followed_.end() && (known->second.call || known->second.endedAfter == lookedAt))
    return;
  Followed& followed = followed_[id];
  if (known == followed_.end()) {
    const Now now = clock_.now();
    followed.since = turnedAway_.erase(id) > 0 ? now.wall : model::wallOf(wantedSince_, now);
  }
  const auto line = [queue = queue_, clock = &clock_, app = view.status.appId,
                     service = view.status.serviceName](LogSourcePort::Line one) {
    const Now now = clock->now();
    queue->put({.at = one.at.value_or(now.wall),
                .appId = app,
                .service = service,
                .text = std::move(one.text),
                .isStderr = one.isStderr},
               now.boot);
  };
  followed.call = source_.follow({view.status.runtime, id, followed.since}, line,
                                 [this, post = post_, id, lookedAt](const CallResult&) {
                                   post([this, id, lookedAt] { ended(id, lookedAt); });
                                 });
}

void LogShipper::ended(const std::string& containerId, std::optional<model::WallTime> lookedAt) {
  const auto known = followed_.find(containerId);
  if (known == followed_.end())
    return;
  known->second.call.reset();
  known->second.since = clock_.now().wall;
  known->second.endedAfter = lookedAt;
}

void LogShipper::tick() {
  const Now now = clock_.now();
  if (nextWake() <= now.boot)
    ship(now);
}

BootTime LogShipper::nextWake() const {
  if (underWay_ || uplink_.enrolment() != sdk::EnrolmentStep::None)
    return BootTime::max();
  const auto due = batch_.empty() ? queue_->due() : BootTime::min();
  if (!due)
    return BootTime::max();
  const retry::Entry* ladder = ledger_->find(kLogsKey);
  if (ladder == nullptr)
    return *due;
  return std::max(*due, ladder->due.value_or(BootTime::max()));
}

void LogShipper::ship(const Now& now) {
  if (batch_.empty())
    batch_ = queue_->take(now);
  underWay_ = true;
  uplink_.deliverLogs(batch_, [this, post = post_](CallResult result) {
    post([this, result = std::move(result)] { shipped(result); });
  });
}

void LogShipper::shipped(const CallResult& result) {
  const Now now = clock_.now();
  underWay_ = false;
  const bool refused =
      result.errorClass == ErrorClass::Rejected || result.errorClass == ErrorClass::Invalid;
  if (result.ok() || refused || !enabled_) {
    batch_.clear();
    ledger_->recordSuccess(kLogsKey);
    return;
  }
  ledger_->recordFailure(kLogsKey, failureOf(result, uplink_.facts()), now.boot, now);
}

}  // namespace holdfast::uplink
