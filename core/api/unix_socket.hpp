// SPDX-License-Identifier: Apache-2.0
// The unix socket below Poco's HTTP server: bound with the right owner from the first moment, with
// peers that are known, requests that must arrive in time, and an accept that can be woken.
#pragma once

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace holdfast::api {

// what() says which path, what is in the way and what to do.
class SocketError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The group's id; nothing when there is no such group.
[[nodiscard]] std::optional<gid_t> groupNamed(const std::string& name);

// Listens at `path` with mode 0660, owned by this process and `group` (its own where nothing is
// given). A socket that nobody answers on any more is replaced. Throws SocketError, also when some
// process does answer there. The caller owns the descriptor and removes the file in the end.
[[nodiscard]] int listenOn(const std::string& path, std::optional<gid_t> group);

struct Peer {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;
  // Root, this process's own user, or a member of the socket's group.
  bool allowed = false;
};

// A connection whose every request has to arrive within a time, counted from its first byte.
class PeerSocket final : public Poco::Net::StreamSocketImpl {
 public:
  PeerSocket(int fd, std::optional<gid_t> group, std::chrono::milliseconds requestTime);

  [[nodiscard]] const Peer& peer() const { return peer_; }

  // The other side has closed the connection altogether.
  [[nodiscard]] bool gone() const;

  // The request that was arriving did not arrive in time.
  [[nodiscard]] bool late() const { return late_; }

  int receiveBytes(void* buffer, int length, int flags) override;
  int sendBytes(const void* buffer, int length, int flags) override;

 private:
  Peer peer_;
  std::chrono::milliseconds requestTime_;
  // When the request that is arriving has to be complete; nothing between requests.
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  bool late_ = false;
};

// Accepts PeerSockets. Its poll() sleeps until there is a connection or wake() was called, instead
// of looking four times a second as Poco's TCPServer asks it to.
class UnixServerSocket final : public Poco::Net::ServerSocketImpl {
 public:
  // Takes the listening descriptor over.
  UnixServerSocket(int fd, std::optional<gid_t> group, std::chrono::milliseconds requestTime);

  Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& client) override;
  bool poll(const Poco::Timespan& timeout, int mode) override;

  // Makes poll() return from now on, for good. Any thread.
  void wake();

 protected:
  ~UnixServerSocket() override;

 private:
  std::optional<gid_t> group_;
  std::chrono::milliseconds requestTime_;
  int wake_;
};

// Poco's handle on it; ServerSocket keeps the constructor that takes an implementation to itself.
class UnixServerSocketHandle final : public Poco::Net::ServerSocket {
 public:
  explicit UnixServerSocketHandle(UnixServerSocket* socket)
      : Poco::Net::ServerSocket(socket, true) {}
};

}  // namespace holdfast::api
