// SPDX-License-Identifier: Apache-2.0
// How names in headers are compared.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::api {

// With the letters A to Z as a to z, whatever the locale.
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace holdfast::api
