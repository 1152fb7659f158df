// SPDX-License-Identifier: Apache-2.0
// What to tell somebody whose command did not reach the daemon.
#pragma once

#include "holdfast/support/http.hpp"

#include <functional>
#include <string>

namespace holdfast::cli {

// access(2): may this process use the path in that way (R_OK, W_OK, X_OK)?
using MayAccess = std::function<bool(const std::string& path, int mode)>;
[[nodiscard]] bool systemMayAccess(const std::string& path, int mode);

// Several lines: the socket's path, why it did not work (with the group to join where permission is
// missing; looks at the file and the folders above it), and what to do.
[[nodiscard]] std::string explainUnreachable(const std::string& socketPath,
                                             const support::HttpResult& result,
                                             const MayAccess& mayAccess = systemMayAccess);

}  // namespace holdfast::cli
