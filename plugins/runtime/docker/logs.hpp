// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/docker/engine_client.hpp"

namespace holdfast::docker {

// See sdk::RuntimePlugin::logs. Works for the log drivers json-file, local and journald; others
// keep nothing that could be read (Invalid).
[[nodiscard]] sdk::Status readLogs(EngineClient& engine, const sdk::LogRequest& request,
                                   sdk::Call& call, sdk::OutputSink& sink);

}  // namespace holdfast::docker
