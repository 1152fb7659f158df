// SPDX-License-Identifier: Apache-2.0
// The changes that the agent asks for. Each looks first and changes only what is not so already, so
// that it may be repeated after any failure; none touches what no agent made.
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/common/engine_client.hpp"

namespace holdfast::runtime {

// See sdk::StepKind. Blocks until the engine has done it.
[[nodiscard]] sdk::Status executeStep(EngineClient& engine, const sdk::Step& step, sdk::Call& call);

}  // namespace holdfast::runtime
