// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace holdfast::notifier {

// HMAC-SHA256 (RFC 2104) as 32 raw bytes. Throws std::runtime_error when libcrypto cannot, which
// only a broken installation lacks.
[[nodiscard]] std::string hmacSha256(std::string_view key, std::string_view text);

// Lower-case hex digits of the bytes.
[[nodiscard]] std::string hex(std::string_view bytes);

}  // namespace holdfast::notifier
