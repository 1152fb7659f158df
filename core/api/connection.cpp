// SPDX-License-Identifier: Apache-2.0
#include "api/connection.hpp"

#include "api/request_head.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Socket.h>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace holdfast::api {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::string_view kHeadEnd = "\r\n\r\n";

// What Poco is given to read in place of a request that may not pass.
constexpr std::string_view kHarmless = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";

constexpr milliseconds kLinger{2'000};
constexpr std::size_t kMostDrained = 32u << 20;

// False when `until` comes first.
bool waitFor(int fd, short what, Steady::time_point until) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - Steady::now()).count();
    pollfd wait{fd, what, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::max<long>(left, 0)));
    if (ready >= 0 || errno != EINTR) {
      return ready > 0;
    }
  }
}

bool isTemporary(int error) {
  return error == EAGAIN || error == EINTR;
}

}  // namespace

Connection::Connection(int fd, Origin origin, milliseconds patience, std::shared_ptr<void> place)
    : Poco::Net::StreamSocketImpl(fd),
      origin_(std::move(origin)),
      patience_(patience),
      place_(std::move(place)) {}

bool Connection::gone() const {
  pollfd look{sockfd(), POLLOUT, 0};
  return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLHUP | POLLERR)) != 0;
}

void Connection::allowForSending(milliseconds time) {
  sendDeadline_ = Steady::now() + time;
}

Connection::Arrival Connection::receiveSome(Instant until) {
  std::array<char, 8192> buffer{};
  while (waitFor(sockfd(), POLLIN, until)) {
    const ssize_t got = ::recv(sockfd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      arrived_.append(buffer.data(), static_cast<std::size_t>(got));
      return Arrival::Bytes;
    }
    if (got == 0 || !isTemporary(errno)) {
      return Arrival::End;
    }
  }
  return Arrival::Late;
}

void Connection::refuse(int status, const std::string& detail) {
  refusal_ = problem(status, detail);
  arrived_ = kHarmless;
  headLeft_ = arrived_.size();
}

// False when the other side closed the connection without another request.
bool Connection::readHead() {
  deadline_ = Steady::now() + patience_;
  sendDeadline_ = deadline_;
  auto end = arrived_.find(kHeadEnd);
  for (; end == std::string::npos; end = arrived_.find(kHeadEnd)) {
    if (const auto verdict = judgeUnfinished(arrived_); verdict.status != 0) {
      refuse(verdict.status, verdict.detail);
      return true;
    }
    const auto arrival = receiveSome(deadline_);
    if (arrival == Arrival::Late) {
      refuse(408, "the request did not arrive in time (api.requestTimeout)");
      return true;
    }
    if (arrival == Arrival::End) {
      if (!arrived_.empty()) {
        refuse(400, "the request ended before its headers did");
      }
      return !arrived_.empty();
    }
  }
  headLeft_ = end + kHeadEnd.size();
  const auto verdict = judgeHead(std::string_view(arrived_).substr(0, headLeft_));
  bodyLeft_ = verdict.bodyLength;
  if (verdict.status != 0) {
    refuse(verdict.status, verdict.detail);
  }
  return true;
}

int Connection::takeBody(char* buffer, std::size_t length) {
  if (arrived_.empty()) {
    const auto arrival = receiveSome(deadline_);
    if (arrival == Arrival::Late) {
      late_ = true;
      throw Poco::TimeoutException("the request did not arrive in time");
    }
    if (arrival == Arrival::End) {
      return 0;
    }
  }
  const auto taken = std::min({length, bodyLeft_, arrived_.size()});
  std::memcpy(buffer, arrived_.data(), taken);
  arrived_.erase(0, taken);
  bodyLeft_ -= taken;
  return static_cast<int>(taken);
}

int Connection::receiveBytes(void* buffer, int length, int) {
  const auto room = static_cast<std::size_t>(length);
  if (headLeft_ == 0 && bodyLeft_ > 0) {
    return takeBody(static_cast<char*>(buffer), room);
  }
  if (headLeft_ == 0 && (refusal_ || !readHead())) {
    return 0;
  }
  const auto taken = std::min(room, headLeft_);
  std::memcpy(buffer, arrived_.data(), taken);
  arrived_.erase(0, taken);
  headLeft_ -= taken;
  return static_cast<int>(taken);
}

int Connection::sendBytes(const void* buffer, int length, int) {
  const auto* bytes = static_cast<const char*>(buffer);
  for (int sent = 0; sent < length;) {
    const ssize_t took = ::send(sockfd(), bytes + sent, static_cast<std::size_t>(length - sent),
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (took >= 0) {
      sent += static_cast<int>(took);
    } else if (!isTemporary(errno)) {
      throw Poco::IOException("the other side has gone", std::strerror(errno));
    } else if (!waitFor(sockfd(), POLLOUT, sendDeadline_)) {
      // What is in the kernel's buffer is not kept for somebody who takes nothing.
      const linger atOnce{1, 0};
      static_cast<void>(::setsockopt(sockfd(), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce));
      throw Poco::TimeoutException("the other side does not take what is sent");
    }
  }
  return length;
}

bool Connection::poll(const Poco::Timespan& timeout, int mode) {
  return ((mode & SELECT_READ) != 0 && !arrived_.empty()) ||
         Poco::Net::StreamSocketImpl::poll(timeout, mode);
}

void Connection::drain() {
  if (::shutdown(sockfd(), SHUT_WR) != 0) {
    return;
  }
  const auto until = Steady::now() + kLinger;
  std::size_t drained = 0;
  do {
    drained += arrived_.size();
    arrived_.clear();
  } while (drained < kMostDrained && receiveSome(until) == Arrival::Bytes);
}

void Connection::close() {
  if (initialized() && (refusal_ || bodyLeft_ > 0)) {
    drain();
  }
  Poco::Net::StreamSocketImpl::close();
}

}  // namespace holdfast::api
