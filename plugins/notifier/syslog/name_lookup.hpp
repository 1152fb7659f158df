// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "notifier/syslog/limits.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace holdfast::syslog {

// What a socket connects to.
struct SocketAddress {
  sockaddr_storage bytes{};
  socklen_t length = 0;
};

// The addresses of one host, for datagrams. The C library's resolver cannot be interrupted and
// takes as long as the name servers of resolv.conf let it, so it runs on a thread of its own, which
// a caller leaves behind when its time is over. There is one such thread at most: a caller that
// comes while it runs waits for the same answer. Thread-safe.
class NameLookup {
 public:
  // As getaddrinfo(3), which it is but for tests. What it finds is freed with freeaddrinfo(3).
  using Resolve = std::function<int(const char* host, const char* service, const addrinfo* hints,
                                    addrinfo** found)>;

  NameLookup(std::string host, std::string port, Resolve resolve = ::getaddrinfo);

  // Blocks at most for the limits. `found` has at least one address when the result is Ok.
  [[nodiscard]] Result find(const Limits& limits, std::vector<SocketAddress>& found);

 private:
  struct Run;

  [[nodiscard]] std::shared_ptr<const Run> running();

  const std::string host_;
  const std::string port_;
  const Resolve resolve_;
  std::mutex mutex_;
  std::shared_ptr<Run> run_;  // the latest; may have ended
};

}  // namespace holdfast::syslog
