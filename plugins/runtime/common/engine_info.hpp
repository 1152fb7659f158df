// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/common/engine_client.hpp"

namespace holdfast::runtime {

// See sdk::RuntimePlugin::engineInfo. One request, about 5 ms.
[[nodiscard]] sdk::Status tellEngineInfo(EngineClient& engine, sdk::Call& call,
                                         sdk::EngineInfoSink& sink);

}  // namespace holdfast::runtime
