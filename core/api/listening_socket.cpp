// SPDX-License-Identifier: Apache-2.0
#include "api/listening_socket.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace holdfast::api {

ListeningSocket::ListeningSocket(std::vector<int> listeners, Admit admit)
    : listeners_(std::move(listeners)), admit_(std::move(admit)), wake_(::eventfd(0, EFD_CLOEXEC)) {
  reset(listeners_.front());
  if (wake_ < 0) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
}

ListeningSocket::~ListeningSocket() {
  for (std::size_t i = 1; i < listeners_.size(); ++i) {  // the first one is the base's
    ::close(listeners_[i]);
  }
  ::close(wake_);
}

Poco::Net::SocketImpl* ListeningSocket::acceptConnection(Poco::Net::SocketAddress& client) {
  const int fd = ::accept4(listeners_[ready_], nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      // The connection stays in the queue: without a pause this would be tried without end.
      pollfd wait{wake_, POLLIN, 0};
      ::poll(&wait, 1, 100);
    }
    throw Poco::IOException("accept", std::strerror(errno));
  }
  auto* connection = admit_(fd);
  if (connection == nullptr) {
    throw Poco::IOException("turned away");  // Poco goes on with the next one
  }
  client = Poco::Net::SocketAddress();
  return connection;  // Poco's sockets count references to it
}

bool ListeningSocket::poll(const Poco::Timespan&, int) {
  std::vector<pollfd> waits;
  for (const int fd : listeners_) {
    waits.push_back({fd, POLLIN, 0});
  }
  waits.push_back({wake_, POLLIN, 0});
  if (::poll(waits.data(), waits.size(), -1) <= 0 || (waits.back().revents & POLLIN) != 0) {
    return false;
  }
  // Round robin, so that a busy listener does not starve the others.
  for (std::size_t i = 1; i <= listeners_.size(); ++i) {
    const auto next = (ready_ + i) % listeners_.size();
    if (waits[next].revents != 0) {
      ready_ = next;
      return true;
    }
  }
  return false;
}

void ListeningSocket::wake() {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_, &one, sizeof one));  // cannot fail: counter of one
}

}  // namespace holdfast::api
