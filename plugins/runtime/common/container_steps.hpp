// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/common/engine_client.hpp"

namespace holdfast::runtime {

// The steps of containers, see sdk::StepKind.
[[nodiscard]] sdk::Status createContainer(EngineClient& engine, const sdk::Step& step,
                                          sdk::Call& call);
[[nodiscard]] sdk::Status startContainer(EngineClient& engine, const sdk::Step& step,
                                         sdk::Call& call);
[[nodiscard]] sdk::Status stopContainer(EngineClient& engine, const sdk::Step& step,
                                        sdk::Call& call);
[[nodiscard]] sdk::Status removeContainer(EngineClient& engine, const sdk::Step& step,
                                          sdk::Call& call);
[[nodiscard]] sdk::Status pauseContainer(EngineClient& engine, const sdk::Step& step,
                                         sdk::Call& call);
[[nodiscard]] sdk::Status unpauseContainer(EngineClient& engine, const sdk::Step& step,
                                           sdk::Call& call);

}  // namespace holdfast::runtime
