// SPDX-License-Identifier: Apache-2.0
// One connection below Poco's HTTP server, on the unix socket or over TCP. It reads requests in
// time or not at all, hands Poco only heads that were judged and never a byte of the next request,
// and bounds how long a reader may take.
#pragma once

#include "api/http.hpp"

#include <Poco/Net/StreamSocketImpl.h>

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace holdfast::api {

// A process at the other end of the unix socket.
struct Peer {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;
  Access access = Access::Public;
};

// Where a connection comes from.
struct Origin {
  std::optional<Peer> peer;  // on the unix socket; absent: over TCP
  std::string address;       // of the other side, numeric
  std::string network;       // what counts as one sender: an IPv4 address, or an IPv6 /64
  std::string host;          // the address that was connected to, as a URL has it
};

class Connection final : public Poco::Net::StreamSocketImpl {
 public:
  // Takes the descriptor over. `patience`: for a request to arrive, counted from its first byte.
  // `place` is held as long as the connection lives.
  Connection(int fd, Origin origin, std::chrono::milliseconds patience,
             std::shared_ptr<void> place);

  [[nodiscard]] const Origin& origin() const { return origin_; }

  // Why the request that is being answered was not read; then what Poco made of it means nothing.
  [[nodiscard]] const std::optional<Response>& refusal() const { return refusal_; }

  // What has not been read of its body.
  [[nodiscard]] std::size_t bodyLeft() const { return bodyLeft_; }

  // The body did not arrive in time.
  [[nodiscard]] bool late() const { return late_; }

  // The other side has closed the connection altogether.
  [[nodiscard]] bool gone() const;

  // What is sent from now on has to be taken within this time, or the connection is given up.
  void allowForSending(std::chrono::milliseconds time);
  [[nodiscard]] std::chrono::milliseconds patience() const { return patience_; }

  int receiveBytes(void* buffer, int length, int flags) override;
  // Throws Poco::TimeoutException.
  int sendBytes(const void* buffer, int length, int flags) override;
  bool poll(const Poco::Timespan& timeout, int mode) override;
  // After a request that was not read in full it listens on for a moment, so that the other side
  // gets to read the answer before the kernel tells it that nobody read what it sent.
  void close() override;

 private:
  using Instant = std::chrono::steady_clock::time_point;
  enum class Arrival { Bytes, End, Late };

  bool readHead();
  void refuse(int status, const std::string& detail);
  Arrival receiveSome(Instant until);
  int takeBody(char* buffer, std::size_t length);
  void drain();

  const Origin origin_;
  const std::chrono::milliseconds patience_;
  const std::shared_ptr<void> place_;
  std::string arrived_;       // and not yet handed on
  std::size_t headLeft_ = 0;  // how much of that belongs to the head
  std::size_t bodyLeft_ = 0;
  Instant deadline_;  // of the request that is arriving
  Instant sendDeadline_;
  std::optional<Response> refusal_;
  bool late_ = false;
};

}  // namespace holdfast::api
