// SPDX-License-Identifier: Apache-2.0
#include "bench/support/unix_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>

namespace holdfast::bench {
namespace {

constexpr int kBacklog = 64;

sockaddr_un addressOf(const std::filesystem::path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = socket.string();
  if (path.size() >= sizeof address.sun_path) {
    throw std::invalid_argument(path + " is too long for a socket");
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

// connect() or bind().
template <class Function>
int opened(const std::filesystem::path& socket, Function function) {
  const sockaddr_un address = addressOf(socket);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || function(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    ::close(fd);
    throw std::system_error(error, std::generic_category(), socket.string());
  }
  return fd;
}

}  // namespace

int connectTo(const std::filesystem::path& socket) {
  return opened(socket, ::connect);
}

int listenAt(const std::filesystem::path& socket) {
  const int fd = opened(socket, ::bind);
  if (::listen(fd, kBacklog) != 0) {
    const int error = errno;
    ::close(fd);
    throw std::system_error(error, std::generic_category(), socket.string());
  }
  return fd;
}

void sendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) {
      throw std::system_error(errno, std::generic_category(), "send");
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace holdfast::bench
