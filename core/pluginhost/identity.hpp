// SPDX-License-Identifier: Apache-2.0
// A plugin's descriptor as a value: read once, with bounds, and never looked at again.
#pragma once

#include "holdfast/sdk/abi.h"
#include "holdfast/sdk/toolchain.hpp"

#include <cstdint>
#include <string>

namespace holdfast::pluginhost {

// Bounds on a descriptor's texts; what is longer is cut and then fails its check.
inline constexpr std::size_t kMaxDescriptorText = 256;
inline constexpr std::size_t kMaxOptionsSchema = 64u * 1024;

struct PluginIdentity {
  std::uint32_t magic = 0;
  std::uint32_t structSize = 0;
  std::uint32_t kind = 0;
  std::uint16_t abiMajor = 0;
  std::uint16_t abiMinor = 0;
  bool complete = false;  // all three functions are there
  std::string name;
  std::string version;
  std::string toolchain;
  std::string optionsSchema;

  friend bool operator==(const PluginIdentity&, const PluginIdentity&) = default;
};

// This agent, as a plugin sees it.
struct HostIdentity {
  std::string version;  // "0.1.0"
  std::string toolchain = HOLDFAST_TOOLCHAIN_TAG;
};

// Copies what `descriptor` says. Reads no field that its magic and size do not vouch for.
[[nodiscard]] PluginIdentity readIdentity(const holdfast_plugin_descriptor& descriptor);

}  // namespace holdfast::pluginhost
