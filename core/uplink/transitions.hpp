// SPDX-License-Identifier: Apache-2.0
// Errors of services that appeared and went, in order, until the cloud has been told.
//
// An error begins when a service first shows it and when another cause takes its place; it is over
// when the service runs with nothing left on its ladders, is stopped, or left the target. The same
// error that is tried again, or a service that waits, is nothing new.
//
// What is known of each service and what waits are changed together and stored in one transaction:
// after a kill at any instant nothing is lost, nothing is told anew under another number.
#pragma once

#include "engine/snapshot.hpp"
#include "model/time.hpp"
#include "uplink/ports.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::uplink {

// The error of one service. Ids as the target has them.
struct ServiceError {
  std::string appId;
  std::string appName;
  std::string serviceId;
  std::string serviceName;
  std::string imageName;
  std::string type;  // ErrImagePull, ImagePullBackOff, StartFailure, CrashLoopBackOff
  std::string errorClass;
  std::string message;
  int retryCount = 0;

  friend bool operator==(const ServiceError&, const ServiceError&) = default;
};

struct Transition {
  std::int64_t seq = 0;
  model::WallTime at;
  bool resolved = false;  // else it appeared, or took another's place
  ServiceError error;     // of a resolved one: that which is over

  friend bool operator==(const Transition&, const Transition&) = default;
};

struct TransitionLimits {
  std::size_t entries = 500;
  std::size_t bytes = 256u * 1024;  // a quarter of a report
};

class Transitions {
 public:
  explicit Transitions(TransitionLimits limits = {}) : limits_(limits) {}

  // What an earlier run left, other records among it. Returns the keys of those that cannot be
  // read: they count as not there, and takeChanges() forgets them.
  std::vector<std::string> restore(const std::vector<Record>& records);

  void look(const engine::Snapshot& snapshot);

  [[nodiscard]] const std::deque<Transition>& waiting() const { return waiting_; }
  // Of the latest transition ever, 0 before the first.
  [[nodiscard]] std::int64_t lastSeq() const { return lastSeq_; }
  // How many were dropped, the oldest first, since the last report that was delivered.
  [[nodiscard]] std::int64_t dropped() const;

  // A report was delivered that had what then waited; `seq` was the latest of it.
  void delivered(std::int64_t seq);

  // What has to be stored since the last call.
  [[nodiscard]] std::vector<Record> takeChanges();

 private:
  void lookAt(const engine::ServiceView& view, const model::Now& now);
  void add(bool resolved, ServiceError error, model::WallTime at);
  void removeFirst();

  TransitionLimits limits_;
  std::deque<Transition> waiting_;
  std::size_t bytes_ = 0;
  std::map<std::string, ServiceError> known_;  // errors that are not over, by service key
  std::int64_t lastSeq_ = 0;
  std::int64_t deliveredSeq_ = 0;
  // Not stored yet.
  std::set<std::int64_t> touchedSeqs_;
  std::set<std::string> touchedServices_;
  std::vector<std::string> unreadable_;
  bool touchedCounts_ = false;
};

}  // namespace holdfast::uplink
