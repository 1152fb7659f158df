// SPDX-License-Identifier: Apache-2.0
// What the link to the cloud shows to everybody else: one immutable value.
#pragma once

#include "holdfast/sdk/uplink.hpp"
#include "model/target.hpp"
#include "model/time.hpp"
#include "uplink/ports.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::uplink {

// The calls of one kind.
struct CallView {
  bool underWay = false;
  std::optional<model::WallTime> lastTried;    // begin of the latest call
  std::optional<model::WallTime> lastOk;       // end of the latest that went well, in this run
  std::optional<model::Milliseconds> latency;  // of the latest call that ended
  std::string error;                    // of the latest call, one line; empty when it went well
  std::string errorClass;               // the wire word
  int failures = 0;                     // in a row
  std::optional<model::WallTime> next;  // when the next begins by itself
};

// A document of the cloud that was not accepted.
struct RejectedTarget {
  std::string version;  // as the document gives it; empty where it cannot be read
  model::WallTime at;
  std::vector<model::Problem> problems;  // the first of them

  friend bool operator==(const RejectedTarget&, const RejectedTarget&) = default;
};

struct LinkView {
  std::string uplink;                                       // the plugin's name
  sdk::EnrolmentStep enrolment = sdk::EnrolmentStep::None;  // what has to be done first
  CallView enrol;
  CallView poll;
  CallView report;
  std::size_t waitingTransitions = 0;
  std::int64_t droppedTransitions = 0;  // since the last report that was delivered
  // The version of the cloud's latest document, accepted or not; nothing while it has none.
  std::optional<std::string> wanted;
  std::optional<RejectedTarget> rejected;
  std::vector<Fact> facts;  // of the plugin
};

}  // namespace holdfast::uplink
