// SPDX-License-Identifier: Apache-2.0
// Docker as a runtime of the agent.
#pragma once

#include "runtime/common/engine_runtime.hpp"

namespace holdfast::docker {

class DockerRuntime final : public runtime::EngineRuntime {
 public:
  // Throws std::invalid_argument for options that cannot be right. Does not talk to the engine.
  explicit DockerRuntime(sdk::Host& host);
};

}  // namespace holdfast::docker
