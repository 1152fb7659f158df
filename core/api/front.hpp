// SPDX-License-Identifier: Apache-2.0
// One way into the server: its listening descriptors, its threads and its share of the places.
#pragma once

#include "api/exchange.hpp"
#include "api/listening_socket.hpp"

#include <Poco/Net/HTTPServer.h>
#include <Poco/ThreadPool.h>

#include <chrono>
#include <vector>

namespace holdfast::api {

struct FrontSettings {
  int maxConnections = 0;
  int maxFollowers = 0;
  std::chrono::milliseconds requestTimeout{0};
};

class Front {
 public:
  // Takes the listening descriptors over.
  Front(std::vector<int> listeners, ListeningSocket::Admit admit, const FrontSettings& settings,
        ExchangeContext& context);
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  void start() { server_.start(); }

  // Accepts nothing more.
  void close();
  // Breaks off what is still open. Blocks until all threads have ended.
  void end();

 private:
  Entrance entrance_;
  ListeningSocket* socket_;  // counted by handle_
  ListeningSocketHandle handle_;
  Poco::ThreadPool pool_;
  Poco::Net::HTTPServer server_;
};

}  // namespace holdfast::api
