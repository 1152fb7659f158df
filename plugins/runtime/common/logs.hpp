// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/common/engine_client.hpp"

namespace holdfast::runtime {

// See sdk::RuntimePlugin::logs. Log drivers that keep nothing that could be
// read make it Invalid.
[[nodiscard]] sdk::Status readLogs(EngineClient& engine, const sdk::LogRequest& request,
                                   sdk::Call& call, sdk::OutputSink& sink);

}  // namespace holdfast::runtime
