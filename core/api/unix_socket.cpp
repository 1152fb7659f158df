// SPDX-License-Identifier: Apache-2.0
#include "api/unix_socket.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>

#include <grp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

namespace holdfast::api {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kBacklog = 64;
constexpr mode_t kMode = 0660;
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

Peer peerOf(int fd, std::optional<gid_t> group) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return {};
  }
  Peer peer{credentials.uid, credentials.gid, credentials.pid, false};
  peer.allowed = peer.uid == 0 || peer.uid == ::geteuid() || (group && isMember(fd, peer, *group));
  return peer;
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

int listenOn(const std::string& path, std::optional<gid_t> group) {
  const sockaddr_un address = addressOf(path);
  clearStale(path, address);
  SocketGuard socket{newSocket(path)};
  // Set before bind(), so that the file never has a wider mode than it should: Linux takes it over
  // from the socket's own inode, less the umask.
  if (::fchmod(socket.fd, kPrivateMode) != 0) {
    fail(path, "cannot set the mode", errno);
  }
  if (::bind(socket.fd, generic(address), sizeof address) != 0) {
    fail(path, "cannot be created", errno);
  }
  constexpr uid_t kSameUser = static_cast<uid_t>(-1);
  if ((group && ::chown(path.c_str(), kSameUser, *group) != 0) ||
      ::chmod(path.c_str(), kMode) != 0 || ::listen(socket.fd, kBacklog) != 0) {
    const int error = errno;
    ::unlink(path.c_str());
    fail(path, "cannot be handed to the group api.group", error);
  }
  return socket.release();
}

PeerSocket::PeerSocket(int fd, std::optional<gid_t> group, milliseconds requestTime)
    : Poco::Net::StreamSocketImpl(fd), peer_(peerOf(fd, group)), requestTime_(requestTime) {}

bool PeerSocket::gone() const {
  pollfd look{sockfd(), POLLOUT, 0};
  return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLHUP | POLLERR)) != 0;
}

int PeerSocket::receiveBytes(void* buffer, int length, int flags) {
  if (deadline_) {
    const auto left = std::chrono::ceil<milliseconds>(*deadline_ - Steady::now());
    pollfd wait{sockfd(), POLLIN, 0};
    if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) == 0) {
      late_ = true;
      throw Poco::TimeoutException("the request did not arrive in time");
    }
  }
  const int received = Poco::Net::StreamSocketImpl::receiveBytes(buffer, length, flags);
  if (received > 0 && !deadline_) {
    deadline_ = Steady::now() + requestTime_;
  }
  return received;
}

int PeerSocket::sendBytes(const void* buffer, int length, int flags) {
  deadline_.reset();  // it is answered: what comes next is another request
  return Poco::Net::StreamSocketImpl::sendBytes(buffer, length, flags | MSG_NOSIGNAL);
}

UnixServerSocket::UnixServerSocket(int fd, std::optional<gid_t> group, milliseconds requestTime)
    : group_(group), requestTime_(requestTime), wake_(::eventfd(0, EFD_CLOEXEC)) {
  reset(fd);
  if (wake_ < 0) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
}

UnixServerSocket::~UnixServerSocket() {
  ::close(wake_);
}

Poco::Net::SocketImpl* UnixServerSocket::acceptConnection(Poco::Net::SocketAddress& client) {
  const int fd = ::accept4(sockfd(), nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
      // The connection stays in the queue: without a pause this would be tried without end.
      pollfd wait{wake_, POLLIN, 0};
      ::poll(&wait, 1, 100);
    }
    throw Poco::IOException("accept", std::strerror(errno));
  }
  client = Poco::Net::SocketAddress(Poco::Net::SocketAddress::UNIX_LOCAL, "");
  return new PeerSocket(fd, group_, requestTime_);  // Poco's sockets count references to it
}

bool UnixServerSocket::poll(const Poco::Timespan&, int) {
  std::array<pollfd, 2> waits{{{sockfd(), POLLIN, 0}, {wake_, POLLIN, 0}}};
  return ::poll(waits.data(), waits.size(), -1) > 0 && (waits[1].revents & POLLIN) == 0;
}

void UnixServerSocket::wake() {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_, &one, sizeof one));  // cannot fail: counter of one
}

}  // namespace holdfast::api
