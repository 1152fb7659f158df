// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/docker/engine_client.hpp"

namespace holdfast::docker {

// See sdk::RuntimePlugin::exec. The Engine API cannot end a command: one whose time is over is
// killed from the host, with its descendants, where the host's /proc shows it (README.md).
[[nodiscard]] sdk::Status execInContainer(EngineClient& engine, const sdk::ExecRequest& request,
                                          sdk::Call& call, sdk::OutputSink& sink,
                                          sdk::ExecResult& result);

}  // namespace holdfast::docker
