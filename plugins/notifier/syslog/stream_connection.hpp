// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "holdfast/support/options.hpp"
#include "notifier/syslog/limits.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace holdfast::syslog {

// Where a stream goes to.
struct StreamTarget {
  std::string host;  // an IPv6 address in brackets
  std::string port;
  bool tls = false;
  support::TlsFiles files;

  [[nodiscard]] std::string name() const { return host + ":" + port; }
};

// An open connection over TCP or TLS, made by libcurl: it looks names up without blocking, tries
// all addresses, and holds the other side's certificate against its name. One thread at a time.
class StreamConnection {
 public:
  // Nothing when it could not be made; `result` says why. Blocks. With TLS it also waits until the
  // other side has accepted our certificate, which with TLS 1.3 is heard of only after the
  // handshake.
  [[nodiscard]] static std::unique_ptr<StreamConnection> open(const StreamTarget& target,
                                                              const Limits& limits, Result& result);
  ~StreamConnection();
  StreamConnection(const StreamConnection&) = delete;
  StreamConnection& operator=(const StreamConnection&) = delete;

  enum class State {
    Open,
    Closed,  // properly, by the other side: it has read what it was sent
    Lost,    // any other way: what it was sent last may be gone
  };
  // Looks without waiting. A receiver of syslog never says anything, so whatever comes is an end.
  [[nodiscard]] State state();

  // Writes all of it, and waits until the other machine has confirmed that it came: a write alone
  // succeeds on a dead connection too.
  [[nodiscard]] Result send(std::string_view bytes, const Limits& limits);

 private:
  class Handles;

  explicit StreamConnection(std::unique_ptr<Handles> handles);
  [[nodiscard]] Result settle(const Limits& limits);
  [[nodiscard]] Result write(std::string_view bytes, const Limits& limits);
  [[nodiscard]] Result awaitConfirmation(const Limits& limits);

  std::unique_ptr<Handles> handles_;
  int socket_ = -1;
};

}  // namespace holdfast::syslog
