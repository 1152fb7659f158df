// SPDX-License-Identifier: Apache-2.0
#include "notifier/syslog/udp_transport.hpp"

#include <cerrno>
#include <utility>

namespace holdfast::syslog {
namespace {

// How long a refusal of the other machine is waited for.
constexpr int kRefusalMs = 50;

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
    : sender_(std::move(sender)), lookup_(std::move(host), std::move(port)) {}

// To the first address that can be; no packet is sent for that.
Result UdpTransport::connect(Socket& socket, const Limits& limits) {
  std::vector<SocketAddress> addresses;
  if (Result result = lookup_.find(limits, addresses); !result.ok()) {
    return result;
  }
  int error = EHOSTUNREACH;
  for (const SocketAddress& address : addresses) {
    socket = Socket(address.bytes.ss_family, SOCK_DGRAM);
    const auto* bytes = static_cast<const sockaddr*>(static_cast<const void*>(&address.bytes));
    if (socket.number() >= 0 && ::connect(socket.number(), bytes, address.length) == 0) {
      return {};
    }
    error = errno;
  }
  return failure("connecting", error);
}

Result UdpTransport::send(const std::vector<Record>& records, const Limits& limits) {
  Socket socket;
  if (Result result = connect(socket, limits); !result.ok()) {
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

Result UdpTransport::check(const Limits& limits) {
  Socket socket;
  return connect(socket, limits);
}

}  // namespace holdfast::syslog
