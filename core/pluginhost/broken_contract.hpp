// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/sdk/types.hpp"
#include "pluginhost/host_call.hpp"

#include <string>

namespace holdfast::pluginhost {

// The end of a call in which the plugin broke its contract, with what was wrong as its message.
[[nodiscard]] inline sdk::Status broken(HostCall& call, const std::string& problem) {
  call.explain(problem, {});
  return {sdk::ErrorClass::Internal};
}

}  // namespace holdfast::pluginhost
