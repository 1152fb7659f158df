// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "notifier/syslog/limits.hpp"

#include <sys/socket.h>

#include <string>
#include <string_view>

namespace holdfast::syslog {

// A non-blocking socket, closed with its owner.
class Socket {
 public:
  Socket() = default;
  // -1 when there is none: see errno.
  Socket(int family, int type)
      : number_(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  [[nodiscard]] int number() const { return number_; }

  // Sends all of it on a connected socket; a datagram as one. Waits where the other side's queue is
  // full.
  [[nodiscard]] Result send(std::string_view bytes, const Limits& limits) const;

 private:
  int number_ = -1;
};

// The words for errno, with the class that fits: nobody there is Unavailable.
[[nodiscard]] Result failure(const std::string& doing, int error);

}  // namespace holdfast::syslog
