// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "notifier/syslog/line.hpp"
#include "notifier/syslog/sequence.hpp"
#include "notifier/syslog/stream_connection.hpp"
#include "notifier/syslog/transport.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace holdfast::syslog {

// Messages over TCP (RFC 6587, octet counting) or TLS (RFC 5425) on one connection that is kept.
//
// A receiver of syslog confirms nothing. What can be known is that its machine has the bytes; what
// it had not yet read when it went is gone. So the last messages are kept, and sent again first
// when a connection was lost: readers tell them by sequenceId and id.
class StreamTransport final : public Transport {
 public:
  StreamTransport(Sender sender, StreamTarget target);

  [[nodiscard]] Result send(const std::vector<Record>& records, const Limits& limits) override;
  [[nodiscard]] Result check(const Limits& limits) override;
  void close() noexcept override;

 private:
  // The connection, and what went over it last. A call takes it for itself; one that overlaps finds
  // none and makes its own.
  struct Link {
    std::unique_ptr<StreamConnection> connection;
    std::deque<std::string> last;
    bool lost = false;  // what is in `last` may not have been read
  };

  [[nodiscard]] Link take();
  void putBack(Link link);
  [[nodiscard]] Result connect(Link& link, const Limits& limits) const;
  [[nodiscard]] Result sendAll(Link& link, const std::vector<std::string>& frames,
                               const Limits& limits) const;

  const Sender sender_;
  const StreamTarget target_;
  Sequence sequence_;
  std::mutex mutex_;
  Link link_;
};

}  // namespace holdfast::syslog
