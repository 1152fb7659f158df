// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/common/engine_client.hpp"
#include "runtime/common/look_cache.hpp"

namespace holdfast::runtime {

// One complete look at what agents made, and at the images asked for. Ok means complete.
//
// An object that the engine cannot tell of hides no other: a container is then reported as
// Changing, with what its list says and the engine's words as engineError; an image as if it were
// not there.
//
// Cost with an open stream of events and nothing changed: two lists of containers. Each container
// that changed, and each image, network and volume list after such an event, is one request more;
// without a stream everything is asked anew.
[[nodiscard]] sdk::Status observeEngine(EngineClient& engine, LookCache& cache,
                                        const sdk::ObserveRequest& request, sdk::Call& call,
                                        sdk::ObservationSink& sink);

}  // namespace holdfast::runtime
