// SPDX-License-Identifier: Apache-2.0
// Where connections come in: one or more descriptors that listen, accepted from by one thread that
// can be woken.
#pragma once

#include "api/connection.hpp"

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/ServerSocketImpl.h>

#include <functional>
#include <stdexcept>
#include <vector>

namespace holdfast::api {

// what() says which address or path, what is in the way and what to do.
class SocketError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Its poll() sleeps until there is a connection or wake() was called, instead of looking four times
// a second as Poco's TCPServer asks it to.
class ListeningSocket final : public Poco::Net::ServerSocketImpl {
 public:
  // Makes a connection of what was accepted; nullptr when it was turned away and closed.
  using Admit = std::function<Connection*(int fd)>;

  // Takes the listening descriptors over, one at least.
  ListeningSocket(std::vector<int> listeners, Admit admit);

  Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& client) override;
  bool poll(const Poco::Timespan& timeout, int mode) override;

  // Makes poll() return from now on, for good. Any thread.
  void wake();

 protected:
  ~ListeningSocket() override;

 private:
  std::vector<int> listeners_;
  Admit admit_;
  int wake_;
  std::size_t ready_ = 0;  // the listener that poll() found a connection on
};

// Poco's handle on it; ServerSocket keeps the constructor that takes an implementation to itself.
class ListeningSocketHandle final : public Poco::Net::ServerSocket {
 public:
  explicit ListeningSocketHandle(ListeningSocket* socket) : Poco::Net::ServerSocket(socket, true) {}
};

}  // namespace holdfast::api
