// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/udp_transport.hpp"

#include "notifier/syslog/socket.hpp"

#include <netdb.h>

#include <cerrno>
#include <memory>
#include <utility>

namespace holdfast::syslog {
namespace {

// How long a refusal of the other machine is waited for.
constexpr int kRefusalMs = 50;

struct AddressesDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

// A socket connected to the first address that can be; no packet is sent for that.
Result connectTo(const std::string& host, const std::string& port, Socket& socket) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    return {sdk::ErrorClass::Unavailable, "looking up " + host + ": " + ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, AddressesDeleter> addresses(found);
  int error = EHOSTUNREACH;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    socket = Socket(at->ai_family, SOCK_DGRAM);
    if (socket.number() >= 0 && ::connect(socket.number(), at->ai_addr, at->ai_addrlen) == 0) {
      return {};
    }
    error = errno;
  }
  return failure("connecting", error);
}

Result refusal(const Socket& socket, const Limits& limits) {
  switch (waitFor(socket.number(), 0, limits, kRefusalMs)) {
    case Wait::TimedOut:
      return {};
    case Wait::Cancelled:
      return cancelled();
    case Wait::Ready:
      break;
  }
  int error = 0;
  socklen_t length = sizeof(error);
  ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &length);
  return error == 0 ? Result{} : failure("sending", error);
}

}  // namespace

UdpTransport::UdpTransport(Sender sender, std::string host, std::string port)
    : sender_(std::move(sender)), host_(std::move(host)), port_(std::move(port)) {}

Result UdpTransport::send(const std::vector<Record>& records, const Limits& limits) {
  Socket socket;
  if (Result result = connectTo(host_, port_, socket); !result.ok()) {
    return result;
  }
  for (const Record& record : records) {
    const std::string line = rfc5424(record, sender_, sequence_.next(), clockSynchronised());
    if (Result result = socket.send(line, limits); !result.ok()) {
      return result;
    }
  }
  return refusal(socket, limits);
}

Result UdpTransport::check(const Limits& /*limits*/) {
  Socket socket;
  return connectTo(host_, port_, socket);
}

}  // namespace holdfast::syslog
