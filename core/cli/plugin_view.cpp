// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_view.hpp"

#include "cli/json_view.hpp"
#include "cli/section_writer.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace holdfast::cli {
namespace json = boost::json;

namespace {

// "docker", "webhook.ops": the plugin and, where it is not the same, the instance made of it.
std::string instanceLabel(const json::value& plugin) {
  const std::string name = text(plugin, "name");
  const std::string instance = text(plugin, "instance");
  return instance.empty() || instance == name ? name : name + "." + instance;
}

}  // namespace

std::string pluginTable(const json::array& plugins) {
  Table table({"NAME", "KIND", "VERSION", "STATE", "DETAIL"});
  for (const json::value& plugin : plugins) {
    std::string detail = text(plugin, "stage");
    const std::string reason = text(plugin, "reason");
    detail += detail.empty() || reason.empty() ? reason : ": " + reason;
    if (detail.empty()) {
      detail = text(plugin, "path");
    }
    table.add({instanceLabel(plugin), text(plugin, "kind"), text(plugin, "version"),
               text(plugin, "state"), std::move(detail)});
  }
  return table.render();
}

namespace {

std::string allowedWords(const json::value& option) {
  std::string words;
  for (const json::value& word : list(option, "allowed")) {
    if (const json::string* const string = word.if_string()) {
      words += (words.empty() ? "" : ", ") + oneLine({string->data(), string->size()});
    }
  }
  return words;
}

std::string optionTable(const json::array& options, std::string_view indent) {
  Table table({"OPTION", "TYPE", "DEFAULT", "DESCRIPTION"});
  for (const json::value& option : options) {
    std::string type = text(option, "type");
    if (const std::string words = allowedWords(option); !words.empty()) {
      type += " (" + words + ")";
    }
    table.add({text(option, "name"), std::move(type),
               flag(option, "required") ? "(required)" : text(option, "default"),
               text(option, "description")});
  }
  return table.render(indent);
}

}  // namespace

std::string pluginReport(const json::value& plugin) {
  SectionWriter out;
  out.field("Name", text(plugin, "name"));
  out.field("Kind", text(plugin, "kind"));
  out.field("Version", text(plugin, "version"));
  out.field("State", text(plugin, "state"));
  out.field("Refused At", text(plugin, "stage"));
  out.field("Reason", text(plugin, "reason"));
  out.field("Path", text(plugin, "path"));
  out.field("ABI", text(plugin, "abi"));
  out.field("Toolchain", text(plugin, "toolchain"));
  if (const json::array& options = list(plugin, "options"); !options.empty()) {
    out.open("Options");
    out.append(optionTable(options, out.indent()));
    out.close();
  }
  return out.result();
}

}  // namespace holdfast::cli
