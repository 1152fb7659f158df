// SPDX-License-Identifier: Apache-2.0
// Everything in here but the descriptor would be exported without the SDK's version script: weak
// instantiations of standard templates over a type of our own, a unique symbol, plain functions.
#include <holdfast/sdk/abi.h>
#include <holdfast/sdk/runtime.hpp>
#include <holdfast/sdk/toolchain.hpp>

#include <memory>
#include <string>
#include <vector>

struct Thing {
  std::string text;
};

inline int& counter() {
  static int value = 0;
  return value;
}

std::vector<std::shared_ptr<Thing>> makeThings() {
  ++counter();
  return {std::make_shared<Thing>(), std::make_shared<Thing>()};
}

extern "C" {

__attribute__((visibility("default"))) extern const holdfast_plugin_descriptor holdfast_plugin_v1;

const holdfast_plugin_descriptor holdfast_plugin_v1{
    HOLDFAST_PLUGIN_MAGIC,
    sizeof(holdfast_plugin_descriptor),
    HOLDFAST_KIND_RUNTIME,
    HOLDFAST_ABI_RUNTIME_MAJOR,
    HOLDFAST_ABI_RUNTIME_MINOR,
    "outside",
    "1.0",
    HOLDFAST_TOOLCHAIN_TAG,
    "{}",
    nullptr,
    nullptr,
    nullptr,
};

__attribute__((visibility("default"))) int notTheDescriptor() {
  return static_cast<int>(makeThings().size());
}
}
