// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_view.hpp"

#include "cli/json_view.hpp"
#include "cli/section_writer.hpp"
#include "cli/table.hpp"
#include "cli/value_text.hpp"

namespace holdfast::cli {
namespace json = boost::json;

std::string pluginTable(const json::array& plugins) {
  Table table({"NAME", "KIND", "VERSION", "STATE", "DETAIL"});
  for (const json::value& plugin : plugins) {
    std::string detail = text(plugin, "stage");
    const std::string reason = text(plugin, "reason");
    detail += detail.empty() || reason.empty() ? reason : ": " + reason;
    if (detail.empty()) {
      detail = text(plugin, "path");
    }
    table.add({text(plugin, "name"), text(plugin, "kind"), text(plugin, "version"),
               text(plugin, "state"), std::move(detail)});
  }
  return table.render();
}

std::string pluginReport(const json::value& plugin) {
  SectionWriter out;
  if (const json::object* const members = plugin.if_object()) {
    json::object shown = *members;
    shown.erase("at");
    writeMembers(out, shown);
  }
  return out.result();
}

}  // namespace holdfast::cli
