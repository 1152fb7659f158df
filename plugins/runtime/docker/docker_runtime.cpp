// SPDX-License-Identifier: Apache-2.0
#include "runtime/docker/docker_runtime.hpp"

#include "runtime/docker/docker_dialect.hpp"

namespace holdfast::docker {
namespace {

const DockerDialect kDialect;

}  // namespace

DockerRuntime::DockerRuntime(sdk::Host& host)
    : EngineRuntime(host, kDialect, runtime::readEngineOptions(host, host.option("url"))) {}

}  // namespace holdfast::docker
