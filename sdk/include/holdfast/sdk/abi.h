/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frozen plain-C handshake between holdfastd and a plugin.
 *
 * A plugin exports exactly one symbol, `holdfast_plugin_v1`, a constant descriptor. The host reads
 * it before it calls anything, so nothing here may depend on C++ layout. Fields are only ever
 * appended; `struct_size` tells the reader how many there are.
 *
 * Plugin authors do not fill this in by hand: see plugin_main.hpp.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "HFPL" */
#define HOLDFAST_PLUGIN_MAGIC 0x4846504cu
#define HOLDFAST_PLUGIN_SYMBOL holdfast_plugin_v1
#define HOLDFAST_PLUGIN_SYMBOL_NAME "holdfast_plugin_v1"

/* Kinds of plugin. Values are part of the ABI: a new kind takes a new number. */
#define HOLDFAST_KIND_RUNTIME 1u
#define HOLDFAST_KIND_NOTIFIER 2u
#define HOLDFAST_KIND_UPLINK 3u

/*
 * Version of each kind's C++ interface. While the major version is 0, plugin and host must agree on
 * the minor version too; from 1.0 on a host accepts every plugin of its major version with the same
 * or a lower minor version. docs/abi-policy.md has the rules for changing these.
 */
#define HOLDFAST_ABI_RUNTIME_MAJOR 0u
#define HOLDFAST_ABI_RUNTIME_MINOR 2u
#define HOLDFAST_ABI_NOTIFIER_MAJOR 0u
#define HOLDFAST_ABI_NOTIFIER_MINOR 1u
#define HOLDFAST_ABI_UPLINK_MAJOR 0u
#define HOLDFAST_ABI_UPLINK_MINOR 1u

/* Text for people, filled by the callee; always NUL-terminated. */
typedef struct holdfast_error {
  char text[512];
} holdfast_error;

/* What the host tells the plugin about itself, so that the plugin can refuse the host. */
typedef struct holdfast_host_info {
  uint32_t struct_size;
  uint16_t abi_major; /* of the interface of the plugin's own kind */
  uint16_t abi_minor;
  const char* version;   /* of the agent, e.g. "0.1.0" */
  const char* toolchain; /* HOLDFAST_TOOLCHAIN_TAG of the agent */
} holdfast_host_info;

typedef struct holdfast_plugin_descriptor {
  uint32_t magic;       /* HOLDFAST_PLUGIN_MAGIC */
  uint32_t struct_size; /* sizeof(holdfast_plugin_descriptor) as the plugin was built */
  uint32_t kind;        /* HOLDFAST_KIND_* */
  uint16_t abi_major;
  uint16_t abi_minor;
  const char* name;           /* [a-z][a-z0-9-]{0,31}, the name used in configuration */
  const char* version;        /* the plugin's own */
  const char* toolchain;      /* HOLDFAST_TOOLCHAIN_TAG */
  const char* options_schema; /* JSON text, docs/plugin-guide.md "Options" */

  /*
   * Called once before create, with no instance. Returns 1 when the plugin can work with this host,
   * 0 with a reason in `error` when it cannot. Never throws, does no I/O.
   */
  int (*accepts)(const holdfast_host_info* host, holdfast_error* error);

  /*
   * Makes one instance. `host` is a holdfast::sdk::Host*, valid until `destroy` returns. Returns a
   * pointer to the kind's interface class (holdfast::sdk::RuntimePlugin* for a runtime), owned by
   * the host and given back to `destroy`; NULL with a reason in `error` on failure. Never throws.
   */
  void* (*create)(void* host, holdfast_error* error);
  void (*destroy)(void* instance);
} holdfast_plugin_descriptor;

#ifdef __cplusplus
}
#endif
