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

Refusal wrongOptions(const PluginRequest& request, const std::vector<OptionProblem>& problems) {
  std::vector<std::string> texts;
  for (const auto& problem : problems) {
    const auto& origin = originOf(request, problem.option);
    texts.push_back(problem.text + (origin.empty() ? "" : " (" + origin + ")"));
  }
  return wrongOptions(labelOf(request), texts);
}

}  // namespace holdfast::pluginhost
