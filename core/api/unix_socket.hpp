// SPDX-License-Identifier: Apache-2.0
// The unix socket: bound with the right owner from the first moment, with peers that are known.
#pragma once

#include "api/connection.hpp"
#include "api/listening_socket.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

namespace holdfast::api {

// The group's id; nothing when there is no such group.
[[nodiscard]] std::optional<gid_t> groupNamed(const std::string& name);

// Whose members may do what, besides root and this process's own user, who may operate.
struct SocketGroups {
  std::optional<gid_t> operate;
  std::optional<gid_t> read;
};

// Listens at `path`, owned by this process and the operating group (its own where there is none),
// with mode 0660, or 0666 where there is a reading group. A socket that nobody answers on any more
// is replaced. Throws SocketError, also when some process does answer there. The caller owns the
// descriptor, which does not block, and removes the file in the end.
[[nodiscard]] int listenOn(const std::string& path, const SocketGroups& groups);

// Who is at the other end of an accepted connection.
[[nodiscard]] Peer peerOf(int fd, const SocketGroups& groups);

}  // namespace holdfast::api
