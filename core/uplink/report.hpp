// SPDX-License-Identifier: Apache-2.0
// The whole state of the device as the JSON of docs/report.md. Pure.
#pragma once

#include "engine/snapshot.hpp"
#include "model/time.hpp"
#include "uplink/device_figures.hpp"
#include "uplink/link_view.hpp"
#include "uplink/transitions.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace holdfast::uplink {

inline constexpr std::size_t kMaxReportBytes = 1024u * 1024;

struct ReportInput {
  std::int64_t sequence = 0;
  model::Now now;
  std::string deviceName;
  std::string agentVersion;
  const engine::Snapshot& snapshot;
  const DeviceFigures& figures;
  const std::optional<RejectedTarget>& rejected;
  const std::deque<Transition>& transitions;
  std::int64_t dropped = 0;  // transitions that are not there any more
};

// At most `limit` bytes. What does not fit is left out whole, in this order: transitions, the
// oldest first, down to a quarter of the limit; the specifications; the target's `config`; the rest
// of the transitions; of services all but their status; services that are not in error.
//
// Environment values never appear, nor do those members of `config` that are named like a secret.
[[nodiscard]] std::string buildReport(const ReportInput& input,
                                      std::size_t limit = kMaxReportBytes);

// Differs when there is something to tell: like the report, but without what moves by itself
// (times of looking, progress, figures of the machine). `lastSeq` is of the latest transition.
[[nodiscard]] std::string reportFingerprint(const engine::Snapshot& snapshot,
                                            const std::optional<RejectedTarget>& rejected,
                                            std::int64_t lastSeq);

}  // namespace holdfast::uplink
