// SPDX-License-Identifier: Apache-2.0
// One run of `holdfast`.
#pragma once

#include "cli/api.hpp"
#include "cli/console.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::cli {

using ConnectApi = std::function<std::unique_ptr<Api>(std::string socketPath)>;

// `words` is argv without the program's name, `environmentSocket` the value of HOLDFAST_SOCKET
// (empty: not set). Returns the exit code.
[[nodiscard]] int runCommandLine(const std::vector<std::string>& words,
                                 const std::string& environmentSocket, Console& console,
                                 const ConnectApi& connect);

}  // namespace holdfast::cli
