// SPDX-License-Identifier: Apache-2.0
// What an engine answered may repeat what it was given. Values of the environment are taken out of
// it before it is kept, logged or told. Pure.
#pragma once

#include "engine/ports.hpp"
#include "model/target.hpp"

#include <cstddef>

namespace holdfast::engine {

// Shorter values stay: they are no secrets, and words and numbers such as "1883" would be torn out
// of every message.
inline constexpr std::size_t kLeastSecret = 6;

// The result with *** in place of each value of the service's environment.
[[nodiscard]] CallResult maskedAnswer(CallResult result, const model::Service& service);

}  // namespace holdfast::engine
