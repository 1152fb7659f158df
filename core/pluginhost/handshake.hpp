// SPDX-License-Identifier: Apache-2.0
// May this plugin be called at all? The host's half of the two-way check; the plugin's own is the
// descriptor's `accepts` (docs/abi-policy.md).
#pragma once

#include "holdfast/sdk/abi_rule.hpp"
#include "pluginhost/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::pluginhost {

// "runtime", "notifier", "uplink"; the number of others.
[[nodiscard]] std::string kindName(std::uint32_t kind);

// The interface version that this agent offers plugins of a kind; nothing for kinds it cannot use.
[[nodiscard]] std::optional<sdk::AbiVersion> offeredAbi(std::uint32_t kind);

// The first reason not to call this plugin, naming both sides and what differs. Nothing when it may
// be called. Pure.
[[nodiscard]] std::optional<std::string> handshakeProblem(const PluginIdentity& plugin,
                                                          const HostIdentity& host);

// The same for its name: it must be the one that it was asked for by.
[[nodiscard]] std::optional<std::string> nameProblem(const PluginIdentity& plugin,
                                                     std::string_view askedFor);

// The same for its kind: it must be the one that the configuration uses it as.
[[nodiscard]] std::optional<std::string> kindProblem(const PluginIdentity& plugin,
                                                     std::uint32_t askedFor);

// What the host tells the plugin for its own half of the check. The views in it point into `host`.
[[nodiscard]] holdfast_host_info hostInfo(const HostIdentity& host, std::uint32_t kind);

}  // namespace holdfast::pluginhost
