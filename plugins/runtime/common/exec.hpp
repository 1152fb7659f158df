// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/common/engine_client.hpp"
#include "runtime/common/exec_ends.hpp"

namespace holdfast::runtime {

// See sdk::RuntimePlugin::exec. The engines' APIs cannot end a command: one whose time is over or
// whose call is cancelled is killed from the host, with its descendants, where the host's /proc
// shows it (README.md). `ends`: what the engine's events tell of it, mostly sooner than its
// answers.
[[nodiscard]] sdk::Status execInContainer(EngineClient& engine, ExecEnds& ends,
                                          const sdk::ExecRequest& request, sdk::Call& call,
                                          sdk::OutputSink& sink, sdk::ExecResult& result);

}  // namespace holdfast::runtime
