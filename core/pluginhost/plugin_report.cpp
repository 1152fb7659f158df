// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/plugin_report.hpp"

#include "pluginhost/handshake.hpp"

namespace holdfast::pluginhost {

void describe(const PluginIdentity& identity, PluginReport& report) {
  report.kind = kindName(identity.kind);
  report.version = identity.version;
  report.abi = std::to_string(identity.abiMajor) + "." + std::to_string(identity.abiMinor);
  report.toolchain = identity.toolchain;
  report.options = parseOptionsSchema(identity.optionsSchema).options;
}

Refusal wrongOptions(const std::string& label, const std::vector<std::string>& problems) {
  std::string all;
  for (const auto& problem : problems) {
    all += (all.empty() ? "" : "; ") + problem;
  }
  return {Stage::Options, "plugin " + label + ": " + all};
}

}  // namespace holdfast::pluginhost
