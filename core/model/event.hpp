// SPDX-License-Identifier: Apache-2.0
// One record of the history (docs/behaviour.md "Events and history").
#pragma once

#include "model/time.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace holdfast::model {

enum class EventType { Normal, Warning };

// What happened, before it has a place in the history. Repeats (same app, service, type, reason and
// message) are counted there.
struct EventDraft {
  EventType type = EventType::Normal;
  std::string reason;  // Kubernetes' word where there is one: Pulling, Pulled, Failed, BackOff, ...
  std::string app;     // app id; empty when it is about the agent or an engine
  std::string service;  // service name; empty likewise
  std::string message;
};

struct Event {
  std::int64_t id = 0;       // of the latest repeat; strictly increasing over the whole history
  std::int64_t firstId = 0;  // of the first one: identifies the record
  EventDraft what;
  int count = 1;
  WallTime firstTimestamp;
  WallTime lastTimestamp;
};

[[nodiscard]] boost::json::object toJson(const Event& event);

}  // namespace holdfast::model
