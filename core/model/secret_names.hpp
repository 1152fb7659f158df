// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace holdfast::model {

// Does the name of a key, a label or an option say that its value is a secret: "apiKey",
// "DB_PASSWORD", "access-token"? Letter case and '_', '-', '.' do not matter.
[[nodiscard]] bool namedLikeSecret(std::string_view name);

}  // namespace holdfast::model
