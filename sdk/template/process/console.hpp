// SPDX-License-Identifier: Apache-2.0
// What people and probes want of a container: its output, and commands beside it.
#pragma once

#include "container_store.hpp"
#include <holdfast/sdk/runtime.hpp>

namespace process {

holdfast::sdk::Status readLogs(const ContainerStore& containers,
                               const holdfast::sdk::LogRequest& request, holdfast::sdk::Call& call,
                               holdfast::sdk::OutputSink& sink);

// The command gets the environment and working directory of the container, and ends with the call.
holdfast::sdk::Status runCommand(const ContainerStore& containers,
                                 const holdfast::sdk::ExecRequest& request,
                                 holdfast::sdk::Call& call, holdfast::sdk::OutputSink& sink,
                                 holdfast::sdk::ExecResult& result);

}  // namespace process
