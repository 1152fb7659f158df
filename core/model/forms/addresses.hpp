// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/forms/form.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace holdfast::model {

// The usual spelling of an IPv4 or IPv6 address ("::1" for "0:0:0:0:0:0:0:1"); nothing for a text
// that is none. No brackets, no zone.
[[nodiscard]] std::optional<std::string> normalisedIp(std::string_view text);

// Of a normalised address.
[[nodiscard]] bool isIpv6(std::string_view address);

// "name:address" or "name:host-gateway" -> both parts.
[[nodiscard]] Form<std::pair<std::string, std::string>> parseExtraHost(std::string_view text);

}  // namespace holdfast::model
