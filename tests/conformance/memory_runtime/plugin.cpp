// SPDX-License-Identifier: Apache-2.0
#include "conformance/memory_runtime/memory_runtime.hpp"

HOLDFAST_RUNTIME_PLUGIN(holdfast::memory::MemoryRuntime, "memory", "1.0.0",
                        holdfast::memory::kOptions)
