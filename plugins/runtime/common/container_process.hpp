// SPDX-License-Identifier: Apache-2.0
// Processes of containers, seen from the host. That works where the plugin shares the host's
// process namespace, which it does not when it talks to a remote engine or runs in a container
// itself.
#pragma once

#include <string_view>

namespace holdfast::runtime {

// True when `pid` surely is a living process of the container with that full id.
[[nodiscard]] bool livesInContainer(int pid, std::string_view containerId);

// Kills the process and its descendants inside the container. False when it is not visible as a
// process of that container, and nothing was done.
[[nodiscard]] bool killInContainer(int pid, std::string_view containerId);

}  // namespace holdfast::runtime
