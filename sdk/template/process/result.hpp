// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <holdfast/sdk/types.hpp>

#include <string_view>

namespace process {

// A status with its reason, in one line.
inline holdfast::sdk::Status fail(holdfast::sdk::Call& call, holdfast::sdk::ErrorClass code,
                                  std::string_view message) {
  call.explain(message, {});
  return {code};
}

}  // namespace process
