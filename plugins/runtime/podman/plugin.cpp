// SPDX-License-Identifier: Apache-2.0
#include "holdfast/sdk/plugin_main.hpp"
#include "runtime/podman/options.hpp"
#include "runtime/podman/podman_runtime.hpp"

HOLDFAST_RUNTIME_PLUGIN(holdfast::podman::PodmanRuntime, "podman", HOLDFAST_PODMAN_VERSION,
                        holdfast::podman::kOptionsSchema)
