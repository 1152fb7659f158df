// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "notifier/syslog/line.hpp"
#include "notifier/syslog/name_lookup.hpp"
#include "notifier/syslog/sequence.hpp"
#include "notifier/syslog/socket.hpp"
#include "notifier/syslog/transport.hpp"

#include <string>

namespace holdfast::syslog {

// RFC 5426: a datagram for each message. What is lost on the way, nobody notices; a port where
// nobody listens is, if the machine says so at once.
class UdpTransport final : public Transport {
 public:
  UdpTransport(Sender sender, std::string host, std::string port);

  [[nodiscard]] Result send(const std::vector<Record>& records, const Limits& limits) override;
  [[nodiscard]] Result check(const Limits& limits) override;

 private:
  [[nodiscard]] Result connect(Socket& socket, const Limits& limits);

  const Sender sender_;
  NameLookup lookup_;
  Sequence sequence_;
};

}  // namespace holdfast::syslog
