// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "container_store.hpp"
#include "image_store.hpp"
#include <holdfast/sdk/runtime.hpp>

namespace process {

// Every container that carries an owner's label.
void reportContainers(const ContainerStore& containers, holdfast::sdk::ObservationSink& sink);

// Those of the images asked for that are there.
void reportImages(const ImageStore& images, const holdfast::sdk::ObserveRequest& request,
                  holdfast::sdk::ObservationSink& sink);

}  // namespace process
