// SPDX-License-Identifier: Apache-2.0
// The rules of the handshake that both sides apply: the host before it calls anything, the plugin
// when it is compiled and in `accepts` (docs/abi-policy.md).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace holdfast::sdk {

struct AbiVersion {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
};

// Can a plugin built against `plugin` run in a host that offers `host`? While the major version is
// 0 every minor one is an interface of its own.
[[nodiscard]] constexpr bool abiAccepts(AbiVersion host, AbiVersion plugin) noexcept {
  if (host.major != plugin.major) {
    return false;
  }
  return host.major == 0 ? host.minor == plugin.minor : host.minor >= plugin.minor;
}

// [a-z][a-z0-9-]{0,31}: the name in the descriptor, in configuration and of the file.
[[nodiscard]] constexpr bool isPluginName(std::string_view name) noexcept {
  const auto isLetter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= 32 && isLetter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return isLetter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace holdfast::sdk
