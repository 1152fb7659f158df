// SPDX-License-Identifier: Apache-2.0
// What an engine answered may repeat what it was given. Values of the environment are taken out of
// it before it is kept, logged or told. Pure.
#pragma once

#include "engine/ports.hpp"
#include "model/target.hpp"

namespace holdfast::engine {

// The result with *** in place of each secret of the service's environment (secretsOf).
[[nodiscard]] CallResult maskedAnswer(CallResult result, const model::Service& service);

}  // namespace holdfast::engine
