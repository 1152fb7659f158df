// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/handshake.hpp"

#include <Poco/NumberFormatter.h>

#include <algorithm>
#include <sstream>
#include <vector>

namespace holdfast::pluginhost {
namespace {

std::string dotted(sdk::AbiVersion version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

std::string inQuotes(std::string_view text) {
  std::string out = "\"";
  return out.append(text).append("\"");
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> list;
  for (std::string word; stream >> word;) {
    list.push_back(word);
  }
  return list;
}

// "sanitizer=address against sanitizer=none" of two tags, which are lists of words.
std::string tagDifference(const std::string& plugin, const std::string& host) {
  const auto theirs = words(plugin);
  const auto ours = words(host);
  std::string differences;
  for (std::size_t i = 0; i < std::max(theirs.size(), ours.size()); ++i) {
    const std::string their = i < theirs.size() ? theirs[i] : "nothing";
    const std::string our = i < ours.size() ? ours[i] : "nothing";
    if (their != our) {
      differences.append(differences.empty() ? "" : ", ").append(their).append(" against ");
      differences.append(our);
    }
  }
  return differences.empty() ? "spacing" : differences;
}

std::optional<std::string> shapeProblem(const PluginIdentity& plugin, const HostIdentity& host) {
  if (plugin.magic != HOLDFAST_PLUGIN_MAGIC) {
    return "not a Holdfast plugin: its descriptor starts with 0x" +
           Poco::NumberFormatter::formatHex(plugin.magic, 8) + ", expected 0x" +
           Poco::NumberFormatter::formatHex(HOLDFAST_PLUGIN_MAGIC, 8);
  }
  if (plugin.structSize < sizeof(holdfast_plugin_descriptor)) {
    return "its descriptor has " + std::to_string(plugin.structSize) + " bytes, agent " +
           host.version + " needs " + std::to_string(sizeof(holdfast_plugin_descriptor)) +
           "; build it with the current SDK";
  }
  if (!plugin.complete) {
    return "its descriptor lacks accepts, create or destroy; use the macro of plugin_main.hpp";
  }
  return std::nullopt;
}

std::optional<std::string> abiProblem(const PluginIdentity& plugin, const HostIdentity& host) {
  const auto offered = offeredAbi(plugin.kind);
  if (!offered) {
    return "a plugin of kind " + kindName(plugin.kind) + ", which agent " + host.version +
           " does not know; it knows runtime, notifier and uplink";
  }
  const sdk::AbiVersion built{plugin.abiMajor, plugin.abiMinor};
  if (!sdk::abiAccepts(*offered, built)) {
    const std::string kind = kindName(plugin.kind);
    return "built for " + kind + " ABI " + dotted(built) + ", but agent " + host.version +
           " offers " + kind + " ABI " + dotted(*offered) +
           "; install the plugin that belongs to this agent";
  }
  return std::nullopt;
}

std::string withArticle(std::uint32_t kind) {
  return (kind == HOLDFAST_KIND_UPLINK ? "an " : "a ") + kindName(kind);
}

// Where the configuration names plugins of a kind.
std::string placeOf(std::uint32_t kind) {
  switch (kind) {
    case HOLDFAST_KIND_NOTIFIER:
      return "as notifier.<name>.plugin, not in plugins.load";
    case HOLDFAST_KIND_UPLINK:
      return "as uplink.plugin, not in plugins.load";
    default:
      return "in plugins.load";
  }
}

}  // namespace

std::string kindName(std::uint32_t kind) {
  switch (kind) {
    case HOLDFAST_KIND_RUNTIME:
      return "runtime";
    case HOLDFAST_KIND_NOTIFIER:
      return "notifier";
    case HOLDFAST_KIND_UPLINK:
      return "uplink";
    default:
      return std::to_string(kind);
  }
}

std::optional<sdk::AbiVersion> offeredAbi(std::uint32_t kind) {
  switch (kind) {
    case HOLDFAST_KIND_RUNTIME:
      return sdk::AbiVersion{HOLDFAST_ABI_RUNTIME_MAJOR, HOLDFAST_ABI_RUNTIME_MINOR};
    case HOLDFAST_KIND_NOTIFIER:
      return sdk::AbiVersion{HOLDFAST_ABI_NOTIFIER_MAJOR, HOLDFAST_ABI_NOTIFIER_MINOR};
    case HOLDFAST_KIND_UPLINK:
      return sdk::AbiVersion{HOLDFAST_ABI_UPLINK_MAJOR, HOLDFAST_ABI_UPLINK_MINOR};
    default:
      return std::nullopt;
  }
}

std::optional<std::string> handshakeProblem(const PluginIdentity& plugin,
                                            const HostIdentity& host) {
  if (auto problem = shapeProblem(plugin, host)) {
    return problem;
  }
  if (auto problem = abiProblem(plugin, host)) {
    return problem;
  }
  if (plugin.toolchain != host.toolchain) {
    return "built as " + inQuotes(plugin.toolchain) + ", agent " + host.version + " as " +
           inQuotes(host.toolchain) + ": they differ in " +
           tagDifference(plugin.toolchain, host.toolchain);
  }
  if (!sdk::isPluginName(plugin.name)) {
    return "its name " + inQuotes(plugin.name) + " is not of the form [a-z][a-z0-9-]{0,31}";
  }
  if (plugin.version.empty()) {
    return "its descriptor has no version";
  }
  return std::nullopt;
}

std::optional<std::string> nameProblem(const PluginIdentity& plugin, std::string_view askedFor) {
  if (plugin.name == askedFor) {
    return std::nullopt;
  }
  return "it calls itself " + inQuotes(plugin.name) + ", but was asked for as " +
         inQuotes(askedFor) + "; the file of a plugin bears its name";
}

std::optional<std::string> kindProblem(const PluginIdentity& plugin, std::uint32_t askedFor) {
  if (plugin.kind == askedFor) {
    return std::nullopt;
  }
  return "it is " + withArticle(plugin.kind) + " plugin, but was asked for as " +
         withArticle(askedFor) + "; name it " + placeOf(plugin.kind);
}

holdfast_host_info hostInfo(const HostIdentity& host, std::uint32_t kind) {
  const sdk::AbiVersion offered = offeredAbi(kind).value_or(sdk::AbiVersion{});
  holdfast_host_info info{};
  info.struct_size = sizeof(info);
  info.abi_major = offered.major;
  info.abi_minor = offered.minor;
  info.version = host.version.c_str();
  info.toolchain = host.toolchain.c_str();
  return info;
}

}  // namespace holdfast::pluginhost
