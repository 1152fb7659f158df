// SPDX-License-Identifier: Apache-2.0
// Listening and accepting over TCP.
#pragma once

#include "api/connection.hpp"
#include "config/listen_address.hpp"

#include <string_view>

namespace holdfast::api {

// Throws SocketError. The caller owns the descriptor, which does not block.
[[nodiscard]] int listenOn(const config::ListenAddress& address);

// With the port that it got where 0 was asked for.
[[nodiscard]] config::ListenAddress addressOf(int listener, const config::ListenAddress& asked);

// Bounds what the kernel keeps for an accepted connection, and for how long it keeps one whose
// other side has vanished.
void boundTcp(int fd);

// Where an accepted connection comes from.
[[nodiscard]] Origin tcpOrigin(int fd);

// Answers without having read anything, never blocks, and closes.
void turnAway(int fd, std::string_view answer);

}  // namespace holdfast::api
