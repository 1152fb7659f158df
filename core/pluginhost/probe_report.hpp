// SPDX-License-Identifier: Apache-2.0
// The one line that a probe child writes and its parent reads.
#pragma once

#include "pluginhost/identity.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace holdfast::pluginhost {

// Longer lines are refused: a descriptor's texts, with room for JSON's escapes.
inline constexpr std::size_t kMaxProbeReport = 6 * kMaxOptionsSchema + 16u * 1024;

struct ProbeReport {
  std::string failure;      // why the file could not be loaded; empty when it was
  PluginIdentity identity;  // of a loaded one
  std::string refusal;      // what its `accepts` said; empty when it accepts this agent
};

[[nodiscard]] std::string writeProbeReport(const ProbeReport& report);

// Nothing unless `line` is exactly one such line.
[[nodiscard]] std::optional<ProbeReport> readProbeReport(std::string_view line);

}  // namespace holdfast::pluginhost
