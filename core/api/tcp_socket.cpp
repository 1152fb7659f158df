// SPDX-License-Identifier: Apache-2.0
#include "api/tcp_socket.hpp"

#include "api/listening_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace holdfast::api {
namespace {

constexpr int kBacklog = 128;
constexpr int kSendBuffer = 128 * 1024;      // the kernel doubles it for its own needs
constexpr unsigned kUserTimeoutMs = 30'000;  // sent and not acknowledged

// sockaddr is what the system calls take, whatever the family.
sockaddr* generic(sockaddr_storage& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

void setOption(int fd, int level, int option, int value) {
  static_cast<void>(::setsockopt(fd, level, option, &value, sizeof value));
}

socklen_t fill(const config::ListenAddress& from, sockaddr_storage& to) {
  if (from.six) {
    auto& six = reinterpret_cast<sockaddr_in6&>(to);
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(from.port);
    ::inet_pton(AF_INET6, from.host.c_str(), &six.sin6_addr);
    return sizeof six;
  }
  auto& four = reinterpret_cast<sockaddr_in&>(to);
  four.sin_family = AF_INET;
  four.sin_port = htons(from.port);
  ::inet_pton(AF_INET, from.host.c_str(), &four.sin_addr);
  return sizeof four;
}

struct Numbers {
  std::string address;
  std::string network;
  bool six = false;
};

std::string textOf(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(family, address, text.data(), text.size()) == nullptr ? "" : text.data();
}

Numbers numbersOf(sockaddr_storage& from) {
  if (from.ss_family == AF_INET6) {
    auto address = reinterpret_cast<sockaddr_in6&>(from).sin6_addr;
    const auto whole = textOf(AF_INET6, &address);
    std::memset(&address.s6_addr[8], 0, 8);  // one household has a /64
    return {whole, textOf(AF_INET6, &address) + "/64", true};
  }
  const auto whole = textOf(AF_INET, &reinterpret_cast<sockaddr_in&>(from).sin_addr);
  return {whole, whole, false};
}

}  // namespace

int listenOn(const config::ListenAddress& address) {
  sockaddr_storage name{};
  const socklen_t size = fill(address, name);
  const int fd = ::socket(name.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
  if (fd >= 0) {
    setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (address.six) {
      setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    }
  }
  if (fd < 0 || ::bind(fd, generic(name), size) != 0 || ::listen(fd, kBacklog) != 0) {
    const int error = errno;
    if (fd >= 0) {
      ::close(fd);
    }
    throw SocketError("api.listen " + address.text() +
                      ": cannot be listened on: " + std::strerror(error) +
                      "; expected an address of this machine and a port that is free");
  }
  return fd;
}

config::ListenAddress addressOf(int listener, const config::ListenAddress& asked) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  auto address = asked;
  if (::getsockname(listener, generic(name), &size) == 0) {
    // The port stands at the same place in both families.
    address.port = ntohs(reinterpret_cast<sockaddr_in&>(name).sin_port);
  }
  return address;
}

void boundTcp(int fd) {
  setOption(fd, SOL_SOCKET, SO_SNDBUF, kSendBuffer);
  setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMs);
}

Origin tcpOrigin(int fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  Origin origin;
  if (::getpeername(fd, generic(name), &size) == 0) {
    auto numbers = numbersOf(name);
    origin.address = std::move(numbers.address);
    origin.network = std::move(numbers.network);
  }
  size = sizeof name;
  if (::getsockname(fd, generic(name), &size) == 0) {
    const auto own = numbersOf(name);
    origin.host = own.six ? "[" + own.address + "]" : own.address;
  }
  return origin;
}

void turnAway(int fd, std::string_view answer) {
  static_cast<void>(!::send(fd, answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
  ::shutdown(fd, SHUT_WR);
  // What has arrived already is taken, since the kernel would otherwise break the connection off
  // before the other side gets to read the answer.
  std::array<char, 4096> ignored{};
  static_cast<void>(!::recv(fd, ignored.data(), ignored.size(), MSG_DONTWAIT));
  ::close(fd);
}

}  // namespace holdfast::api
