// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/common/error_rules.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace holdfast::runtime {

// What went wrong on the way to a registry, in the words of Go's net/http, which engines pass on.
inline constexpr auto kRegistryWayRules = std::to_array<ErrorRule>({
    {kPull, 0, "server gave HTTP response to HTTPS client", sdk::ErrorClass::Transient,
     Tell::FromMatch},
    {kPull, 0, "x509: ", sdk::ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "connection refused", sdk::ErrorClass::Transient, Tell::FromWords, "dial tcp"},
    {kPull, 0, "no such host", sdk::ErrorClass::Transient, Tell::FromWords, "lookup "},
    {kPull, 0, "server misbehaving", sdk::ErrorClass::Transient, Tell::FromWords, "lookup "},
    {kPull, 0, "network is unreachable", sdk::ErrorClass::Transient, Tell::FromWords, "dial tcp"},
    {kPull, 0, "no route to host", sdk::ErrorClass::Transient, Tell::FromWords, "dial tcp"},
    {kPull, 0, "connection reset by peer", sdk::ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "TLS handshake timeout", sdk::ErrorClass::Transient, Tell::FromMatch},
    {kPull, 0, "Client.Timeout exceeded", sdk::ErrorClass::Transient, Tell::FromWords, "net/http"},
    {kPull, 0, "i/o timeout", sdk::ErrorClass::Transient, Tell::FromWords, "dial tcp"},
    {kPull, 0, "unexpected EOF", sdk::ErrorClass::Transient, Tell::FromMatch},
});

// One table of several.
template <std::size_t... Sizes>
[[nodiscard]] constexpr auto joinRules(const std::array<ErrorRule, Sizes>&... parts) {
  std::array<ErrorRule, (Sizes + ...)> joined{};
  auto* end = joined.data();
  ((end = std::copy(parts.begin(), parts.end(), end)), ...);
  return joined;
}

}  // namespace holdfast::runtime
