// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/runtime.hpp"
#include "runtime/common/engine_client.hpp"
#include "runtime/common/registry_credentials.hpp"

namespace holdfast::runtime {

// Pulls the image and reports its progress. Has no timeout of its own: dockerd throws away what it
// has when a pull ends early, so a limit on a slow link would never let it finish. Ends with the
// call's cancellation, which also ends dockerd's work. `problems` of the credentials go to `host`.
[[nodiscard]] sdk::Status pullImage(EngineClient& engine, const CredentialStore& credentials,
                                    sdk::Host& host, std::string_view reference, sdk::Call& call,
                                    sdk::ProgressSink& sink);

}  // namespace holdfast::runtime
