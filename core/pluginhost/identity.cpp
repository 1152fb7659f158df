// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/identity.hpp"

#include <cstring>

namespace holdfast::pluginhost {
namespace {

std::string bounded(const char* text, std::size_t cap) {
  return text == nullptr ? std::string() : std::string(text, ::strnlen(text, cap));
}

}  // namespace

PluginIdentity readIdentity(const holdfast_plugin_descriptor& descriptor) {
  PluginIdentity identity;
  identity.magic = descriptor.magic;
  identity.structSize = descriptor.struct_size;
  if (descriptor.magic != HOLDFAST_PLUGIN_MAGIC || descriptor.struct_size < sizeof(descriptor)) {
    return identity;
  }
  identity.kind = descriptor.kind;
  identity.abiMajor = descriptor.abi_major;
  identity.abiMinor = descriptor.abi_minor;
  identity.complete = descriptor.accepts != nullptr && descriptor.create != nullptr &&
                      descriptor.destroy != nullptr;
  identity.name = bounded(descriptor.name, kMaxDescriptorText);
  identity.version = bounded(descriptor.version, kMaxDescriptorText);
  identity.toolchain = bounded(descriptor.toolchain, kMaxDescriptorText);
  identity.optionsSchema = bounded(descriptor.options_schema, kMaxOptionsSchema + 1);
  return identity;
}

}  // namespace holdfast::pluginhost
