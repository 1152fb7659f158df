// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "alerts/ports.hpp"
#include "engine/snapshot.hpp"
#include "model/time.hpp"

#include <string>

namespace holdfast::daemon {

struct TestNotification {
  std::string id;  // also its group: a test opens and closes nothing
  std::string notifier;
  std::string deviceName;
  std::string agentVersion;
  model::WallTime at;
};

// What `holdfast alerts test` sends: informational, about no alert, recognisable as a test. Pure.
[[nodiscard]] alerts::Message testNotification(const TestNotification& test,
                                               const engine::Snapshot& snapshot);

}  // namespace holdfast::daemon
