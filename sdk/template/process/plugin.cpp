// SPDX-License-Identifier: Apache-2.0
#include "process_runtime.hpp"
#include <holdfast/sdk/plugin_main.hpp>

HOLDFAST_RUNTIME_PLUGIN(process::ProcessRuntime, "process", PROCESS_VERSION, process::kOptions)
