// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace holdfast::daemon {

// device.name, or the host's name where that is empty; empty when the host has none.
[[nodiscard]] std::string deviceNameOr(const std::string& configured);

}  // namespace holdfast::daemon
