// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::support {

// RFC 4648 section 4, padded.
[[nodiscard]] std::string base64Encode(std::string_view bytes);

// RFC 4648 section 5, padded: the alphabet of Docker's X-Registry-Auth header.
[[nodiscard]] std::string base64UrlEncode(std::string_view bytes);

// RFC 4648 section 4 or 5 (either alphabet), padding optional. Nothing when the text is neither.
[[nodiscard]] std::optional<std::string> base64Decode(std::string_view text);

}  // namespace holdfast::support
