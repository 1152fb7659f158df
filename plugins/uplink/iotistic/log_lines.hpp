// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/uplink.hpp"

#include <span>
#include <string>

namespace holdfast::iotistic {

// One JSON object in each line, as /device/{uuid}/logs takes them.
[[nodiscard]] std::string logLines(std::span<const sdk::ServiceLogLine> lines);

}  // namespace holdfast::iotistic
