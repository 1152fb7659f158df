// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/snapshot.hpp"

#include <string>

namespace holdfast::daemon {

// One line for `systemctl status`: "20 services: 18 running, 1 pending, 1 error; docker does not
// answer".
[[nodiscard]] std::string statusLine(const engine::Snapshot& snapshot);

}  // namespace holdfast::daemon
