// SPDX-License-Identifier: Apache-2.0
// Settings as the engine takes them.
#pragma once

#include "config/settings.hpp"
#include "engine/engine.hpp"

namespace holdfast::daemon {

// `cores`: what the machine has, for reconcile.parallelOperations = auto.
[[nodiscard]] engine::EngineSettings engineSettings(const config::Settings& settings,
                                                    unsigned cores);

}  // namespace holdfast::daemon
