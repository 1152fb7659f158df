// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/common/engine_client.hpp"
#include "runtime/common/exec_ends.hpp"
#include "runtime/common/look_cache.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace holdfast::runtime {

enum class EventSubject { Container, Image, Network, Volume, Command };

// One event that matters here, with its text copied out.
struct SeenEvent {
  EventSubject subject = EventSubject::Container;
  sdk::EventKind kind = sdk::EventKind::Changed;
  std::int64_t timeMs = sdk::kNoTime;
  std::string id;
  std::string name;
  std::string action;
  int exitCode = 0;  // of a Command that has ended
};

// Nothing for events of containers that no agent made, and of things that are not looked at.
[[nodiscard]] std::optional<SeenEvent> readEvent(const Dialect& dialect,
                                                 const boost::json::value& object);

// Reports events until the call is cancelled or the stream ends, and meanwhile keeps `cache` honest
// and tells `ends` of commands.
[[nodiscard]] sdk::Status watchEvents(EngineClient& engine, LookCache& cache, ExecEnds& ends,
                                      sdk::Call& call, sdk::EventSink& sink);

}  // namespace holdfast::runtime
