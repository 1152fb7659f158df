// SPDX-License-Identifier: Apache-2.0
// Values of a service's environment, taken out of what its engine or its container said. Pure.
#pragma once

#include "model/target.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace holdfast::engine {

// Shorter values stay: they are no secrets, and words and numbers such as "1883" would be torn out
// of every message.
inline constexpr std::size_t kLeastSecret = 6;

// The values of its environment that are long enough to be secrets.
[[nodiscard]] std::vector<std::string> secretsOf(const model::Service& service);

// The text with *** in place of each secret, the longest first, since one may be part of another.
// Those shorter than kLeastSecret are passed over.
[[nodiscard]] std::string withoutSecrets(std::string text, std::vector<std::string> secrets);

}  // namespace holdfast::engine
