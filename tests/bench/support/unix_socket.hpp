// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace holdfast::bench {

/// A connected, blocking stream socket; the caller closes it. Throws std::system_error.
int connectTo(const std::filesystem::path& socket);

/// A listening stream socket at a path that must not exist yet; the caller closes it. Throws
/// std::system_error.
int listenAt(const std::filesystem::path& socket);

/// Throws std::system_error when the other side is gone.
void sendAll(int fd, std::string_view bytes);

}  // namespace holdfast::bench
