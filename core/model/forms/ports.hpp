// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/forms/form.hpp"
#include "model/target.hpp"

#include <string_view>
#include <vector>

namespace holdfast::model {

// The longest range that one entry may publish: an engine runs a helper process for each port.
inline constexpr int kMaxPortRange = 1024;

// "[ip:]host[-to]:container[-to][/tcp|udp]", or a container port alone (the engine chooses the
// host's). An IPv6 address stands in brackets. A range becomes one mapping for each port.
[[nodiscard]] Form<std::vector<PortMapping>> parsePorts(std::string_view text);

}  // namespace holdfast::model
