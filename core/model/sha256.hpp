// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace holdfast::model {

// SHA-256 of the bytes as 64 lower-case hex digits. Throws std::runtime_error when libcrypto has no
// SHA-256, which only a broken installation lacks.
[[nodiscard]] std::string sha256Hex(std::string_view bytes);

}  // namespace holdfast::model
