// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/settings.hpp"
#include "uplink/link.hpp"

namespace holdfast::daemon {

// What the configuration says about the link to the cloud.
[[nodiscard]] uplink::LinkSettings linkSettings(const config::Settings& settings);

}  // namespace holdfast::daemon
