// SPDX-License-Identifier: Apache-2.0
// What turns a class into a plugin: one line at namespace scope of exactly one source file.
//
//   constexpr char kOptions[] = R"({"properties": {"url": {"type": "string"}}})";
//   HOLDFAST_RUNTIME_PLUGIN(DockerRuntime, "docker", "1.0.0", kOptions)
//
// The class is default-destructible and has a constructor that takes holdfast::sdk::Host&, which
// stays valid until the destructor has returned. A constructor that throws refuses its
// configuration: what() is shown to the user, so it names the option and what was expected.
//
// The options schema is JSON text: {"properties": {"<name>": {"type", "description", "default",
// "required", "enum"}}}, all but "type" optional; types are string, integer, boolean, duration,
// path and secret-file (docs/plugin-guide.md "Options").
//
// The library is linked with the SDK's version script (holdfast_add_plugin() does it), so that the
// descriptor is the only symbol that it exports.
#pragma once

#include "holdfast/sdk/abi.h"
#include "holdfast/sdk/abi_rule.hpp"
#include "holdfast/sdk/notifier.hpp"
#include "holdfast/sdk/runtime.hpp"
#include "holdfast/sdk/toolchain.hpp"
#include "holdfast/sdk/types.hpp"
#include "holdfast/sdk/uplink.hpp"

#include <cstdio>
#include <exception>
#include <string_view>
#include <type_traits>

namespace holdfast::sdk::detail {

// What the handshake says about an interface class. A new kind adds its specialisation here and its
// macro below.
template <class Interface>
struct KindOf;

template <>
struct KindOf<RuntimePlugin> {
  static constexpr std::uint32_t kKind = HOLDFAST_KIND_RUNTIME;
  static constexpr const char* kWord = "runtime";
  static constexpr AbiVersion kAbi{HOLDFAST_ABI_RUNTIME_MAJOR, HOLDFAST_ABI_RUNTIME_MINOR};
};

template <>
struct KindOf<NotifierPlugin> {
  static constexpr std::uint32_t kKind = HOLDFAST_KIND_NOTIFIER;
  static constexpr const char* kWord = "notifier";
  static constexpr AbiVersion kAbi{HOLDFAST_ABI_NOTIFIER_MAJOR, HOLDFAST_ABI_NOTIFIER_MINOR};
};

template <>
struct KindOf<UplinkPlugin> {
  static constexpr std::uint32_t kKind = HOLDFAST_KIND_UPLINK;
  static constexpr const char* kWord = "uplink";
  static constexpr AbiVersion kAbi{HOLDFAST_ABI_UPLINK_MAJOR, HOLDFAST_ABI_UPLINK_MINOR};
};

inline void setError(holdfast_error* error, const char* text) noexcept {
  std::snprintf(error->text, sizeof(error->text), "%s", text);
}

// The functions of the descriptor for the plugin class `Type`.
template <class Type, class Interface>
struct Entry {
  static_assert(std::is_base_of_v<Interface, Type>, "the plugin class implements its kind's class");
  static_assert(std::is_constructible_v<Type, Host&>,
                "the plugin class takes a holdfast::sdk::Host&");

  using Kind = KindOf<Interface>;

  static int accepts(const holdfast_host_info* host, holdfast_error* error) noexcept {
    const AbiVersion offered{host->abi_major, host->abi_minor};
    if (!abiAccepts(offered, Kind::kAbi)) {
      std::snprintf(error->text, sizeof(error->text),
                    "built for %s ABI %u.%u, which agent %.64s with %s ABI %u.%u does not offer",
                    Kind::kWord, unsigned{Kind::kAbi.major}, unsigned{Kind::kAbi.minor},
                    host->version, Kind::kWord, unsigned{offered.major}, unsigned{offered.minor});
      return 0;
    }
    if (std::string_view(host->toolchain) != HOLDFAST_TOOLCHAIN_TAG) {
      std::snprintf(error->text, sizeof(error->text), "built as \"%s\", agent %.64s as \"%.128s\"",
                    HOLDFAST_TOOLCHAIN_TAG, host->version, host->toolchain);
      return 0;
    }
    return 1;
  }

  static void* create(void* host, holdfast_error* error) noexcept {
    try {
      return static_cast<Interface*>(new Type(*static_cast<Host*>(host)));
    } catch (const std::exception& failure) {
      setError(error, failure.what());
    } catch (...) {
      setError(error, "the constructor threw something that is no std::exception");
    }
    return nullptr;
  }

  static void destroy(void* instance) noexcept {
    delete static_cast<Type*>(static_cast<Interface*>(instance));
  }
};

}  // namespace holdfast::sdk::detail

// Not for plugins: see the macros of the kinds below.
#define HOLDFAST_DETAIL_PLUGIN(Type, Interface, pluginName, pluginVersion, schemaText) \
  static_assert(::holdfast::sdk::isPluginName(pluginName),                             \
                "a plugin's name is a lower-case word: [a-z][a-z0-9-]{0,31}");         \
  extern "C" {                                                                         \
  extern __attribute__((visibility("default")))                                        \
  const holdfast_plugin_descriptor HOLDFAST_PLUGIN_SYMBOL;                             \
  constinit const holdfast_plugin_descriptor HOLDFAST_PLUGIN_SYMBOL = {                \
      HOLDFAST_PLUGIN_MAGIC,                                                           \
      sizeof(holdfast_plugin_descriptor),                                              \
      ::holdfast::sdk::detail::KindOf<Interface>::kKind,                               \
      ::holdfast::sdk::detail::KindOf<Interface>::kAbi.major,                          \
      ::holdfast::sdk::detail::KindOf<Interface>::kAbi.minor,                          \
      pluginName,                                                                      \
      pluginVersion,                                                                   \
      HOLDFAST_TOOLCHAIN_TAG,                                                          \
      schemaText,                                                                      \
      &::holdfast::sdk::detail::Entry<Type, Interface>::accepts,                       \
      &::holdfast::sdk::detail::Entry<Type, Interface>::create,                        \
      &::holdfast::sdk::detail::Entry<Type, Interface>::destroy};                      \
  }

// Makes `Type`, a holdfast::sdk::RuntimePlugin, the plugin of this library. Name, version and
// schema are string constants.
#define HOLDFAST_RUNTIME_PLUGIN(Type, name, version, schema) \
  HOLDFAST_DETAIL_PLUGIN(Type, ::holdfast::sdk::RuntimePlugin, name, version, schema)

// The same for a holdfast::sdk::NotifierPlugin.
#define HOLDFAST_NOTIFIER_PLUGIN(Type, name, version, schema) \
  HOLDFAST_DETAIL_PLUGIN(Type, ::holdfast::sdk::NotifierPlugin, name, version, schema)

// The same for a holdfast::sdk::UplinkPlugin.
#define HOLDFAST_UPLINK_PLUGIN(Type, name, version, schema) \
  HOLDFAST_DETAIL_PLUGIN(Type, ::holdfast::sdk::UplinkPlugin, name, version, schema)
