// SPDX-License-Identifier: Apache-2.0
// Values of a service's environment, taken out of what its engine or its container said. Pure.
#pragma once

#include "model/target.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engine {

// The values of its environment: each may be a secret.
[[nodiscard]] std::vector<std::string> secretsOf(const model::Service& service);

// The text as support::Redactor shows it, which passes over those that are too short to be secrets:
// numbers such as "1883" would be torn out of every message.
[[nodiscard]] std::string withoutSecrets(std::string_view text,
                                         const std::vector<std::string>& secrets);

}  // namespace holdfast::engine
