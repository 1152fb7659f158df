// SPDX-License-Identifier: Apache-2.0
#include "uplink/transitions.hpp"

#include "uplink/records.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace holdfast::uplink {
namespace {

using model::ServiceStatusWord;

constexpr std::string_view kCounts = "transitions";
constexpr std::string_view kWaiting = "transition/";
constexpr std::string_view kKnown = "error/";

std::string waitingKey(std::int64_t seq) {
  return std::string(kWaiting) + std::to_string(seq);
}

std::string knownKey(const std::string& service) {
  return std::string(kKnown) + service;
}

// About what it takes in a report.
std::size_t sizeOf(const Transition& transition) {
  const ServiceError& error = transition.error;
  return 200 + error.appId.size() + error.appName.size() + error.serviceId.size() +
         error.serviceName.size() + error.imageName.size() + error.type.size() +
         error.message.size();
}

// ErrImagePull turns into ImagePullBackOff with every failure: one ladder, one error.
std::string_view ladderOf(const std::string& type) {
  return type == "ErrImagePull" ? std::string_view("ImagePullBackOff") : std::string_view(type);
}

// Without long numbers: ports, process ids and sizes differ each time and are no other cause.
std::string gist(const std::string& message) {
  constexpr std::size_t kShort = 3;  // exit codes, HTTP statuses
  const auto isDigit = [](unsigned char c) { return std::isdigit(c) != 0; };
  std::string gist;
  for (auto at = message.begin(); at != message.end();) {
    const auto end = std::find_if_not(at, message.end(), isDigit);
    if (end == at) {
      gist += *at++;
      continue;
    }
    if (static_cast<std::size_t>(end - at) <= kShort)
      gist.append(at, end);
    at = end;
  }
  return gist;
}

bool sameCause(const ServiceError& left, const ServiceError& right) {
  return ladderOf(left.type) == ladderOf(right.type) && left.errorClass == right.errorClass &&
         left.imageName == right.imageName && gist(left.message) == gist(right.message);
}

ServiceError errorOf(const model::ServiceStatus& status) {
  return {.appId = status.appId,
          .appName = status.appName,
          .serviceId = status.serviceId,
          .serviceName = status.serviceName,
          .imageName = status.imageName,
          .type = status.error->type,
          .errorClass = status.error->errorClass,
          .message = status.error->message,
          .retryCount = status.error->retryCount};
}

// Running is not enough: a service that crashes runs in between, too.
bool isOver(const engine::ServiceView& view) {
  const model::ServiceStatus& status = view.status;
  if (status.error || status.stale)
    return false;
  return status.serviceStatus == ServiceStatusWord::Stopped ||
         (status.serviceStatus == ServiceStatusWord::Running && view.ledger.empty());
}

}  // namespace

std::vector<std::string> Transitions::restore(const std::vector<Record>& records) {
  for (const Record& record : records) {
    const std::string body = record.body.value_or("");
    bool good = true;
    if (record.key.starts_with(kWaiting)) {
      auto transition = transitionOf(body);
      good = transition.has_value();
      if (transition)
        waiting_.push_back(std::move(*transition));
    } else if (record.key.starts_with(kKnown)) {
      auto error = serviceErrorOf(body);
      good = error.has_value();
      if (error)
        known_.emplace(record.key.substr(kKnown.size()), std::move(*error));
    } else if (record.key == kCounts) {
      const auto counts = transitionCountsOf(body);
      good = counts.has_value();
      if (counts) {
        lastSeq_ = counts->lastSeq;
        deliveredSeq_ = counts->deliveredSeq;
      }
    }
    if (!good)
      unreadable_.push_back(record.key);
  }
  std::sort(waiting_.begin(), waiting_.end(),
            [](const auto& left, const auto& right) { return left.seq < right.seq; });
  for (const Transition& transition : waiting_)
    bytes_ += sizeOf(transition);
  if (!waiting_.empty() && lastSeq_ < waiting_.back().seq) {
    lastSeq_ = waiting_.back().seq;
    deliveredSeq_ = std::max(deliveredSeq_, waiting_.front().seq - 1);
  }
  return unreadable_;
}

// Before a target is known nothing can be said of services: they are not gone, only not known yet.
void Transitions::look(const engine::Snapshot& snapshot) {
  if (!snapshot.target)
    return;
  std::set<std::string> present;
  for (const engine::ServiceView& view : snapshot.services) {
    present.insert(view.key);
    lookAt(view, snapshot.at);
  }
  for (auto known = known_.begin(); known != known_.end();) {
    if (present.count(known->first) > 0) {
      ++known;
      continue;
    }
    touchedServices_.insert(known->first);
    add(true, std::move(known->second), snapshot.at.wall);
    known = known_.erase(known);
  }
}

void Transitions::lookAt(const engine::ServiceView& view, const model::Now& now) {
  const auto known = known_.find(view.key);
  if (view.status.serviceStatus == ServiceStatusWord::Error && view.status.error) {
    ServiceError error = errorOf(view.status);
    if (known != known_.end() && sameCause(known->second, error))
      return;
    known_.insert_or_assign(view.key, error);
    touchedServices_.insert(view.key);
    add(false, std::move(error), view.status.error->timestamp);
  } else if (known != known_.end() && isOver(view)) {
    touchedServices_.insert(view.key);
    add(true, std::move(known->second), now.wall);
    known_.erase(known);
  }
}

void Transitions::add(bool resolved, ServiceError error, model::WallTime at) {
  waiting_.push_back(
      {.seq = ++lastSeq_, .at = at, .resolved = resolved, .error = std::move(error)});
  bytes_ += sizeOf(waiting_.back());
  touchedSeqs_.insert(lastSeq_);
  touchedCounts_ = true;
  while (waiting_.size() > limits_.entries || (bytes_ > limits_.bytes && waiting_.size() > 1))
    removeFirst();
}

void Transitions::removeFirst() {
  bytes_ -= sizeOf(waiting_.front());
  touchedSeqs_.insert(waiting_.front().seq);
  waiting_.pop_front();
}

// Each has the number after the one before: those that are missing were dropped.
std::int64_t Transitions::dropped() const {
  return (waiting_.empty() ? lastSeq_ : waiting_.front().seq - 1) - deliveredSeq_;
}

void Transitions::delivered(std::int64_t seq) {
  while (!waiting_.empty() && waiting_.front().seq <= seq)
    removeFirst();
  if (seq > deliveredSeq_) {
    deliveredSeq_ = seq;
    touchedCounts_ = true;
  }
}

std::vector<Record> Transitions::takeChanges() {
  std::vector<Record> records;
  for (std::string& key : std::exchange(unreadable_, {}))
    records.push_back({std::move(key), std::nullopt});
  for (const std::string& service : std::exchange(touchedServices_, {})) {
    const auto known = known_.find(service);
    records.push_back({knownKey(service), known == known_.end()
                                              ? std::nullopt
                                              : std::optional(toText(known->second))});
  }
  for (const std::int64_t seq : std::exchange(touchedSeqs_, {})) {
    const auto found = std::lower_bound(
        waiting_.begin(), waiting_.end(), seq,
        [](const Transition& transition, std::int64_t wanted) { return transition.seq < wanted; });
    const bool waits = found != waiting_.end() && found->seq == seq;
    records.push_back({waitingKey(seq), waits ? std::optional(toText(*found)) : std::nullopt});
  }
  if (std::exchange(touchedCounts_, false)) {
    records.push_back({std::string(kCounts), toText(TransitionCounts{lastSeq_, deliveredSeq_})});
  }
  return records;
}

}  // namespace holdfast::uplink
