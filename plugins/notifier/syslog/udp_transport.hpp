// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "notifier/syslog/line.hpp"
#include "notifier/syslog/sequence.hpp"
#include "notifier/syslog/transport.hpp"

#include <string>

namespace holdfast::syslog {

// RFC 5426: a datagram for each message. What is lost on the way, nobody notices; a port where
// nobody listens is, if the machine says so at once.
//
// A host name is looked up by the C library, which a cancelled call waits for: up to the time-outs
// of resolv.conf.
class UdpTransport final : public Transport {
 public:
  UdpTransport(Sender sender, std::string host, std::string port);

  [[nodiscard]] Result send(const std::vector<Record>& records, const Limits& limits) override;
  [[nodiscard]] Result check(const Limits& limits) override;

 private:
  const Sender sender_;
  const std::string host_;
  const std::string port_;
  Sequence sequence_;
};

}  // namespace holdfast::syslog
