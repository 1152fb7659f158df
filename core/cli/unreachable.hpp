// SPDX-License-Identifier: Apache-2.0
// What to tell somebody whose command did not reach the daemon.
#pragma once

#include "holdfast/support/http.hpp"

#include <string>

namespace holdfast::cli {

// Several lines: the socket's path, why it did not work (with the group to join where permission is
// missing; looks at the file), and what to do.
[[nodiscard]] std::string explainUnreachable(const std::string& socketPath,
                                             const support::HttpResult& result);

}  // namespace holdfast::cli
