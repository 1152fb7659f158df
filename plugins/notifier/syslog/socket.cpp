// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/socket.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace holdfast::syslog {

using sdk::ErrorClass;

Socket::~Socket() {
  if (number_ >= 0) {
    ::close(number_);
  }
}

Socket::Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Result Socket::send(std::string_view bytes, const Limits& limits) const {
  while (!bytes.empty()) {
    const ssize_t count = ::send(number_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EAGAIN || errno == ENOBUFS) {
      switch (waitFor(number_, POLLOUT, limits, limits.remainingMs())) {
        case Wait::Ready:
          continue;
        case Wait::TimedOut:
          return {ErrorClass::Transient, "it takes no more messages"};
        case Wait::Cancelled:
          return cancelled();
      }
    }
    if (errno != EINTR) {
      return failure("sending", errno);
    }
  }
  return {};
}

Result failure(const std::string& doing, int error) {
  const bool absent = error == ECONNREFUSED || error == ENOENT || error == EHOSTUNREACH ||
                      error == ENETUNREACH || error == ENOTCONN;
  return {absent ? ErrorClass::Unavailable : ErrorClass::Transient,
          doing + ": " + std::generic_category().message(error)};
}

}  // namespace holdfast::syslog
