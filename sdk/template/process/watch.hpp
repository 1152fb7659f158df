// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "container_store.hpp"
#include <holdfast/sdk/runtime.hpp>

namespace process {

// Reports what happens to containers: the kernel tells of every file that is put in place, and each
// of them stands for one event. Blocks until the call is cancelled.
holdfast::sdk::Status watchContainers(const ContainerStore& containers, holdfast::sdk::Call& call,
                                      holdfast::sdk::EventSink& sink);

}  // namespace process
