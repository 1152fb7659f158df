// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace holdfast::model {

// SHA-256 of the bytes as 64 lower-case hex digits. Throws std::runtime_error when libcrypto has no
// SHA-256, which only a broken installation lacks.
[[nodiscard]] std::string sha256Hex(std::string_view bytes);

// Whether two digests are the same, in a time that does not depend on where they differ.
[[nodiscard]] bool sameDigest(std::string_view one, std::string_view other);

}  // namespace holdfast::model
