// SPDX-License-Identifier: Apache-2.0
#include "conformance/kit/silent_peer.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace holdfast::conformance {
namespace {

constexpr int kBacklog = 64;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

template <class Address>
int listenOn(int family, const Address& address, const std::string& name) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto* const any = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (fd < 0 || ::bind(fd, any, sizeof(address)) != 0 || ::listen(fd, kBacklog) != 0) {
    fail("cannot listen on " + name);
  }
  return fd;
}

}  // namespace

SilentPeer::SilentPeer(std::string path) : path_(std::move(path)) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  path_.copy(local.sun_path, sizeof(local.sun_path) - 1);
  unix_ = listenOn(AF_UNIX, local, path_);
  sockaddr_in loopback{};
  loopback.sin_family = AF_INET;
  loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  tcp_ = listenOn(AF_INET, loopback, "127.0.0.1");
  socklen_t size = sizeof(loopback);
  if (::getsockname(tcp_, static_cast<sockaddr*>(static_cast<void*>(&loopback)), &size) != 0) {
    fail("getsockname");
  }
  address_ = "127.0.0.1:" + std::to_string(ntohs(loopback.sin_port));
}

SilentPeer::~SilentPeer() {
  drop();
  ::close(unix_);
  ::close(tcp_);
  ::unlink(path_.c_str());
}

void SilentPeer::take(int listener) {
  for (int fd = 0; (fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    taken_.push_back(fd);
  }
}

bool SilentPeer::awaitConnection(std::chrono::milliseconds limit) {
  pollfd wait[] = {{unix_, POLLIN, 0}, {tcp_, POLLIN, 0}};
  const bool came = ::poll(wait, 2, static_cast<int>(limit.count())) > 0;
  take(unix_);
  take(tcp_);
  return came;
}

void SilentPeer::drop() {
  take(unix_);
  take(tcp_);
  for (const int fd : taken_) {
    ::close(fd);
  }
  taken_.clear();
}

}  // namespace holdfast::conformance
