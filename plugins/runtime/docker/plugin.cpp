// SPDX-License-Identifier: Apache-2.0
#include "holdfast/sdk/plugin_main.hpp"
#include "runtime/docker/docker_runtime.hpp"
#include "runtime/docker/options.hpp"

HOLDFAST_RUNTIME_PLUGIN(holdfast::docker::DockerRuntime, "docker", HOLDFAST_DOCKER_VERSION,
                        holdfast::docker::kOptionsSchema)
