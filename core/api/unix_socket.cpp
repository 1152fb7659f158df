// SPDX-License-Identifier: Apache-2.0
#include "api/unix_socket.hpp"

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace holdfast::api {
namespace {

constexpr int kBacklog = 64;
constexpr mode_t kMode = 0660;
constexpr mode_t kOpenMode = 0666;     // a file has one group: whoever else may read is told apart
                                       // by the kernel's word on who connected
constexpr mode_t kPrivateMode = 0600;  // until it has its group

[[noreturn]] void fail(const std::string& path, const std::string& what, int error) {
  throw SocketError("api.socket " + path + ": " + what + ": " + std::strerror(error));
}

struct SocketGuard {
  int fd;
  ~SocketGuard() {
    if (fd >= 0) {
      ::close(fd);
    }
  }
  int release() { return std::exchange(fd, -1); }
};

sockaddr_un addressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw SocketError("api.socket " + path + ": expected at most " +
                      std::to_string(sizeof address.sun_path - 1) + " bytes");
  }
  std::memcpy(&address.sun_path[0], path.c_str(), path.size() + 1);
  return address;
}

// sockaddr is what the system calls take, whatever the family.
const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

int newSocket(const std::string& path, int flags = 0) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0) {
    fail(path, "no socket", errno);
  }
  return fd;
}

// Removes what a process that is gone left behind; refuses everything else that is in the way.
void clearStale(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return;  // nothing there, or bind() tells
  }
  if (!S_ISSOCK(status.st_mode)) {
    throw SocketError("api.socket " + path +
                      ": something that is no socket is there; remove it or choose another path");
  }
  // EAGAIN: somebody listens there, but does not get round to accepting.
  const SocketGuard probe{newSocket(path, SOCK_NONBLOCK)};
  if (::connect(probe.fd, generic(address), sizeof address) == 0 || errno == EAGAIN) {
    throw SocketError("api.socket " + path +
                      ": another process answers there; stop it first, or "
                      "give this one another api.socket and state.dir");
  }
  if (errno != ECONNREFUSED) {
    fail(path, "cannot tell whether another process listens there", errno);
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    fail(path, "a left-over socket cannot be removed", errno);
  }
}

bool isMember(int fd, const Peer& peer, gid_t group) {
  if (peer.gid == group) {
    return true;
  }
  std::vector<gid_t> groups(64);
  auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0) {
    if (errno != ERANGE) {
      return false;
    }
    groups.resize(size / sizeof(gid_t));
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0) {
      return false;
    }
  }
  groups.resize(size / sizeof(gid_t));
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

}  // namespace

std::optional<gid_t> groupNamed(const std::string& name) {
  constexpr std::size_t kMost = 1u << 20;
  for (std::size_t size = 1024; size <= kMost; size *= 4) {
    std::vector<char> buffer(size);
    group entry{};
    group* found = nullptr;
    const int error = ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (error != ERANGE) {
      return found == nullptr ? std::nullopt : std::optional(entry.gr_gid);
    }
  }
  return std::nullopt;
}

int listenOn(const std::string& path, const SocketGroups& groups) {
  const sockaddr_un address = addressOf(path);
  clearStale(path, address);
  SocketGuard socket{newSocket(path, SOCK_NONBLOCK)};
  // Set before bind(), so that the file never has a wider mode than it should: Linux takes it over
  // from the socket's own inode, less the umask.
  if (::fchmod(socket.fd, kPrivateMode) != 0) {
    fail(path, "cannot set the mode", errno);
  }
  if (::bind(socket.fd, generic(address), sizeof address) != 0) {
    fail(path, "cannot be created", errno);
  }
  constexpr uid_t kSameUser = static_cast<uid_t>(-1);
  if ((groups.operate && ::chown(path.c_str(), kSameUser, *groups.operate) != 0) ||
      ::chmod(path.c_str(), groups.read ? kOpenMode : kMode) != 0 ||
      ::listen(socket.fd, kBacklog) != 0) {
    const int error = errno;
    ::unlink(path.c_str());
    fail(path, "cannot be handed to the group api.group", error);
  }
  return socket.release();
}

Peer peerOf(int fd, const SocketGroups& groups) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return {};
  }
  Peer peer{credentials.uid, credentials.gid, credentials.pid, Access::Public};
  if (peer.uid == 0 || peer.uid == ::geteuid() ||
      (groups.operate && isMember(fd, peer, *groups.operate))) {
    peer.access = Access::Operate;
  } else if (groups.read && isMember(fd, peer, *groups.read)) {
    peer.access = Access::Read;
  }
  return peer;
}

}  // namespace holdfast::api
